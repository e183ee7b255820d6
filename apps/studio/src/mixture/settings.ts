import { oneOf, wholeNumber, withoutDefaults } from '../frame/address.js'
import { seeds } from '../frame/seed.js'
import {
  noPoints,
  type OwnPoints,
  packPlaces,
  type Range,
  unitRange,
  unpackPlaces,
} from './own-points.js'
import { decimals } from './plane.js'

/** Where the points come from. */
export const sources = ['bishop', 'own'] as const

/** Which interval of a density is shown. */
export const intervalKinds = ['highest', 'central'] as const

export type IntervalKind = (typeof intervalKinds)[number]

/** What probability it holds. */
export const masses = [0.5, 0.8, 0.9, 0.95] as const

/** How fast epochs follow one another. */
export const paces = ['fast', 'slow'] as const

export type Pace = (typeof paces)[number]

/** The most components: as many as there are colours for them. */
export const MOST_COMPONENTS = 8

/** The most epochs, each of which has its place in the chart of errors. */
export const MOST_EPOCHS = 3000

/** Everything that is chosen in the room; whoever has these and the points sees the same. */
export interface MixtureSettings {
  readonly data: (typeof sources)[number]
  readonly components: number
  readonly seed: number
  /** Passes over the points, at most. */
  readonly epochs: number
  /** Where the density is cut. */
  readonly x: number
  readonly interval: IntervalKind
  readonly mass: (typeof masses)[number]
  readonly pace: Pace
}

export const defaults: MixtureSettings = {
  data: 'bishop',
  components: 3,
  seed: 1,
  epochs: 300,
  x: 0.35,
  interval: 'highest',
  mass: 0.9,
  pace: 'fast',
}

/** What the maps show of Bishop's problem, whose t are from 0 to 1. */
const bishopRange: Range = { x: [-0.1, 1.1], t: [-0.05, 1.05] }

/** What the maps show. */
export function rangeOf({ data }: MixtureSettings, own: OwnPoints): Range {
  return data === 'bishop' ? bishopRange : own.range
}

/** Where the density is cut at first: where Bishop's problem has two answers. */
export function firstX({ x: [low, high] }: Range): number {
  return Number((low + 0.375 * (high - low)).toFixed(decimals([low, high]) + 1))
}

/** What a link says; damaged parts are as if they were left out. */
export function readLink(link: URLSearchParams): { settings: MixtureSettings; own: OwnPoints } {
  const places = unpackPlaces(link.get('points') ?? '') ?? []
  const own = places.length > 0 ? { range: readRange(link.get('range')), places } : noPoints
  const data = oneOf(link.get('data'), sources, defaults.data)
  const range = rangeOf({ ...defaults, data }, own)
  const settings: MixtureSettings = {
    data,
    components: wholeNumber(link.get('components'), [1, MOST_COMPONENTS], defaults.components),
    seed: wholeNumber(link.get('seed'), seeds, defaults.seed),
    epochs: wholeNumber(link.get('epochs'), [1, MOST_EPOCHS], defaults.epochs),
    x: number(link.get('x'), range.x) ?? firstX(range),
    interval: oneOf(link.get('interval'), intervalKinds, defaults.interval),
    mass: masses.find(mass => String(mass) === link.get('mass')) ?? defaults.mass,
    pace: oneOf(link.get('pace'), paces, defaults.pace),
  }
  return { settings, own }
}

/** The same as the settings of an address. */
export function writeLink(settings: MixtureSettings, own: OwnPoints): Record<string, string> {
  const points = own.places.length > 0 ? { points: packPlaces(own.places) } : {}
  const range = [...own.range.x, ...own.range.t].join()
  const ranged = own.range === unitRange || own.places.length === 0 ? {} : { range }
  return { ...withoutDefaults(asText(settings), asText(defaults)), ...ranged, ...points }
}

function asText(settings: MixtureSettings): Record<string, string> {
  return Object.fromEntries(Object.entries(settings).map(([name, value]) => [name, String(value)]))
}

function number(text: string | null, [low, high]: readonly [number, number]): number | undefined {
  const value = text && /^-?\d*\.?\d+(e[+-]?\d+)?$/.test(text) ? Number(text) : Number.NaN
  return value >= low && value <= high ? value : undefined
}

function readRange(text: string | null): Range {
  const anything = [-Number.MAX_VALUE, Number.MAX_VALUE] as const
  const ends = (text ?? '').split(',').map(end => number(end, anything) ?? Number.NaN)
  const [a, b, c, d] = ends
  return ends.length === 4 && holdsFloats(a!, b!) && holdsFloats(c!, d!)
    ? { x: [a!, b!], t: [c!, d!] }
    : unitRange
}

/** Whether float32 has numbers enough between two ends to be a map's. */
function holdsFloats(low: number, high: number): boolean {
  const width = Math.fround(high - low)
  return width > 2 ** -20 * Math.max(Math.abs(low), Math.abs(high)) && width < Infinity
}
