import { exp, log } from '../compute/elementary.js'
import {
  type Comparison,
  centralDifference,
  centralDifferenceError,
  type Identity,
  judge,
} from '../compute/identity.js'
import { Matrix } from '../compute/matrix.js'
import { requireWhole } from '../compute/options.js'
import type { Random } from '../compute/random.js'
import { GaussianMixture } from './gaussian-mixture.js'

/** A mixture and an outcome; σ has one value a component, or one a component and output. */
type Point = { z: number[]; alpha: number[]; mu: number[]; sigma: number[]; t: number[] }

type Parameter = 'z' | 'alpha' | 'mu' | 'sigma'

/** Steps are this times the size of what they vary: about ∛ε, where both errors of a difference are small. */
const STEP = 2 ** -17

/** The maximum of |π(1 − π)(1 − 2π)|, 1/(6√3). */
const SKEW = 1 / (6 * Math.sqrt(3))

/**
 * Evaluates the sheet's identities on mixtures at random points: each closed form of
 * `GaussianMixture.gradients` against central differences of the error as the sheet writes it.
 *
 * The tolerance is the error of the central difference itself. Its truncation follows from a bound
 * on E‴: a parameter that acts on component i alone, through ℓ = log αᵢφᵢ, has
 *
 *   −E‴ = π(1 − π)(1 − 2π) ℓ′³ + 3π(1 − π) ℓ′ℓ″ + π ℓ‴,   so   |E‴| ≤ |ℓ′|³/(6√3) + ¾|ℓ′ℓ″| + |ℓ‴|;
 *
 * a logit also moves the normalisation, and |E‴| ≤ 2/(6√3). Its rounding follows from that of E.
 *
 * @param random where the points are drawn from
 * @param points how many points, at least 1
 * @returns one row for each identity
 * @throws LACUNA_E_OPTION if `points` is not a whole number from 1 to 100,000
 *
 * @example
 * ```ts
 * mixtureIdentities(new Random(1)).every(({ ok }) => ok) // true
 * ```
 */
export function mixtureIdentities(random: Random, points = 50): Identity[] {
  requireWhole('points', points, 1, 100_000)
  const isotropic = Array.from({ length: points }, () => drawPoint(random, false))
  const diagonal = Array.from({ length: points }, () => drawPoint(random, true))
  const method = `central differences at ${points} points`
  const row = (identity: string, parameter: Parameter, at: readonly Point[]) =>
    judge(
      identity,
      method,
      at.flatMap(point => compare(point, parameter)),
    )
  return [
    row('1(a)(i): ∂E/∂αᵢ = −πᵢ/αᵢ', 'alpha', isotropic),
    row('1(a)(ii): ∂E/∂μᵢₖ = πᵢ(μᵢₖ − tₖ)/σᵢ²', 'mu', isotropic),
    row('1(b): ∂E/∂zᵢ = αᵢ − πᵢ', 'z', isotropic),
    row('1, for training: ∂E/∂σᵢ = πᵢ(c/σᵢ − ‖t − μᵢ‖²/σᵢ³)', 'sigma', isotropic),
    row('1(a)(ii), diagonal: ∂E/∂μᵢₖ = πᵢ(μᵢₖ − tₖ)/σᵢₖ²', 'mu', diagonal),
    row('1, diagonal: ∂E/∂σᵢₖ = πᵢ(1/σᵢₖ − (tₖ − μᵢₖ)²/σᵢₖ³)', 'sigma', diagonal),
  ]
}

/** One to five components over one to three outputs, σ from 0.3 to 2, all else standard normal. */
function drawPoint(random: Random, diagonal: boolean): Point {
  const m = random.integer(1, 6)
  const c = random.integer(1, 4)
  const normals = (length: number) => Array.from({ length }, () => random.normal())
  const z = normals(m)
  const sigma = normals(diagonal ? m * c : m).map(() => 0.3 + 1.7 * random.uniform())
  return { z, alpha: softmax(z), mu: normals(m * c), sigma, t: normals(c) }
}

function softmax(z: readonly number[]): number[] {
  const powers = z.map(value => exp(value))
  const total = powers.reduce((a, b) => a + b)
  return powers.map(power => power / total)
}

/** E = −log Σᵢ αᵢφᵢ(t), as the sheet writes it; and the largest ‖t − μᵢ‖²/(2σᵢ²). */
function sheetError({ alpha, mu, sigma, t }: Omit<Point, 'z'>): { E: number; exponent: number } {
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

/** The closed form against a central difference, for every entry of one parameter. */
function compare(point: Point, parameter: Parameter): Comparison[] {
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
    return {
      error: Math.abs(closed[index]! - centralDifference(error, value, step)),
      tolerance: centralDifferenceError(step, third, rounding),
    }
  })
}

/** The step for one entry of a parameter, and the bound on |E‴| there. */
function variation(
  { alpha, mu, sigma, t }: Point,
  parameter: Parameter,
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
