import { oneOf, wholeNumber, withoutDefaults } from '../frame/address.js'
import { seeds } from '../frame/seed.js'
import { packLevels, packMask, unpackLevels, unpackMask } from '../pixels/compact.js'
import { PIXELS } from '../pixels/grid.js'
import type { Critic } from './completion-functions.js'

/** What the pen does: draws or rubs out ink, or paints, mends or frames the hole. */
export const tools = ['pen', 'rubber', 'brush', 'eraser', 'rectangle'] as const

export type Tool = (typeof tools)[number]

/** Kinds of holes that can be drawn at random. */
export const kinds = ['patch', 'strokes', 'rectangle', 'half'] as const

/** What is chosen beside the picture and its hole. */
export interface Choices {
  readonly tool: Tool
  /** Diameter of pen and brush in pixels, 1 to 9. */
  readonly size: number
  /** d, the number of principal components, 1 to 784. */
  readonly components: number
  /** How many different answers at most, 2 to 12. */
  readonly count: number
  /** From which the next random hole is drawn. */
  readonly seed: number
  readonly kind: (typeof kinds)[number]
  /** Whether pictures show how far they are from the original. */
  readonly errors: boolean
  /** Whose energies are shown. */
  readonly critic: Critic
}

export const defaults: Choices = {
  tool: 'brush',
  size: 3,
  components: 60,
  count: 6,
  seed: 1,
  kind: 'patch',
  errors: false,
  critic: 'sheet',
}

/** The picture and the hole, as far as a link says: a digit by its number, or a picture. */
export interface LinkedPicture {
  /** The name of the data set. */
  readonly data?: string | undefined
  readonly digit?: number | undefined
  readonly levels?: Uint8Array | undefined
  readonly mask?: Uint8Array | undefined
}

const LAST_DIGIT = 59_999

/** What a link says; damaged parts are as if they were left out. */
export function readLink(link: URLSearchParams): Choices & LinkedPicture {
  const digit = wholeNumber(link.get('digit'), [0, LAST_DIGIT], -1)
  const [picture, mask] = [link.get('picture'), link.get('mask')]
  return {
    data: link.get('data') ?? undefined,
    digit: digit < 0 ? undefined : digit,
    levels: picture ? unpackLevels(picture) : undefined,
    mask: mask ? unpackMask(mask) : mask === '' ? new Uint8Array(PIXELS) : undefined,
    tool: oneOf(link.get('tool'), tools, defaults.tool),
    size: wholeNumber(link.get('size'), [1, 9], defaults.size),
    components: wholeNumber(link.get('d'), [1, PIXELS], defaults.components),
    count: wholeNumber(link.get('answers'), [2, 12], defaults.count),
    seed: wholeNumber(link.get('seed'), seeds, defaults.seed),
    kind: oneOf(link.get('kind'), kinds, defaults.kind),
    errors: link.get('errors') === 'yes',
    critic: oneOf(link.get('energies'), ['sheet', 'window'], defaults.critic),
  }
}

/** The same as the settings of an address. */
export function writeLink(choices: Choices, picture: LinkedPicture): Record<string, string> {
  const { data, digit, levels, mask } = picture
  const settings = {
    ...(data && { data }),
    ...(digit !== undefined ? { digit: String(digit) } : levels && { picture: packLevels(levels) }),
    ...(mask && { mask: mask.includes(1) ? packMask(mask) : '' }),
  }
  return { ...settings, ...withoutDefaults(choicesAsText(choices), choicesAsText(defaults)) }
}

function choicesAsText(choices: Choices): Record<string, string> {
  return {
    tool: choices.tool,
    size: String(choices.size),
    d: String(choices.components),
    answers: String(choices.count),
    seed: String(choices.seed),
    kind: choices.kind,
    errors: choices.errors ? 'yes' : 'no',
    energies: choices.critic,
  }
}
