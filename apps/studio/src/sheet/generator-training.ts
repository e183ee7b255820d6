import { EnergyInpainter } from 'lacuna'
import { type DataSource, trainingImages } from '../data/digits.js'
import type { Context, Progress } from '../worker/calls.js'
import { completedStrip, figureDigits } from './figures.js'
import type { EpochLoss, SheetReport, TrainingReport } from './sheet-functions.js'

/**
 * Trains generator and energy network as the sheet says, and reports after each epoch how the ten
 * digits are completed. After as many epochs it has the bits of `lacuna sheet`.
 */
export async function generatorTraining(
  what: DataSource & { seed: number; images: number; epochs: number },
  context: Context<SheetReport>,
): Promise<TrainingReport> {
  const { seed, images: count, epochs, ...source } = what
  const loading = context as Context<Progress>
  const digits = await figureDigits(source, seed, loading)
  const images = await trainingImages(source, loading, count)
  const inpainter = EnergyInpainter.create({ seed, image: images })
  const losses: EpochLoss[] = []
  const report = (): TrainingReport => ({
    images: count,
    epochs,
    losses: [...losses],
    completed: completedStrip(digits, inpainter),
  })
  const { signal } = context
  for await (const { epoch, loss, meanLoss } of inpainter.train(images, { epochs, signal })) {
    losses.push({ epoch, loss, meanLoss })
    context.progress(report())
  }
  return report()
}
