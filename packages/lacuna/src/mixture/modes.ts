import { type Components, logDensity, scaleIndex } from './components.js'
import { climb, distance } from './mean-shift.js'
import { stationaryPoints } from './stationary-points.js'

/** A local maximum of the density. */
export interface Mode {
  /** Where it is, c values. */
  readonly location: Float64Array
  /** log p there. */
  readonly logDensity: number
  /**
   * Its share of the mixture: Σ αᵢ over the components from whose mean the way up ends here. The
   * shares of all modes sum to 1; one that no component claims (they can meet in a hill of their
   * own) has 0.
   */
  readonly weight: number
}

/**
 * The modes of a mixture, the densest first.
 *
 * One output: every one, by the argument in stationary-points.ts. Several: those reached by climbing
 * from every component's mean, and from the precision-weighted centre of every pair and triple of
 * the twelve heaviest components that are near one another, where components meet in a hill of their
 * own; which is no proof that there is not another.
 */
export function modes(components: Components): Mode[] {
  const found = components.outputs === 1 ? modesOnLine(components) : modesByClimbing(components)
  return found.sort((a, b) => b.logDensity - a.logDensity)
}

/** The maxima among the stationary points; from a mean the way up ends at the maximum between the same minima. */
function modesOnLine(components: Components): Mode[] {
  const points = stationaryPoints(components)
  const maxima = points.filter((_, i) => i % 2 === 0)
  const minima = points.filter((_, i) => i % 2 === 1)
  const weights = new Float64Array(maxima.length)
  components.means.forEach((mean, i) => {
    const basin = minima.findIndex(border => mean <= border)
    weights[basin < 0 ? maxima.length - 1 : basin]! += components.weights[i]!
  })
  return maxima.map((t, i) => {
    const location = Float64Array.of(t)
    return { location, logDensity: logDensity(components, location), weight: weights[i]! }
  })
}

/**
 * Two ends of climbs this near (in units of the local scale) are one mode: were they two, the density
 * between them could not dip by more than rounding, about the fourth power of the distance.
 */
const SAME = 1e-4

function modesByClimbing(components: Components): Mode[] {
  const found: { location: Float64Array; logDensity: number; weight: number }[] = []
  for (const group of startingGroups(components)) {
    const end = climb(components, centre(components, group))
    let mode = found.find(known => distance(known.location, end.location, end.precision) < SAME)
    if (mode === undefined) {
      mode = { location: end.location, logDensity: end.logDensity, weight: 0 }
      found.push(mode)
    }
    if (group.length === 1) mode.weight += components.weights[group[0]!]!
  }
  return found
}

/** Pairs and triples are taken of so many components at most: 286 climbs, whatever m is. */
const GROUPED = 12

/** Every component by itself, then pairs and triples of the heaviest that are near one another. */
function* startingGroups(components: Components): Generator<number[]> {
  const { logWeights } = components
  const byWeight = Array.from(logWeights, (_, i) => i).sort(
    (i, j) => logWeights[j]! - logWeights[i]!,
  )
  for (const i of byWeight) yield [i]
  const heaviest = byWeight.slice(0, GROUPED)
  for (const [a, i] of heaviest.entries()) {
    const near = heaviest.slice(a + 1).filter(j => meet(components, i, j))
    for (const [b, j] of near.entries()) {
      yield [i, j]
      for (const l of near.slice(b + 1)) if (meet(components, j, l)) yield [i, j, l]
    }
  }
}

/**
 * Whether two components are near enough to share a hill: at a mode the mean of ‖u‖² over components,
 * weighted by πᵢ/σᵢ², is at most c (see docs/theory/mixture.md), so those that count are a few σ away.
 */
function meet(components: Components, i: number, j: number): boolean {
  const { outputs, means, scales } = components
  for (let k = 0; k < outputs; k++) {
    const both = scales[scaleIndex(components, i, k)]! + scales[scaleIndex(components, j, k)]!
    if (Math.abs(means[i * outputs + k]! - means[j * outputs + k]!) > 2 * both) return false
  }
  return true
}

/** The means of some components, averaged with weights 1/σᵢₖ². */
function centre(components: Components, group: readonly number[]): Float64Array {
  const { outputs, means, scales } = components
  return Float64Array.from({ length: outputs }, (_, k) => {
    // Relative to the narrowest, so that no 1/σ² overflows.
    const narrowest = Math.min(...group.map(i => scales[scaleIndex(components, i, k)]!))
    let sum = 0
    let total = 0
    for (const i of group) {
      const ratio = narrowest / scales[scaleIndex(components, i, k)]!
      sum += ratio * ratio * means[i * outputs + k]!
      total += ratio * ratio
    }
    return sum / total
  })
}
