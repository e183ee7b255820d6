import type { LearningRate } from 'lacuna'
import { isWhole, type RunFolder } from '../run-folder.js'

/** What a run of the sheet is. */
export type SheetConfig = {
  readonly seed: number
  readonly epochs: number
  readonly trainSize: number
  readonly batch: number
  readonly learningRate: LearningRate
  readonly loss: string
  readonly data: { readonly name: string; readonly fingerprint: string }
}

/** Its folder; an epoch's figures are the loss of its last minibatch and the mean of all. */
export type SheetRun = RunFolder<SheetConfig, { readonly loss: number; readonly meanLoss: number }>

/** The learning rate of the sheet, for both networks. */
export const SHEET_RATE = 0.05

/** The words of the command that repeats a run on these images. */
export function sheetWords(config: SheetConfig, images: string): string[] {
  const { seed, epochs, trainSize, loss } = config
  const { energy, generator } = ratesOf(config)
  const sizes = ['--train-size', `${trainSize}`, '--epochs', `${epochs}`]
  const usual = energy === SHEET_RATE && generator === SHEET_RATE
  const rates = usual ? [] : ['--energy-rate', `${energy}`, '--generator-rate', `${generator}`]
  return ['sheet', '--data', images, ...sizes, '--loss', loss, ...rates, '--seed', `${seed}`]
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
    Object.values(ratesOf({ learningRate: learningRate ?? Number.NaN })).every(Number.isFinite) &&
    texts.every(text => typeof text === 'string')
  )
}

/** The learning rate of each network. */
export function ratesOf({ learningRate }: Pick<SheetConfig, 'learningRate'>) {
  if (typeof learningRate === 'number') return { energy: learningRate, generator: learningRate }
  const { energy, generator } = learningRate
  return { energy, generator }
}
