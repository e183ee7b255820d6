import { EnergyInpainter, type Epoch, type Images, type LossName } from 'lacuna'
import { duration, type Progress } from '../progress.js'
import type { RunFolder } from '../run-folder.js'

/** How many epochs back the time left is judged by. */
const RECENT = 10

/**
 * Trains the inpainter of a run, from where the run stands to its last epoch, and keeps every epoch
 * in the run's folder. Prints the error every tenth epoch, as the sheet does.
 */
export async function train(
  run: RunFolder,
  images: Images,
  progress: Progress,
  signal: AbortSignal,
): Promise<EnergyInpainter> {
  const { seed, epochs, batch, learningRate, loss } = run.config
  const inpainter = run.state ? EnergyInpainter.load(run.state) : EnergyInpainter.create({ seed })
  const begun = run.records.length
  const ends = [performance.now()]
  const show = (done: number, error?: number) => {
    const recent = ends.slice(-RECENT - 1)
    const each = (recent.at(-1)! - recent[0]!) / (recent.length - 1)
    const left = done > begun && done < epochs ? `${duration(each * (epochs - done))} left` : ''
    const parts = [
      `epoch ${done}/${epochs}`,
      error === undefined ? '' : `err ${error.toFixed(4)}`,
      left,
    ]
    const detail = parts.filter(part => part !== '').join('  ')
    progress.update({ label: 'training', fraction: done / epochs, detail })
  }
  show(begun)
  if (begun > 0 && begun < epochs) progress.print(`Going on with epoch ${begun}`)
  if (begun < epochs) progress.print('epoch     err')
  const options = {
    epochs,
    batch,
    learningRate,
    loss: loss as LossName,
    signal,
    ...(run.state && { resume: run.state }),
  }
  for await (const epoch of inpainter.train(images.slice(0, run.config.trainSize), options)) {
    await run.keep(epoch, inpainter.save())
    ends.push(performance.now())
    if (epoch.epoch % 10 === 0) progress.print(sheetLine(epoch))
    show(epoch.epoch + 1, epoch.loss)
  }
  progress.clear()
  return inpainter
}

function sheetLine({ epoch, loss }: Epoch): string {
  return `${String(epoch).padStart(5)}  ${loss.toFixed(4)}`
}
