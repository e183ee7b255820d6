import { EnergyInpainter, type Epoch, type Images, type LossName } from 'lacuna'
import { EpochProgress } from '../epoch-progress.js'
import type { Progress } from '../progress.js'
import type { SheetRun } from './run.js'

/**
 * Trains the inpainter of a run, from where the run stands to its last epoch, and keeps every epoch
 * in the run's folder. Prints the error every tenth epoch, as the sheet does.
 */
export async function train(
  run: SheetRun,
  images: Images,
  progress: Progress,
  signal: AbortSignal,
): Promise<EnergyInpainter> {
  const { seed, epochs, batch, learningRate, loss } = run.config
  const inpainter = EnergyInpainter.create({ seed })
  const begun = run.records.length
  const live = new EpochProgress(progress, begun, epochs)
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
    if (epoch.epoch % 10 === 0) progress.print(sheetLine(epoch))
    live.end(epoch.epoch + 1, `err ${epoch.loss.toFixed(4)}`)
  }
  progress.clear()
  return inpainter
}

function sheetLine({ epoch, loss }: Epoch): string {
  return `${String(epoch).padStart(5)}  ${loss.toFixed(4)}`
}
