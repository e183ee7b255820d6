import { sigmoid, softplus } from '../compute/elementary.js'
import { requireKnown } from '../compute/known-options.js'
import { type M64, Matrix } from '../compute/matrix.js'
import { requirePositive, requireWhole } from '../compute/options.js'
import { dot } from './bits.js'
import type { ConditionalRbm } from './conditional-rbm.js'
import { completed, type FreeOutputs, freeOutputs } from './free-outputs.js'

/** When mean field is done. */
export interface MeanFieldOptions {
  /** No marginal moves by more than this in the last iteration; default 10⁻¹⁰. */
  readonly tolerance?: number
  /** The most iterations for one example, 1 to 10⁹; default 10,000. */
  readonly iterations?: number
  /** n×c: 0 or 1 where an output is given, NaN where it is free. */
  readonly given?: M64
}

/** The independent distribution nearest to p(y,h|x), one example a row. */
export interface MeanField {
  /** μ_j, n×c; the given ones are what they are. */
  readonly marginals: M64
  /** At most log Σ_y e^(−F(x,y)) over the free outputs: log Z(x) if none is given. */
  readonly lowerBound: Float64Array
  /** Whether the marginals came to rest within the tolerance. */
  readonly converged: boolean[]
}

/**
 * Mean field (Peterson & Anderson 1987, "A mean field theory learning algorithm for neural networks"):
 * among all q(y,h) whose bits are independent, with means μ and τ, one for which
 *
 *   L = αᵀμ + qᵀτ + μᵀAτ + H(μ) + H(τ) ≤ log Z(x)
 *
 * cannot be raised by changing one layer; log Z(x) − L is KL(q‖p). Given τ the best μ is
 * sigm(α + Aτ), and given μ the best τ is sigm(q + Aᵀμ), in closed form for a layer as a whole because
 * no two of its units are coupled. So the layers take turns, L never falls, and no damping is needed
 * (it is where all units move at once). The optimum need not be the only one: this one is reached
 * from μ = ½.
 */
export function meanField(rbm: ConditionalRbm, x: M64, options: MeanFieldOptions): MeanField {
  requireKnown('meanField', options, ['tolerance', 'iterations', 'given'])
  const { tolerance = 1e-10, iterations = 10_000, given } = options
  requirePositive('tolerance', tolerance)
  requireWhole('iterations', iterations, 1, 1e9)
  const marginals = new Matrix(x.rows, rbm.U.rows, new Float64Array(x.rows * rbm.U.rows))
  const lowerBound = new Float64Array(x.rows)
  const converged: boolean[] = []
  for (const [n, outputs] of freeOutputs(rbm, x, given).entries()) {
    const found = fixedPoint(outputs, tolerance, iterations)
    marginals.row(n).set(completed(outputs, found.mu))
    lowerBound[n] = outputs.constant + found.bound
    converged.push(found.converged)
  }
  return { marginals, lowerBound, converged }
}

function fixedPoint(outputs: FreeOutputs, tolerance: number, iterations: number) {
  const { A, transposed, alpha, q } = outputs
  let mu = alpha.map(() => 0.5)
  let [bound, moved] = [0, Infinity]
  for (let i = 0; i < iterations && moved > tolerance; i++) {
    const r = q.map((q_k, k) => q_k + dot(transposed.row(k), mu))
    const tau = r.map(sigmoid)
    const s = alpha.map((alpha_j, j) => alpha_j + dot(A.row(j), tau))
    // At the best μ its terms of L are Σ_j log(1 + e^s_j); H(τ_k) = log(1 + e^r_k) − τ_k r_k.
    bound = s.reduce((sum, s_j) => sum + softplus(s_j), 0)
    for (let k = 0; k < r.length; k++) bound += (q[k]! - r[k]!) * tau[k]! + softplus(r[k]!)
    const next = s.map(sigmoid)
    moved = next.reduce((most, value, j) => Math.max(most, Math.abs(value - mu[j]!)), 0)
    mu = next
  }
  return { mu, bound, converged: moved <= tolerance }
}
