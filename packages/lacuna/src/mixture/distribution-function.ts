import { exp, log, log1p } from '../compute/elementary.js'
import {
  logNormalCdf,
  logNormalCdfSlope,
  lowerNormalQuantile,
  normalCdf,
  normalDensity,
} from '../compute/normal-distribution.js'
import { findRoot } from '../compute/root.js'
import { type Components, logSumExp } from './components.js'

/*
 * The distribution function of a mixture over one output,
 *
 *   F(t) = Σᵢ αᵢ Φ((t − μᵢ)/σᵢ),
 *
 * its logarithm, its inverse, and the mass between two points. What holds for the upper tail is
 * obtained from the lower tail of the mirrored mixture, 1 − F(t) = F*(−t), so that no small number is
 * ever the difference of two large ones.
 */

/** The mixture of −t. */
export function mirror(components: Components): Components {
  return { ...components, means: components.means.map(mean => -mean) }
}

/** F(t). */
export function cdf({ weights, means, scales }: Components, t: number): number {
  let sum = 0
  for (let i = 0; i < weights.length; i++)
    sum += weights[i]! * normalCdf((t - means[i]!) / scales[i]!)
  return Math.min(1, sum)
}

/** Above this no term of F that counts beside the others has lost digits to underflow. */
const WELL_ABOVE_UNDERFLOW = 1e-280

/**
 * log F(t), finite long after F(t) has underflowed and with all its digits where F(t) is nearly 1; and
 * its slope p(t)/F(t).
 */
export function logCdf(components: Components, t: number): { value: number; slope: number } {
  const { weights, logWeights, means, scales } = components
  const F = cdf(components, t)
  if (F > WELL_ABOVE_UNDERFLOW) {
    let p = 0
    for (let i = 0; i < weights.length; i++)
      p += (weights[i]! / scales[i]!) * normalDensity((t - means[i]!) / scales[i]!)
    return { value: F < 0.5 ? log(F) : log1p(-cdf(mirror(components), -t)), slope: p / F }
  }
  const terms = new Float64Array(weights.length)
  for (let i = 0; i < weights.length; i++)
    terms[i] = logWeights[i]! + logNormalCdf((t - means[i]!) / scales[i]!)
  const greatest = terms.reduce((a, b) => Math.max(a, b))
  if (greatest === -Infinity) return { value: greatest, slope: Infinity }
  const value = greatest + logSumExp(terms.map(term => term - greatest))
  let slope = 0
  for (let i = 0; i < weights.length; i++) {
    const share = exp(terms[i]! - value)
    if (share > 0) slope += (share * logNormalCdfSlope((t - means[i]!) / scales[i]!)) / scales[i]!
  }
  return { value, slope }
}

/**
 * The t at which log F(t) is `logP` ≤ log ½. With z the standard normal quantile, every component
 * has at most that probability below minᵢ(μᵢ + zσᵢ) and at least that below maxᵢ(μᵢ + zσᵢ): the root
 * lies between. Where F is flat (between components far apart) any point there may be returned.
 */
export function lowerQuantile(components: Components, logP: number): number {
  const z = lowerNormalQuantile(logP)
  const each = components.means.map((mean, i) => mean + z * components.scales[i]!)
  const low = each.reduce((a, b) => Math.min(a, b))
  const high = each.reduce((a, b) => Math.max(a, b))
  if (low === high) return low
  const noise = 4 * Number.EPSILON * (1 - logP)
  return findRoot(
    t => {
      const { value, slope } = logCdf(components, t)
      return { value: value - logP, slope, noise }
    },
    low,
    high,
  )
}

/** The t at which F(t) = p, 0 < p < 1, by the tail that is the smaller. */
export function quantile(components: Components, p: number): number {
  return p <= 0.5
    ? lowerQuantile(components, log(p))
    : -lowerQuantile(mirror(components), log(1 - p))
}

/** Φ(b) − Φ(a) for a ≤ b, from the tail that both lie in if they lie in one. */
function normalMass(a: number, b: number): number {
  return a > 0 ? normalCdf(-a) - normalCdf(-b) : normalCdf(b) - normalCdf(a)
}

/** F(b) − F(a) for −∞ ≤ a ≤ b ≤ ∞. */
export function massBetween({ weights, means, scales }: Components, a: number, b: number): number {
  let sum = 0
  for (let i = 0; i < weights.length; i++)
    sum += weights[i]! * normalMass((a - means[i]!) / scales[i]!, (b - means[i]!) / scales[i]!)
  return sum
}
