import { isWhole, type RunConfig, type RunFolder } from '../run-folder.js'
import { type Figures, recipes } from './recipes.js'

/** What a run of an inpainter is. */
export type InpainterConfig = RunConfig & {
  readonly recipe: string
  readonly seed: number
  readonly steps: number
  readonly trainSize: number
  readonly data: { readonly name: string; readonly fingerprint: string }
}

/** Its folder: what it calls an epoch is the part of a training between two states. */
export type InpainterRun = RunFolder<InpainterConfig, Figures & { readonly step: number }>

/** The words of the command that repeats a run on these images. */
export function inpainterWords(config: InpainterConfig, images: string): string[] {
  const { recipe, seed, steps, trainSize } = config
  const sizes = ['--train-size', `${trainSize}`, '--steps', `${steps}`]
  return ['train', 'inpainter', '--recipe', recipe, '--data', images, ...sizes, '--seed', `${seed}`]
}

/** Whether a configuration that was read is a run's of an inpainter. */
export function isInpainterConfig(config: Partial<InpainterConfig>): boolean {
  const { recipe, seed, steps, trainSize, data } = config
  return (
    Object.hasOwn(recipes, recipe ?? '') &&
    [seed, steps, trainSize].every(isWhole) &&
    [data?.name, data?.fingerprint].every(text => typeof text === 'string')
  )
}
