import { type BoltzmannConfig, boltzmannWords, isBoltzmann } from '../boltzmann/run.js'
import { choiceFor } from '../datasets/dataset.js'
import { type InpainterConfig, inpainterWords, isInpainterConfig } from '../inpainter/run.js'
import { isMixture, type MixtureConfig, mixtureWords } from '../mixture/run.js'
import { isSheetConfig, type SheetConfig, sheetWords } from '../sheet/run.js'
import { isTableConfig, type TableConfig } from '../tables/table-run.js'

/** Whatever a line of `metrics.jsonl` holds. */
export type Figures = Readonly<Record<string, unknown>>

/** What runs of one kind of model have in common, seen from outside. */
export type Family = {
  readonly name: string
  /** Whether a configuration that was read is one of its runs'. */
  owns(config: object): boolean
  /** What sets one of its runs apart from others, in a few words. */
  describe(config: object): string
  /** The figure that its runs are told apart by, which is better the lower it is. */
  readonly figure: string
  /** Its value in a line of `metrics.jsonl`. */
  valueOf(figures: Figures): unknown
  /** The `--data` of images that can be named without their folder. */
  choice?(config: object): string | undefined
  /** The words of the command that repeats a run on these data. */
  words(config: object, data: string): string[]
}

/** A family, in terms of its own configuration. */
type Terms<Config> = {
  describe(config: Config): string
  choice?(config: Config): string | undefined
  words(config: Config, data: string): string[]
} & Pick<Family, 'name' | 'figure' | 'valueOf'>

function family<Config extends object>(
  owns: (config: Partial<Config>) => boolean,
  terms: Terms<Config>,
): Family {
  return { ...(terms as unknown as Family), owns: config => owns(config as Partial<Config>) }
}

const onTable = <Config extends TableConfig>(
  model: string,
  isOwn: (config: Partial<Config>) => boolean,
) => {
  return (config: Partial<Config>) => isTableConfig(model, config) && isOwn(config)
}

/** A configuration is of the first that owns it. */
export const families: readonly Family[] = [
  family<InpainterConfig>(isInpainterConfig, {
    name: 'inpainter',
    describe: ({ recipe, trainSize, seed }) => `${recipe}, ${trainSize} images, seed ${seed}`,
    figure: 'error in the holes',
    valueOf: ({ reconstruction, contrast }) => reconstruction ?? contrast,
    choice: ({ data }) => choiceFor(data.name),
    words: inpainterWords,
  }),
  family<MixtureConfig>(onTable('mixture', isMixture), {
    name: 'mixture',
    describe: ({ components, hidden, seed }) =>
      `${components} components, ${hidden.join('–')} hidden, seed ${seed}`,
    figure: 'mean of −log p',
    valueOf: ({ validationNll, nll }) => validationNll ?? nll,
    words: mixtureWords,
  }),
  family<BoltzmannConfig>(onTable('boltzmann', isBoltzmann), {
    name: 'boltzmann',
    describe: ({ hidden, method, seed }) => `${hidden} hidden, ${method}, seed ${seed}`,
    figure: '−log pseudo-likelihood',
    valueOf: ({ pseudoLogLikelihood }) => -(pseudoLogLikelihood as number),
    words: boltzmannWords,
  }),
  family<SheetConfig>(isSheetConfig, {
    name: 'sheet',
    describe: ({ loss, trainSize, seed }) => `${loss}, ${trainSize} images, seed ${seed}`,
    figure: 'mean loss',
    valueOf: ({ meanLoss }) => meanLoss,
    choice: ({ data }) => choiceFor(data.name),
    words: sheetWords,
  }),
]
