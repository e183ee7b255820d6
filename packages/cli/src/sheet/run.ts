import { isWhole, type RunFolder } from '../run-folder.js'

/** What a run of the sheet is. */
export type SheetConfig = {
  readonly seed: number
  readonly epochs: number
  readonly trainSize: number
  readonly batch: number
  readonly learningRate: number
  readonly loss: string
  readonly data: { readonly name: string; readonly fingerprint: string }
}

/** Its folder; an epoch's figures are the loss of its last minibatch and the mean of all. */
export type SheetRun = RunFolder<SheetConfig, { readonly loss: number; readonly meanLoss: number }>

/** The words of the command that repeats a run on these images. */
export function sheetWords(config: SheetConfig, images: string): string[] {
  const { seed, epochs, trainSize, loss } = config
  const sizes = ['--train-size', `${trainSize}`, '--epochs', `${epochs}`]
  return ['sheet', '--data', images, ...sizes, '--loss', loss, '--seed', `${seed}`]
}

/** Whether a configuration that was read is a run's of the sheet. */
export function isSheetConfig({
  seed,
  trainSize,
  batch,
  learningRate,
  loss,
  data,
}: Partial<SheetConfig>): boolean {
  const texts = [loss, data?.name, data?.fingerprint]
  return (
    [seed, trainSize, batch].every(isWhole) &&
    Number.isFinite(learningRate) &&
    texts.every(text => typeof text === 'string')
  )
}
