import { cholesky, choleskySolve } from '../compute/cholesky.js'
import { type Components, condition, logDensity, scaleIndex } from './components.js'

/** What the density looks like around a point. */
interface Surroundings {
  /** log p(t). */
  readonly logDensity: number
  /** ∂ log p/∂tₖ = Σᵢ πᵢvᵢₖ with vᵢₖ = (μᵢₖ − tₖ)/σᵢₖ², c values. */
  readonly slope: Float64Array
  /** −∂² log p/∂tₖ∂tₗ = [k = l] Σᵢ πᵢ/σᵢₖ² − Σᵢ πᵢvᵢₖvᵢₗ + slopeₖ·slopeₗ, c×c. */
  readonly curvature: Float64Array
  /** Σᵢ πᵢ/σᵢₖ²: one over the square of the length that counts as near, c values. */
  readonly precision: Float64Array
}

function surroundings(components: Components, t: Float64Array): Surroundings {
  const { outputs: c, means, scales } = components
  const { logDensity, posterior } = condition(components, t)
  const slope = new Float64Array(c)
  const curvature = new Float64Array(c * c)
  const precision = new Float64Array(c)
  const v = new Float64Array(c)
  posterior.forEach((share, i) => {
    for (let k = 0; k < c; k++) {
      const scale = scales[scaleIndex(components, i, k)]!
      v[k] = (means[i * c + k]! - t[k]!) / scale / scale
      slope[k]! += share * v[k]!
      precision[k]! += share / scale / scale
    }
    for (let k = 0; k < c; k++)
      for (let l = 0; l < c; l++) curvature[k * c + l]! -= share * v[k]! * v[l]!
  })
  for (let k = 0; k < c; k++) {
    curvature[k * c + k]! += precision[k]!
    for (let l = 0; l < c; l++) curvature[k * c + l]! += slope[k]! * slope[l]!
  }
  return { logDensity, slope, curvature, precision }
}

/** The greatest distance along any output, in the lengths that count as near. */
export function distance(a: Float64Array, b: Float64Array, precision: Float64Array): number {
  return a.reduce(
    (most, value, k) => Math.max(most, Math.abs(value - b[k]!) * Math.sqrt(precision[k]!)),
    0,
  )
}

/** The length of the sideways step that tells a maximum from a saddle, where the curvature cannot. */
const NUDGE = 1e-3

/**
 * Climbs from `start` to a maximum of the density.
 *
 * Where log p is concave it takes Newton's step, if that does not lower the density; elsewhere the
 * mean shift
 *
 *   tₖ ← Σᵢ πᵢ(t) μᵢₖ/σᵢₖ² / Σᵢ πᵢ(t)/σᵢₖ²,
 *
 * or further the same way while the density rises. The mean shift never lowers it, being a step of
 * expectation-maximisation with t as the parameter (Carreira-Perpiñán 2007, "Gaussian mean-shift is
 * an EM algorithm"). Its fixed points are the stationary points; where it comes to rest without the
 * density being concave, it goes on from beside the point as long as that is higher. So where it ends
 * is a maximum.
 */
export function climb(
  components: Components,
  start: Float64Array,
): { location: Float64Array; logDensity: number; precision: Float64Array } {
  let t: Float64Array = Float64Array.from(start)
  let here = surroundings(components, t)
  // Newton's steps converge in a few rounds; the bound only guards against rounding going in circles.
  for (let round = 0; round < 500; round++) {
    const { slope, precision, curvature } = here
    const decomposition = cholesky(curvature, t.length)
    let next: Float64Array = t.map((value, k) => value + slope[k]! / precision[k]!)
    if ('factor' in decomposition) {
      const newton = choleskySolve(decomposition.factor, t.length, slope)
      const candidate = t.map((value, k) => value + newton[k]!)
      if (logDensity(components, candidate) >= here.logDensity) next = candidate
    } else next = stretch(components, t, next)
    if (distance(next, t, precision) < 1e-13 || next.every((value, k) => isNextTo(value, t[k]!))) {
      if ('factor' in decomposition) break
      const higher = beside(components, t, here, decomposition.direction)
      if (higher === undefined) break
      next = higher
    }
    t = next
    here = surroundings(components, t)
  }
  return { location: t, logDensity: here.logDensity, precision: here.precision }
}

/** Twice, four times … as far from t as `next`, while the density keeps rising: saddles hold for long. */
function stretch(components: Components, t: Float64Array, next: Float64Array): Float64Array {
  let best = next
  let height = logDensity(components, best)
  for (let factor = 2; ; factor *= 2) {
    const further = t.map((value, k) => value + factor * (next[k]! - value))
    const reached = logDensity(components, further)
    if (!(reached > height)) return best
    best = further
    height = reached
  }
}

/** Whether two numbers are the same but for a few units in the last place. */
function isNextTo(a: number, b: number): boolean {
  return Math.abs(a - b) <= 2 * Number.EPSILON * Math.abs(b)
}

/** A point a little to one side or the other of t that has a clearly higher density, if there is one. */
function beside(
  components: Components,
  t: Float64Array,
  { logDensity: height, precision }: Surroundings,
  direction: Float64Array,
): Float64Array | undefined {
  const length = distance(direction, new Float64Array(t.length), precision)
  const sides = [NUDGE, -NUDGE].map(nudge =>
    t.map((value, k) => value + (nudge / length) * direction[k]!),
  )
  const gains = sides.map(side => logDensity(components, side) - height)
  const better = gains[1]! > gains[0]! ? 1 : 0
  return gains[better]! > 4 * Number.EPSILON * (1 + Math.abs(height)) ? sides[better] : undefined
}
