import type { DataSource } from '../data/digits.js'
import { WorkerCalls } from '../worker/calls.js'
import { Latest } from '../worker/latest.svelte.js'
import { Job } from './job.svelte.js'
import type { SheetSettings, Weights } from './settings.js'
import type {
  Projected,
  ProjectionQuestion,
  SheetFunctions,
  SheetReport,
  SmallStep,
  SmallStepQuestion,
  Strip,
  Ten,
  TrainingReport,
} from './sheet-functions.js'
import { holePixels } from './small-hole.js'

/** The numbers of components that the sheet compares. */
export const dimensions = [10, 60, 360] as const

/** What the room has its worker compute: the figures, and the checks that take time. */
export class SheetControl {
  readonly ten = new Job<Ten>()
  readonly principal = new Job<readonly Strip[]>()
  readonly generator = new Job<Strip>()
  readonly training = new Job<TrainingReport>()
  readonly verification = new Job<Awaited<ReturnType<SheetFunctions['verify']>>>()
  readonly projection: Latest<ProjectionQuestion, Projected>
  readonly smallStep: Latest<SmallStepQuestion, SmallStep>
  readonly #calls = new WorkerCalls<SheetFunctions, SheetReport>(
    () => new Worker(new URL('./sheet-worker.ts', import.meta.url), { type: 'module' }),
  )
  readonly #source: DataSource

  constructor(source: DataSource) {
    this.#source = source
    this.projection = new Latest((what, { onProgress, signal }) =>
      this.#calls.call(
        'project',
        { ...source, ...what },
        { signal, onProgress: plain(onProgress) },
      ),
    )
    this.smallStep = new Latest((what, { signal }) =>
      this.#calls.call('smallStep', what, { signal }),
    )
  }

  /** One step of the small duel of a seed, with its hole at one of nine places. */
  askStep(seed: number, place: number, weights: Weights | undefined): void {
    this.smallStep.ask({ seed, hole: holePixels(place), weights })
  }

  /** The ten digits with the patches of a seed. */
  draw(seed: number): Promise<boolean> {
    return this.ten.run(({ signal, onProgress }) =>
      this.#calls.call('ten', { ...this.#source, seed }, { signal, onProgress: plain(onProgress) }),
    )
  }

  /** Forgets what was made of another seed. */
  clear(): void {
    for (const job of [this.ten, this.principal, this.generator, this.training, this.verification])
      job.clear()
  }

  async project(seed: number): Promise<void> {
    if (!(await this.#drawn(seed))) return
    const what = { ...this.#source, seed, components: dimensions }
    await this.principal.run(({ signal, onProgress }) =>
      this.#calls.call('principal', what, { signal, onProgress: plain(onProgress) }),
    )
  }

  async complete(seed: number): Promise<void> {
    if (!(await this.#drawn(seed))) return
    await this.generator.run(({ signal, onProgress }) =>
      this.#calls.call(
        'generator',
        { ...this.#source, seed },
        { signal, onProgress: plain(onProgress) },
      ),
    )
  }

  async train({ seed, images, epochs }: SheetSettings): Promise<void> {
    if (!(await this.#drawn(seed))) return
    this.training.result = undefined
    await this.training.run(({ signal, onProgress }) =>
      this.#calls.call(
        'train',
        { ...this.#source, seed, images, epochs },
        {
          signal,
          onProgress: report => {
            if ('what' in report) return onProgress(report)
            this.training.result = report
            const { epoch } = report.losses.at(-1)!
            onProgress({ what: `Epoch ${epoch} of ${epochs}`, fraction: (epoch + 1) / epochs })
          },
        },
      ),
    )
  }

  /** Whether the ten digits are there, drawn now if need be; not if that was given up meanwhile. */
  async #drawn(seed: number): Promise<boolean> {
    return this.ten.result !== undefined || (await this.draw(seed))
  }

  verify(seed: number): Promise<boolean> {
    return this.verification.run(({ signal }) => this.#calls.call('verify', { seed }, { signal }))
  }

  /** Ends the worker. */
  stop(): void {
    this.#calls.stop()
  }
}

/** Passes on what is progress. */
function plain(
  onProgress: (progress: Extract<SheetReport, { what: string }>) => void,
): (report: SheetReport) => void {
  return report => {
    if ('what' in report) onProgress(report)
  }
}
