import { oneOf, wholeNumber, withoutDefaults } from '../../frame/address.js'
import { seeds } from '../../frame/seed.js'
import { PIXELS, SIDE } from '../../pixels/grid.js'

/** How many hidden units there may be; with 16 all their states are gone through, and p is exact. */
export const hiddenChoices = ['16', '36', '64', '100'] as const

export const rateChoices = ['0.005', '0.01', '0.02', '0.05'] as const

/** What a machine learns digits with. */
export interface DigitLesson {
  readonly images: number
  readonly hidden: (typeof hiddenChoices)[number]
  readonly epochs: number
  readonly rate: (typeof rateChoices)[number]
  /** From which the first couplings and the chains of training are drawn. */
  readonly start: number
}

/** A square hole: the row and column of its top-left pixel, and its side. */
export interface Gap {
  readonly row: number
  readonly column: number
  readonly side: number
}

/** Of test digits; strokes are drawn up to the one that is asked for. */
export const LAST_DIGIT = 999

export const LEAST_SIDE = 4
export const MOST_SIDE = 14

/** Everything that decides what is to be seen. */
export interface DigitSettings {
  readonly lesson: DigitLesson
  /** Of the chains, and of the answers. */
  readonly seed: number
  /** The number of a test digit. */
  readonly digit: number
  readonly gap: Gap
}

export const firstDigits: DigitSettings = {
  lesson: { images: 2000, hidden: '64', epochs: 20, rate: '0.02', start: 1 },
  seed: 1,
  digit: 8,
  gap: { row: 10, column: 10, side: 8 },
}

/** What a link says; damaged parts are as if they were left out. */
export function readDigitLink(link: URLSearchParams): DigitSettings {
  const { lesson, seed, digit, gap } = firstDigits
  const side = wholeNumber(link.get('side'), [LEAST_SIDE, MOST_SIDE], gap.side)
  const place = (name: 'row' | 'column') =>
    wholeNumber(link.get(name), [0, SIDE - side], Math.min(gap[name], SIDE - side))
  return {
    lesson: {
      images: wholeNumber(link.get('images'), [100, 10_000], lesson.images),
      hidden: oneOf(link.get('hidden'), hiddenChoices, lesson.hidden),
      epochs: wholeNumber(link.get('epochs'), [1, 500], lesson.epochs),
      rate: oneOf(link.get('rate'), rateChoices, lesson.rate),
      start: wholeNumber(link.get('start'), seeds, lesson.start),
    },
    seed: wholeNumber(link.get('seed'), seeds, seed),
    digit: wholeNumber(link.get('digit'), [0, LAST_DIGIT], digit),
    gap: { row: place('row'), column: place('column'), side },
  }
}

/** The same as the settings of an address. */
export function writeDigitLink(settings: DigitSettings, data: string): Record<string, string> {
  return { data, ...withoutDefaults(asText(settings), asText(firstDigits)) }
}

function asText({ lesson, seed, digit, gap }: DigitSettings): Record<string, string> {
  const numbers = { ...lesson, ...gap, seed, digit }
  return Object.fromEntries(Object.entries(numbers).map(([name, value]) => [name, String(value)]))
}

/** The gap as a mask, 1 where a pixel is missing. */
export function maskOf({ row, column, side }: Gap): Uint8Array {
  return Uint8Array.from({ length: PIXELS }, (_, at) => {
    const [r, c] = [Math.floor(at / SIDE) - row, (at % SIDE) - column]
    return r >= 0 && r < side && c >= 0 && c < side ? 1 : 0
  })
}

/** A gap of some side with its middle as near as can be to a place. */
export function gapAt(x: number, y: number, side: number): Gap {
  const corner = (middle: number) =>
    Math.min(SIDE - side, Math.max(0, Math.round(middle - side / 2)))
  return { row: corner(y), column: corner(x), side }
}
