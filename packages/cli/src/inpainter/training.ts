import type { Images } from 'lacuna'
import { EpochProgress } from '../epoch-progress.js'
import type { Progress } from '../progress.js'
import { type Figures, type Inpainter, recipes } from './recipes.js'
import type { InpainterRun } from './run.js'

/**
 * Trains the inpainter of a run, from where the run stands to its last step, and keeps every state in
 * the run's folder.
 */
export async function trainInpainter(
  run: InpainterRun,
  images: Images,
  progress: Progress,
  signal: AbortSignal,
): Promise<Inpainter> {
  const { recipe, seed, steps, trainSize } = run.config
  const inpainter = recipes[recipe]!.create(seed, images)
  const begun = run.records.at(-1)?.step ?? 0
  if (begun > 0 && begun < steps) progress.print(`Going on from step ${count(begun)}`)
  const live = new EpochProgress(progress, begun, steps, 'training', 'step')
  const some = images.slice(0, trainSize)
  const options = { steps, signal, ...(run.state && { resume: run.state }) }
  let reports: Figures[] = []
  for await (const { step, figures, state } of inpainter.train(some, options)) {
    reports.push(figures)
    if (state) {
      const part = { epoch: run.records.length, step, ...meansOf(reports), state }
      await run.keep(part, inpainter.save())
      reports = []
    }
    live.end(step, describe(figures))
  }
  progress.clear()
  return inpainter
}

/** The means of what some reports say, each over those that say it. */
function meansOf(reports: readonly Figures[]): Figures {
  const mean = (name: keyof Figures) => {
    const values = reports.map(figures => figures[name]).filter(value => value !== undefined)
    const sum = values.reduce((total, value) => total + value, 0)
    return values.length > 0 ? { [name]: sum / values.length } : {}
  }
  return { ...mean('reconstruction'), ...mean('contrast') }
}

/** The figures of a report in a few words. */
function describe({ reconstruction, contrast }: Figures): string {
  const words: string[] = []
  if (reconstruction !== undefined) words.push(`squared error ${reconstruction.toFixed(4)}`)
  if (contrast !== undefined) words.push(`contrast ${contrast.toFixed(4)}`)
  return words.join('  ')
}

const count = (n: number) => n.toLocaleString('en')
