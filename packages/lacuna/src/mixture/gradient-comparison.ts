import { exp, log } from '../compute/elementary.js'
import { type Comparison, centralDifference, centralDifferenceError } from '../compute/identity.js'
import { Matrix } from '../compute/matrix.js'
import { GaussianMixture } from './gaussian-mixture.js'

/** A mixture of m components over c outputs, and an outcome. */
export interface MixturePoint {
  /** The m logits of the weights. */
  readonly z: readonly number[]
  /** The m·c means: μᵢₖ is number i·c + k. */
  readonly mu: readonly number[]
  /** The scales, above 0: one a component, or one a component and output. */
  readonly sigma: readonly number[]
  /** The c outputs. */
  readonly t: readonly number[]
}

/** What the error is differentiated with respect to. */
export type MixtureParameter = 'z' | 'alpha' | 'mu' | 'sigma'

/** One entry of a gradient both ways, and how far the difference may put them apart. */
export interface GradientComparison extends Comparison {
  /** What the closed form gives. */
  readonly closed: number
  /** What the central difference of the error gives. */
  readonly difference: number
}

type Weighted = MixturePoint & { readonly alpha: readonly number[] }

/** Steps are this times the size of what they vary: about ∛ε, where both errors of a difference are small. */
const STEP = 2 ** -17

/** The maximum of |π(1 − π)(1 − 2π)|, 1/(6√3). */
const SKEW = 1 / (6 * Math.sqrt(3))

/**
 * The closed form of `GaussianMixture.gradients` against central differences of the error as the
 * sheet writes it, for every entry of one parameter. For `alpha` the weights are free: each moves
 * without the others.
 *
 * The tolerance is the error of the central difference itself. Its truncation follows from a bound
 * on E‴: a parameter that acts on component i alone, through ℓ = log αᵢφᵢ, has
 *
 *   −E‴ = π(1 − π)(1 − 2π) ℓ′³ + 3π(1 − π) ℓ′ℓ″ + π ℓ‴,   so   |E‴| ≤ |ℓ′|³/(6√3) + ¾|ℓ′ℓ″| + |ℓ‴|;
 *
 * a logit also moves the normalisation, and |E‴| ≤ 2/(6√3). Its rounding follows from that of E.
 *
 * @throws LACUNA_E_SHAPE, LACUNA_E_NOT_FINITE or LACUNA_E_OPTION for what is no mixture
 *
 * @example
 * ```ts
 * const point = { z: [0, 1], mu: [-1, 1], sigma: [1, 0.5], t: [0.25] }
 * const [first] = compareGradient(point, 'mu')
 * first!.error <= first!.tolerance // true
 * ```
 */
export function compareGradient(
  given: MixturePoint,
  parameter: MixtureParameter,
): GradientComparison[] {
  const point: Weighted = { ...given, alpha: softmax(given.z) }
  const row = (values: readonly number[]) => new Matrix(1, values.length, Float64Array.from(values))
  const { z, mu, sigma, t } = point
  const gradients = GaussianMixture.fromLogits(row(z), row(mu), row(sigma)).gradients(row(t))
  const names = { z: 'logits', alpha: 'weights', mu: 'means', sigma: 'scales' } as const
  const closed = gradients[names[parameter]].data
  const { E, exponent } = sheetError(point)
  // exp's argument and log's result carry ε times their size, every factor of φ an ε more.
  const rounding = 4 * Number.EPSILON * (4 + t.length + exponent + Math.abs(E))
  return point[parameter].map((value, index) => {
    const { step, third } = variation(point, parameter, index)
    const error = (moved: number) => {
      const values = point[parameter].map((old, at) => (at === index ? moved : old))
      const changed = { ...point, [parameter]: values }
      return sheetError(parameter === 'z' ? { ...changed, alpha: softmax(values) } : changed).E
    }
    const difference = centralDifference(error, value, step)
    return {
      closed: closed[index]!,
      difference,
      error: Math.abs(closed[index]! - difference),
      tolerance: centralDifferenceError(step, third, rounding),
    }
  })
}

function softmax(z: readonly number[]): number[] {
  const powers = z.map(value => exp(value))
  const total = powers.reduce((a, b) => a + b)
  return powers.map(power => power / total)
}

/** E = −log Σᵢ αᵢφᵢ(t), as the sheet writes it; and the largest ‖t − μᵢ‖²/(2σᵢ²). */
function sheetError({ alpha, mu, sigma, t }: Omit<Weighted, 'z'>): { E: number; exponent: number } {
  const c = t.length
  let density = 0
  let largest = 0
  for (const [i, weight] of alpha.entries()) {
    let phi = 1
    let exponent = 0
    for (const [k, outcome] of t.entries()) {
      const scale = sigma.length === mu.length ? sigma[i * c + k]! : sigma[i]!
      const u = (outcome - mu[i * c + k]!) / scale
      exponent += (u * u) / 2
      phi /= Math.sqrt(2 * Math.PI) * scale
    }
    density += weight * phi * exp(-exponent)
    largest = Math.max(largest, exponent)
  }
  return { E: -log(density), exponent: largest }
}

/** The step for one entry of a parameter, and the bound on |E‴| there. */
function variation(
  { alpha, mu, sigma, t }: Weighted,
  parameter: MixtureParameter,
  index: number,
): { step: number; third: number } {
  if (parameter === 'z') return { step: STEP, third: 2 * SKEW }
  const c = t.length
  const diagonal = sigma.length === mu.length
  // The size of the parameter, and the derivatives of ℓ with respect to it in units of that size.
  let size: number
  let first: number
  let second: number
  let third: number
  if (parameter === 'alpha') {
    size = alpha[index]! // ℓ = log α + …
    ;[first, second, third] = [1, -1, 2]
  } else if (parameter === 'mu') {
    size = diagonal ? sigma[index]! : sigma[Math.floor(index / c)]!
    const u = (t[index % c]! - mu[index]!) / size // ℓ = −u²/2 + …
    ;[first, second, third] = [u, -1, 0]
  } else {
    size = sigma[index]! // ℓ = −d log σ − r/(2σ²) + …, over d outputs at squared distance r = qσ²
    const component = diagonal ? Math.floor(index / c) : index
    const outputs = diagonal ? [index % c] : t.map((_, k) => k)
    const d = outputs.length
    const q = outputs
      .map(k => (t[k]! - mu[component * c + k]!) / size)
      .reduce((sum, u) => sum + u * u, 0)
    ;[first, second, third] = [q - d, d - 3 * q, 12 * q - 2 * d]
  }
  const [a, b] = [Math.abs(first), Math.abs(second)]
  const bound = SKEW * a * a * a + 0.75 * a * b + Math.abs(third)
  return { step: STEP * size, third: bound / size / size / size }
}
