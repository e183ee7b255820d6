import { exp, log } from '../compute/elementary.js'
import { findRoot } from '../compute/root.js'
import { type Components, logDensity } from './components.js'
import { lowerQuantile, massBetween, mirror } from './distribution-function.js'
import { score, stationaryPoints } from './stationary-points.js'

/** The numbers from `lower` to `upper`. */
export interface Interval {
  readonly lower: number
  readonly upper: number
}

/** From the quantile (1 − mass)/2 to the quantile (1 + mass)/2: as much left out below as above. */
export function centralInterval(components: Components, mass: number): Interval {
  const logTail = log((1 - mass) / 2)
  return {
    lower: lowerQuantile(components, logTail),
    upper: -lowerQuantile(mirror(components), logTail),
  }
}

/**
 * The smallest set of outputs that has probability `mass`: {t : p(t) ≥ λ} with λ such that it does.
 * It is a union of intervals, one or more modes in each, in ascending order.
 *
 * Between stationary points the density is monotone, so for a given λ each end is the one crossing
 * of a monotone piece; log λ is then the root of a decreasing function, with
 * d mass/d log λ = −Σ λ/|s| over the ends, where s = d log p/dt.
 */
export function highestDensityIntervals(components: Components, mass: number): Interval[] {
  const points = stationaryPoints(components)
  const heights = points.map(t => logDensity(components, Float64Array.of(t)))
  const minima = heights.filter((_, i) => i % 2 === 1)

  // What is measured is the smaller of the mass within and the mass without, so that it keeps its digits.
  const without = mass > 0.5
  const target = log(without ? 1 - mass : mass)
  const excess = (level: number) => {
    const set = superlevelSet(components, points, heights, level)
    const parts = without ? complement(set) : set
    const share = parts.reduce(
      (sum, { lower, upper }) => sum + massBetween(components, lower, upper),
      0,
    )
    const rates = set.flatMap(({ lower, upper }) => [lower, upper]).map(t => score(components, t))
    const slope = -exp(level) * rates.reduce((sum, { value }) => sum + 1 / Math.abs(value), 0)
    const value = without ? target - log(share) : log(share) - target
    return { value, slope: slope / share, noise: 8 * Number.EPSILON }
  }
  // Every point of the central interval is in {p ≥ λ} once λ is its density at the ends and at the
  // minima: at that level the set has the mass, or more.
  const { lower, upper } = centralInterval(components, mass)
  const ends = [lower, upper].map(t => logDensity(components, Float64Array.of(t)))
  const level = findRoot(excess, Math.max(...heights), Math.min(...ends, ...minima))
  return superlevelSet(components, points, heights, level)
}

/** {t : log p(t) ≥ level}, from the stationary points (maximum, minimum, …, maximum) and log p there. */
function superlevelSet(
  components: Components,
  points: readonly number[],
  heights: readonly number[],
  level: number,
): Interval[] {
  const noise = 4 * Number.EPSILON * (1 + Math.abs(level))
  const crossing = (outside: number, inside: number) =>
    findRoot(
      t => {
        const { logDensity, value } = score(components, t)
        return { value: logDensity - level, slope: value, noise }
      },
      outside,
      inside,
    )
  const set: Interval[] = []
  let lower = -reach(mirror(components), level)
  let open = false
  for (let i = 0; i < points.length; i += 2) {
    const mode = points[i]!
    if (!open && heights[i]! > level) {
      lower = crossing(lower, mode)
      open = true
    }
    const last = i + 1 === points.length
    if (open && (last || heights[i + 1]! < level)) {
      set.push({ lower, upper: crossing(last ? reach(components, level) : points[i + 1]!, mode) })
      open = false
    }
    if (!open) lower = points[i + 1]!
  }
  return set
}

/** A point from which every φᵢ, and so the density, is below e^level all the way up. */
function reach({ means, scales, logHeights, logWeights }: Components, level: number): number {
  return means.reduce((furthest, mean, i) => {
    const above = Math.max(0, logHeights[i]! - logWeights[i]! - level)
    return Math.max(furthest, mean + scales[i]! * Math.sqrt(2 * above))
  }, -Infinity)
}

/** What lies between and beyond intervals in ascending order. */
function complement(set: readonly Interval[]): Interval[] {
  const ends = [-Infinity, ...set.flatMap(({ lower, upper }) => [lower, upper]), Infinity]
  return Array.from({ length: set.length + 1 }, (_, i) => ({
    lower: ends[2 * i]!,
    upper: ends[2 * i + 1]!,
  }))
}
