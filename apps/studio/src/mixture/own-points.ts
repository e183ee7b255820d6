import { fromBase64, toBase64 } from '../pixels/compact.js'

/** Steps from the low end of a map to its high end: points lie on whole ones. */
export const STEPS = 4000

/** The most points that a link is to hold. */
export const MOST_POINTS = 800

/** What a map shows: x from left to right, t from below to above. */
export interface Range {
  readonly x: readonly [low: number, high: number]
  readonly t: readonly [low: number, high: number]
}

/** A place on a map, in steps from its low ends; of a point they are whole. */
export interface Place {
  readonly x: number
  readonly t: number
}

/** Points that the reader drew or loaded. Nothing in them is ever changed in place. */
export interface OwnPoints {
  readonly range: Range
  readonly places: readonly Place[]
}

/** Examples of inputs x and outputs t, as they are trained on. */
export interface Examples {
  readonly x: Float32Array
  readonly t: Float32Array
}

export const unitRange: Range = { x: [0, 1], t: [0, 1] }

/** Nothing drawn yet. */
export const noPoints: OwnPoints = { range: unitRange, places: [] }

/** How far a place is along a map, as a value. */
function valueAt([low, high]: readonly [number, number], step: number): number {
  return low + ((high - low) * step) / STEPS
}

/** The points as examples, in the order in which they came. */
export function examplesOf({ range, places }: OwnPoints): Examples {
  return {
    x: Float32Array.from(places, ({ x }) => valueAt(range.x, x)),
    t: Float32Array.from(places, ({ t }) => valueAt(range.t, t)),
  }
}

/** The points with others behind them, each moved to the nearest whole step of the map; no more than fit. */
export function withPlaces(points: OwnPoints, places: readonly Place[]): OwnPoints {
  const whole = (step: number) => Math.min(STEPS, Math.max(0, Math.round(step)))
  const added = places
    .slice(0, MOST_POINTS - points.places.length)
    .map(({ x, t }) => ({ x: whole(x), t: whole(t) }))
  return added.length === 0 ? points : { ...points, places: [...points.places, ...added] }
}

/** The points without those nearer to a place than so many steps; themselves if there are none. */
export function withoutNear(points: OwnPoints, at: Place, radius: number): OwnPoints {
  const places = points.places.filter(({ x, t }) => Math.hypot(x - at.x, t - at.t) > radius)
  return places.length === points.places.length ? points : { ...points, places }
}

/** Steps between the points of a stroke, and how far they scatter round it. */
const APART = 60
const SCATTER = 70

/**
 * The points of a stroke from one place to another, scattered round it as data are.
 * @param random uniform in [0, 1)
 */
export function strokeOf(from: Place, to: Place, random: () => number): Place[] {
  const count = Math.floor(Math.hypot(to.x - from.x, to.t - from.t) / APART)
  const aside = () => SCATTER * (random() + random() + random() - 1.5)
  return Array.from({ length: count }, (_, k) => {
    const share = (k + 1) / count
    const along = (a: number, b: number) => a + (b - a) * share + aside()
    return { x: along(from.x, to.x), t: along(from.t, to.t) }
  })
}

/** Places as text for a link: three bytes each, twelve bits for x and twelve for t. */
export function packPlaces(places: readonly Place[]): string {
  const bytes = new Uint8Array(3 * places.length)
  for (const [i, { x, t }] of places.entries())
    bytes.set([x >> 4, ((x & 15) << 4) | (t >> 8), t & 255], 3 * i)
  return toBase64(bytes)
}

/** The places, or undefined if the text is none. */
export function unpackPlaces(text: string): Place[] | undefined {
  const bytes = fromBase64(text)
  if (!bytes || bytes.length % 3 !== 0 || bytes.length > 3 * MOST_POINTS) return undefined
  const places = Array.from({ length: bytes.length / 3 }, (_, i) => {
    const [a, b, c] = bytes.subarray(3 * i) as unknown as [number, number, number]
    return { x: (a << 4) | (b >> 4), t: ((b & 15) << 8) | c }
  })
  return places.every(({ x, t }) => x <= STEPS && t <= STEPS) ? places : undefined
}
