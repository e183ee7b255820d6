import { type Identity, judge } from '../compute/identity.js'
import { requireWhole } from '../compute/options.js'
import type { Random } from '../compute/random.js'
import { compareGradient, type MixtureParameter, type MixturePoint } from './gradient-comparison.js'

/**
 * Evaluates the sheet's identities on mixtures at random points: each closed form of
 * `GaussianMixture.gradients` against central differences, as `compareGradient` does it at one.
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
  const row = (identity: string, parameter: MixtureParameter, at: readonly MixturePoint[]) =>
    judge(
      identity,
      method,
      at.flatMap(point => compareGradient(point, parameter)),
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
function drawPoint(random: Random, diagonal: boolean): MixturePoint {
  const m = random.integer(1, 6)
  const c = random.integer(1, 4)
  const normals = (length: number) => Array.from({ length }, () => random.normal())
  const z = normals(m)
  const sigma = normals(diagonal ? m * c : m).map(() => 0.3 + 1.7 * random.uniform())
  return { z, mu: normals(m * c), sigma, t: normals(c) }
}
