import { requireKnown } from '../compute/known-options.js'
import type { M64 } from '../compute/matrix.js'
import { normalCdf, normalDensity } from '../compute/normal-distribution.js'
import { requireProbability, requireWhole } from '../compute/options.js'
import { LacunaError } from '../errors.js'
import type { GaussianMixture } from './gaussian-mixture.js'

/** How the probabilities a model states compare with what then happened. */
export interface Calibration {
  /** Counts of the probability integral transforms in equal bins of [0, 1]; flat if calibrated. */
  readonly histogram: Uint32Array
  /** For each level the share of examples within the central interval of that probability. */
  readonly coverage: readonly { readonly level: number; readonly share: number }[]
  /** Mean continuous ranked probability score, in the units of t; the lower the better. */
  readonly crps: number
}

/**
 * Calibration of densities over one output. The probability integral transform F(t|x) is uniform
 * over (0, 1) if p(t|x) is the truth: a histogram like a U means densities too narrow, one like a
 * hill too wide, a slope that they lie to one side.
 *
 * Gneiting, Balabdaoui & Raftery 2007, "Probabilistic forecasts, calibration and sharpness".
 *
 * @param t n×1, the outputs that came
 * @param options.levels probabilities of the central intervals; 0.5, 0.8 and 0.95 if left out
 * @param options.bins bins of the histogram, 1 to 10,000; 10 if left out
 * @throws LACUNA_E_SHAPE if there is more than one output or no example; LACUNA_E_NOT_FINITE if t is
 *   unfit; LACUNA_E_OPTION if an option is out of range
 *
 * @example
 * ```ts
 * const { coverage } = calibration(network.predict(x), t)
 * ```
 */
export function calibration(
  mixture: GaussianMixture,
  t: M64,
  options: { readonly levels?: readonly number[]; readonly bins?: number } = {},
): Calibration {
  requireKnown('calibration', options, ['levels', 'bins'])
  const { levels = [0.5, 0.8, 0.95], bins = 10 } = options
  for (const level of levels) requireProbability('a level', level)
  requireWhole('bins', bins, 1, 10_000)
  const transforms = mixture.cdf(t)
  const n = transforms.length
  if (n === 0)
    throw new LacunaError('LACUNA_E_SHAPE', 'there are no examples to judge by', 'Pass some rows.')
  const histogram = new Uint32Array(bins)
  for (const u of transforms) histogram[Math.min(bins - 1, Math.floor(bins * u))]!++
  return {
    histogram,
    coverage: levels.map(level => {
      // t is between the quantiles (1 ∓ level)/2 if and only if F(t) is between these.
      const within = transforms.filter(u => Math.abs(u - 0.5) <= level / 2).length
      return { level, share: within / n }
    }),
    crps: crps(mixture, t).reduce((sum, score) => sum + score / n, 0),
  }
}

/**
 * The continuous ranked probability score ∫ (F(s) − [s ≥ t])² ds of each example, in closed form
 * (Grimit, Gneiting, Berrocal & Johnson 2006, "The continuous ranked probability score for circular
 * variables and its application to mesoscale forecast ensemble verification", eq. 5):
 *
 *   Σᵢ αᵢ A(t − μᵢ, σᵢ²) − ½ Σᵢ Σⱼ αᵢαⱼ A(μᵢ − μⱼ, σᵢ² + σⱼ²),
 *   A(μ, σ²) = 2σφ(μ/σ) + μ(2Φ(μ/σ) − 1), the mean of |X| for X ~ N(μ, σ²)
 *
 * @param t n×1
 * @returns n scores in the units of t
 * @throws LACUNA_E_SHAPE if there is more than one output; LACUNA_E_NOT_FINITE
 */
export function crps(mixture: GaussianMixture, t: M64): Float64Array {
  mixture.cdf(t) // refuses what is unfit
  const { components: m } = mixture
  return Float64Array.from({ length: t.rows }, (_, row) => {
    const weights = mixture.weights.row(row)
    const means = mixture.means.row(row)
    const scales = mixture.scales.row(row)
    let score = 0
    for (let i = 0; i < m; i++) {
      score += weights[i]! * meanAbsolute(t.data[row]! - means[i]!, scales[i]!)
      // The pairs i ≠ j stand for two of the double sum, i = j for one.
      score -= 0.5 * weights[i]! * weights[i]! * meanAbsolute(0, Math.SQRT2 * scales[i]!)
      for (let j = 0; j < i; j++) {
        const sigma = Math.sqrt(scales[i]! * scales[i]! + scales[j]! * scales[j]!)
        score -= weights[i]! * weights[j]! * meanAbsolute(means[i]! - means[j]!, sigma)
      }
    }
    return score
  })
}

/** The mean of |X| for X ~ N(μ, σ²). */
function meanAbsolute(mu: number, sigma: number): number {
  const u = mu / sigma
  return 2 * sigma * normalDensity(u) + mu * (2 * normalCdf(u) - 1)
}
