import { twoProduct, twoSum } from '../compute/double-length.js'
import { exp, log } from '../compute/elementary.js'
import { HALF_LOG_TWO_PI } from '../compute/normal-distribution.js'
import { LacunaError } from '../errors.js'

/** The components of one example's mixture: m of them over c outputs. */
export interface Components {
  /** c. */
  readonly outputs: number
  /** αᵢ, m values; one may have underflowed to 0. */
  readonly weights: Float64Array
  /** log αᵢ, m values, always finite. */
  readonly logWeights: Float64Array
  /** log αᵢφᵢ(μᵢ) = log αᵢ − Σₖ log σᵢₖ − (c/2) log 2π, m values. */
  readonly logHeights: Float64Array
  /** μᵢₖ at i·c + k. */
  readonly means: Float64Array
  /** σᵢ at i where covariance is isotropic, σᵢₖ at i·c + k where it is diagonal. */
  readonly scales: Float64Array
}

/** Where σᵢₖ stands among the scales: one a component, or one a component and output. */
export function scaleIndex(
  { weights, scales }: Pick<Components, 'weights' | 'scales'>,
  i: number,
  k: number,
): number {
  const each = scales.length / weights.length
  return i * each + (each > 1 ? k : 0)
}

/** log αᵢ = zᵢ − log Σⱼ exp(zⱼ) (Bishop 1994, eq. 25), less the greatest first, so that nothing overflows. */
export function logSoftmax(logits: Float64Array): Float64Array {
  const greatest = logits.reduce((a, b) => Math.max(a, b))
  const relative = logits.map(z => z - greatest)
  const excess = logSumExp(relative)
  return relative.map(z => z - excess)
}

/** log αᵢφᵢ(μᵢ) of each component, from everything but `logHeights` itself. */
export function logHeights(components: Omit<Components, 'logHeights'>): Float64Array {
  const { outputs, logWeights } = components
  return logWeights.map((logWeight, i) => {
    let height = logWeight - outputs * HALF_LOG_TWO_PI
    for (let k = 0; k < outputs; k++)
      height -= log(components.scales[scaleIndex(components, i, k)]!)
    return height
  })
}

/** ((t − μ)/σ)² as [value, error]: twice the digits, for a component 1,000σ away needs them. */
function standardisedSquare(t: number, mean: number, scale: number): [number, number] {
  const [distance, distanceError] = twoSum(t, -mean)
  const u = distance / scale
  const [product, productError] = twoProduct(u, scale)
  const correction = (distance - product - productError + distanceError) / scale
  const [square, squareError] = twoProduct(u, u)
  const error = squareError + 2 * u * correction
  return [square, Number.isFinite(error) ? error : 0]
}

/**
 * log αᵢφᵢ(t) for every component, with
 *
 *   φᵢ(t) = 1/((2π)^{c/2} σᵢᶜ) · exp(−‖t − μᵢ‖²/(2σᵢ²))     (Bishop 1994, eq. 23).
 *
 * @param t the outputs, c values
 * @param relative receives log αᵢφᵢ(t) − maxⱼ log αⱼφⱼ(t), m values with full accuracy
 * @returns the maximum; −∞ where even it is below the range of float64 (|t − μ| > 10¹⁵⁴σ)
 */
function jointLogDensities(
  components: Components,
  t: Float64Array,
  relative: Float64Array,
): number {
  const { outputs, means, scales, logHeights } = components
  const exponents = new Float64Array(relative.length) // −½‖(t − μᵢ)/σᵢ‖², and the rest in `relative`
  let greatest = 0
  for (let i = 0; i < relative.length; i++) {
    let square = 0
    let error = 0
    for (let k = 0; k < outputs; k++) {
      const mean = means[i * outputs + k]!
      const term = standardisedSquare(t[k]!, mean, scales[scaleIndex(components, i, k)]!)
      const [sum, sumError] = twoSum(square, term[0])
      square = sum
      error += (Number.isFinite(sum) ? sumError : 0) + term[1]
    }
    exponents[i] = -square / 2
    relative[i] = logHeights[i]! - error / 2
    if (exponents[i]! + relative[i]! > exponents[greatest]! + relative[greatest]!) greatest = i
  }
  const exponent = exponents[greatest]!
  const rest = relative[greatest]!
  for (let i = 0; i < relative.length; i++)
    relative[i] = exponents[i]! - exponent + (relative[i]! - rest)
  return exponent + rest
}

/** log p(t|x) = log Σᵢ αᵢφᵢ(t); −∞ where it is below the range of float64. */
export function logDensity(components: Components, t: Float64Array): number {
  const relative = new Float64Array(components.weights.length)
  const greatest = jointLogDensities(components, t, relative)
  return greatest === -Infinity ? greatest : greatest + logSumExp(relative)
}

/** log Σ e^{aᵢ} of values whose maximum is near 0. */
export function logSumExp(a: Float64Array): number {
  let sum = 0
  for (let i = 0; i < a.length; i++) sum += exp(a[i]!)
  return log(sum)
}

/** What is known of the components once t is. */
export interface Posterior {
  /** log p(t|x). */
  readonly logDensity: number
  /** πᵢ = αᵢφᵢ/Σⱼαⱼφⱼ, m values. */
  readonly posterior: Float64Array
  /** log πᵢ, finite where πᵢ has underflowed, m values. */
  readonly logPosterior: Float64Array
}

/**
 * The posterior over components given t.
 * @throws LACUNA_E_NOT_FINITE if every component is over 10¹⁵⁴σ away
 */
export function condition(components: Components, t: Float64Array): Posterior {
  const m = components.weights.length
  const logPosterior = new Float64Array(m)
  const greatest = jointLogDensities(components, t, logPosterior)
  if (greatest === -Infinity)
    throw new LacunaError(
      'LACUNA_E_NOT_FINITE',
      `the outputs (${t.join(', ')}) are so far from every component that the logarithm of their density is −∞`,
      'Check the units of the outputs against the means and scales.',
    )
  const posterior = new Float64Array(m)
  let total = 0
  for (let i = 0; i < m; i++) {
    posterior[i] = exp(logPosterior[i]!)
    total += posterior[i]!
  }
  const excess = log(total)
  for (let i = 0; i < m; i++) {
    posterior[i]! /= total
    logPosterior[i]! -= excess
  }
  return { logDensity: greatest + excess, posterior, logPosterior }
}
