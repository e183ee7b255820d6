import { type BoltzmannConfig, boltzmannWords, isBoltzmann } from '../boltzmann/run.js'
import { choiceFor } from '../datasets/dataset.js'
import { type InpainterConfig, inpainterWords, isInpainterConfig } from '../inpainter/run.js'
import { isMixture, type MixtureConfig, mixtureWords } from '../mixture/run.js'
import { isSheetConfig, type SheetConfig, sheetWords } from '../sheet/run.js'
import { isTableConfig, type TableConfig } from '../tables/table-run.js'

/** Whatever a line of `metrics.jsonl` holds. */
export type Figures = Readonly<Record<string, unknown>>

/** A figure by its name; the loss of a duel, where one network's gain is the other's loss, has no best. */
export type Figure = { readonly name: string; readonly lowestIsBest: boolean }

/** What runs of one kind of model have in common, seen from outside. */
export type Family = {
  readonly name: string
  /** Whether a configuration that was read is one of its runs'. */
  owns(config: object): boolean
  /** What sets one of its runs apart from others, in a few words. */
  describe(config: object): string
  /** The figure that a run is told by. */
  figure(config: object): Figure
  /** Its value in a line of `metrics.jsonl`. */
  valueOf(figures: Figures): unknown
  /** What a run learns from, in a few words. */
  subject(config: object): string
  /** The `--data` of images that can be named without their folder. */
  choice?(config: object): string | undefined
  /** The words of the command that repeats a run on these data. */
  words(config: object, data: string): string[]
}

/** A family, in terms of its own configuration. */
type Terms<Config> = {
  describe(config: Config): string
  figure(config: Config): Figure
  subject(config: Config): string
  choice?(config: Config): string | undefined
  words(config: Config, data: string): string[]
} & Pick<Family, 'name' | 'valueOf'>

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

const lowest = (name: string): Figure => ({ name, lowestIsBest: true })
const duel = (loss: string): Figure => ({ name: `mean loss (${loss})`, lowestIsBest: false })

function columnsOf({ inputs, outputs, data }: TableConfig): string {
  const list = (names: readonly string[]) =>
    names.length > 4 ? `${names.length} columns` : names.join(', ')
  const given = inputs.length > 0 ? ` given ${list(inputs)}` : ''
  return `${list(outputs)}${given}, ${data.rows.toLocaleString('en')} rows`
}

function imagesOf({ data }: { readonly data: { readonly name: string } }): string {
  return data.name === 'custom' ? 'the images of a folder' : data.name
}

/** A configuration is of the first that owns it. */
export const families: readonly Family[] = [
  family<InpainterConfig>(isInpainterConfig, {
    name: 'inpainter',
    describe: ({ recipe, trainSize, seed }) => `${recipe}, ${trainSize} images, seed ${seed}`,
    figure: ({ recipe }) => (recipe === 'sheet' ? duel('log') : lowest('error in the holes')),
    valueOf: ({ reconstruction, contrast }) => reconstruction ?? contrast,
    subject: imagesOf,
    choice: ({ data }) => choiceFor(data.name),
    words: inpainterWords,
  }),
  family<MixtureConfig>(onTable('mixture', isMixture), {
    name: 'mixture',
    describe: ({ components, hidden, seed }) =>
      `${components} components, ${hidden.join('–')} hidden, seed ${seed}`,
    figure: () => lowest('mean of −log p'),
    valueOf: ({ validationNll, nll }) => validationNll ?? nll,
    subject: columnsOf,
    words: mixtureWords,
  }),
  family<BoltzmannConfig>(onTable('boltzmann', isBoltzmann), {
    name: 'boltzmann',
    describe: ({ hidden, method, seed }) => `${hidden} hidden, ${method}, seed ${seed}`,
    figure: () => lowest('−log pseudo-likelihood'),
    valueOf: ({ pseudoLogLikelihood }) => -(pseudoLogLikelihood as number),
    subject: columnsOf,
    words: boltzmannWords,
  }),
  family<SheetConfig>(isSheetConfig, {
    name: 'sheet',
    describe: ({ loss, trainSize, seed }) => `${loss}, ${trainSize} images, seed ${seed}`,
    figure: ({ loss }) => duel(loss),
    valueOf: ({ meanLoss }) => meanLoss,
    subject: imagesOf,
    choice: ({ data }) => choiceFor(data.name),
    words: sheetWords,
  }),
]
