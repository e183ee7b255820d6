import { exp, log, sigmoid, softplus } from '../compute/elementary.js'
import { requireKnown } from '../compute/known-options.js'
import type { M64 } from '../compute/matrix.js'
import { requireWhole } from '../compute/options.js'
import type { Random } from '../compute/random.js'
import { addSelectedRows, dot, requireBits } from './bits.js'
import type { ConditionalRbm } from './conditional-rbm.js'
import { jointLayers } from './joint-layers.js'
import { transpose } from './transpose.js'

/** How much work goes into the estimate, and where it starts. */
export interface AnnealingOptions {
  /** Independent runs, M, from 2 to 10⁶; 100 by default. The standard error falls as 1/√M. */
  readonly chains?: number
  /** Temperatures between the base-rate machine and the one asked about, 1 to 10⁷; 1000 by default. */
  readonly steps?: number
  /** Typical examples, such as training data: their base rates make a better start. */
  readonly examples?: { readonly x: M64; readonly y: M64 }
}

/** log Z as estimated by annealed importance sampling. */
export interface LogPartitionEstimate {
  /** log Ẑ. Ẑ is right on average, so log Ẑ is more often too low than too high. */
  readonly logPartition: number
  /** Of log Ẑ, as seen in the spread of the runs; not to be relied on where it comes near 1. */
  readonly standardError: number
}

/**
 * Estimates log Z of a machine too large to enumerate (Neal 2001, "Annealed importance sampling";
 * Salakhutdinov & Murray 2008, "On the quantitative analysis of deep belief networks"). With
 * v = (x,y), its biases α and couplings A as in `jointLayers`, each run goes through
 *
 *   p*_β(v) = e^(((1−β)g + βα)ᵀv) Π_k (1 + e^(β(q_k + vᵀA_:k))),  β = 0, 1/S, 2/S, …, 1,
 *
 * from independent bits with logits g, whose Z₀ = 2^K Π_j (1 + e^g_j) is known, to the machine
 * itself: v is drawn from p₀ and then moved by one Gibbs sweep at each β. The run's weight is
 * w = Π_s p*_{β_s}(v_s)/p*_{β_{s−1}}(v_s), and Z is estimated as Z₀ times the mean of w. Without
 * examples g = α.
 *
 * The time grows with chains·steps·(d+c)·K; for d+c = 784 and K = 500 the defaults take minutes.
 *
 * @throws LACUNA_E_OPTION for options out of range; LACUNA_E_SHAPE, LACUNA_E_NOT_FINITE or
 *   LACUNA_E_BITS for unfit examples
 *
 * @example
 * ```ts
 * const { logPartition, standardError } = annealedImportanceSampling(rbm, new Random(1), { steps: 5000 })
 * ```
 */
export function annealedImportanceSampling(
  rbm: ConditionalRbm,
  random: Random,
  options: AnnealingOptions = {},
): LogPartitionEstimate {
  requireKnown('annealedImportanceSampling', options, ['chains', 'steps', 'examples'])
  const { chains = 100, steps = 1000, examples } = options
  requireWhole('chains', chains, 2, 1e6)
  requireWhole('steps', steps, 1, 1e7)
  const { A, visibleBias } = jointLayers(rbm)
  const g = examples ? baseRate(rbm, examples.x, examples.y) : visibleBias
  const annealing = new Annealing(A, visibleBias, rbm.hiddenBias, g)
  const logWeights = Float64Array.from({ length: chains }, () => annealing.run(steps, random))
  const { logMean, standardError } = logMeanExp(logWeights)
  const logBase = g.reduce((sum, g_j) => sum + softplus(g_j), A.cols * softplus(0))
  return { logPartition: logBase + logMean, standardError }
}

/** The logits of the examples' mean bits, each counted as if one more example had it on and one off. */
function baseRate(rbm: ConditionalRbm, x: M64, y: M64): Float64Array {
  requireBits('x', x, x.rows, rbm.W.rows)
  requireBits('y', y, x.rows, rbm.U.rows)
  const [d, c] = [x.cols, y.cols]
  const on = new Float64Array(d + c).fill(1)
  for (let n = 0; n < x.rows; n++) {
    for (let i = 0; i < d; i++) on[i]! += x.row(n)[i]!
    for (let j = 0; j < c; j++) on[d + j]! += y.row(n)[j]!
  }
  return on.map(count => log(count / (x.rows + 2 - count)))
}

/** One run at a time of annealing from independent bits to a machine. */
class Annealing {
  readonly #A: M64
  readonly #transposed: M64
  readonly #alpha: Float64Array
  readonly #q: Float64Array
  readonly #g: Float64Array
  readonly #v: Float64Array
  readonly #h: Float64Array
  /** q + Aᵀv and α + Ah. */
  readonly #t: Float64Array
  readonly #field: Float64Array

  constructor(A: M64, alpha: Float64Array, q: Float64Array, g: Float64Array) {
    this.#A = A
    this.#transposed = transpose(A)
    this.#alpha = alpha
    this.#q = q
    this.#g = g
    this.#v = new Float64Array(A.rows)
    this.#h = new Float64Array(A.cols)
    this.#t = new Float64Array(A.cols)
    this.#field = new Float64Array(A.rows)
  }

  /** log w of one run. */
  run(steps: number, random: Random): number {
    let logWeight = 0
    for (let s = 1; s <= steps; s++) {
      const [before, beta] = [(s - 1) / steps, s / steps]
      this.#drawVisible(before, random)
      this.#t.set(this.#q)
      addSelectedRows(this.#t, this.#v, this.#A)
      logWeight += this.#logRatio(beta, before)
      this.#drawHidden(beta, random)
    }
    return logWeight
  }

  /** v ~ p_β(v|h); at β = 0, where a run begins, h plays no part. */
  #drawVisible(beta: number, random: Random): void {
    this.#field.set(this.#alpha)
    addSelectedRows(this.#field, this.#h, this.#transposed)
    for (let j = 0; j < this.#v.length; j++) {
      const logit = (1 - beta) * this.#g[j]! + beta * this.#field[j]!
      this.#v[j] = random.uniform() < sigmoid(logit) ? 1 : 0
    }
  }

  /** h ~ p_β(h|v). */
  #drawHidden(beta: number, random: Random): void {
    for (let k = 0; k < this.#h.length; k++)
      this.#h[k] = random.uniform() < sigmoid(beta * this.#t[k]!) ? 1 : 0
  }

  /** log p*_β(v)/p*_β′(v). */
  #logRatio(beta: number, before: number): number {
    let ratio = (beta - before) * (dot(this.#alpha, this.#v) - dot(this.#g, this.#v))
    for (const t_k of this.#t) ratio += softplus(beta * t_k) - softplus(before * t_k)
    return ratio
  }
}

/** The logarithm of the mean of w = e^logWeight, and its standard error s(w)/(w̄√M) (delta method). */
function logMeanExp(logWeights: Float64Array): { logMean: number; standardError: number } {
  const M = logWeights.length
  const most = logWeights.reduce((a, b) => Math.max(a, b))
  const weights = logWeights.map(logWeight => exp(logWeight - most))
  const mean = weights.reduce((a, b) => a + b) / M
  const variance = weights.reduce((sum, w) => sum + (w - mean) * (w - mean), 0) / (M - 1)
  return { logMean: most + log(mean), standardError: Math.sqrt(variance / M) / mean }
}
