import { exp } from '../compute/elementary.js'
import { type M64, Matrix } from '../compute/matrix.js'
import { LacunaError } from '../errors.js'
import { GraySweep, grayCode } from './gray-code.js'
import { LogSumExp } from './log-sum-exp.js'
import { transpose } from './transpose.js'

/** The most bits that are enumerated: 2²⁸ states take minutes. */
const MOST_BITS = 28

/** Which of a machine's two layers is enumerated; the other one is summed out in closed form. */
export type Side = 'visible' | 'hidden'

/** Expectations under a machine's own distribution, and its log Z. */
export interface Moments {
  readonly logPartition: number
  /** ⟨v_j⟩ = p(v_j = 1). */
  readonly visible: Float64Array
  /** ⟨h_k⟩ = p(h_k = 1). */
  readonly hidden: Float64Array
  /** ⟨v_j h_k⟩ = p(v_j = 1, h_k = 1), one row for each v_j. */
  readonly products: M64
}

/**
 * Exact sums over all states of a restricted Boltzmann machine p(v,h) ∝ e^(αᵀv + qᵀh + vᵀAh), by
 * enumerating the smaller of its layers:
 *
 *   Z = Σ_v e^(αᵀv) Π_k (1 + e^(q_k + vᵀA_:k)) = Σ_h e^(qᵀh) Π_j (1 + e^(α_j + A_j:h)).
 *
 * Every exact quantity of a conditional machine is one of these: jointly v = (x, y) and A is W over
 * U; given x, v = y, A = U and the hidden biases are q + Wᵀx.
 */
export class Enumeration {
  readonly #side: Side
  readonly #sweep: GraySweep

  /**
   * @param A the couplings, one row for each visible unit, one column for each hidden one
   * @param side the layer to enumerate, the smaller one by default
   * @throws LACUNA_E_TOO_LARGE if that layer has more than 28 units
   */
  constructor(A: M64, side: Side = A.rows <= A.cols ? 'visible' : 'hidden') {
    const bits = side === 'visible' ? A.rows : A.cols
    if (bits > MOST_BITS)
      throw new LacunaError(
        'LACUNA_E_TOO_LARGE',
        `an exact sum over ${A.rows} visible and ${A.cols} hidden units has 2^${bits} terms, more than 2^${MOST_BITS}`,
        `Use a machine with at most ${MOST_BITS} units in its smaller layer, or estimate log Z by annealed importance sampling.`,
      )
    this.#side = side
    this.#sweep = new GraySweep(side === 'visible' ? A : transpose(A))
  }

  /** log Z for the visible biases α and the hidden biases q. */
  logPartition(visibleBias: Float64Array, hiddenBias: Float64Array): number {
    const [u, v] = this.#biases(visibleBias, hiddenBias)
    const sum = new LogSumExp()
    this.#sweep.run(u, v, logWeight => sum.add(logWeight))
    return sum.value
  }

  /** The expectations of the bits and of their products, in two sweeps: log Z first, then p(s). */
  moments(visibleBias: Float64Array, hiddenBias: Float64Array): Moments {
    const [u, v] = this.#biases(visibleBias, hiddenBias)
    const [m, n] = [u.length, v.length]
    const logPartition = this.logPartition(visibleBias, hiddenBias)
    const products = new Matrix(m, n, new Float64Array(m * n))
    const enumerated = new Float64Array(m)
    // A run of 2^j steps that starts at a multiple of 2^j has one and the same s_j. Level j sums
    // p(s)·sigm(t), and p(s) behind it, over the run under way; a finished run goes to s_j's
    // expectations as a whole, and into level j + 1. So no sum is long before it is passed on.
    const levels = Array.from({ length: m + 1 }, () => new Float64Array(n + 1))
    this.#sweep.run(u, v, (logWeight, step) => {
      const p = exp(logWeight - logPartition)
      this.#sweep.addProbabilities(levels[0]!, p)
      levels[0]![n]! += p
      for (let j = 0; j < m; j++) {
        const run = levels[j]!
        if ((grayCode(step) >>> j) & 1) {
          const row = products.row(j)
          for (let i = 0; i < n; i++) row[i]! += run[i]!
          enumerated[j]! += run[n]!
        }
        const longer = levels[j + 1]!
        for (let i = 0; i <= n; i++) longer[i]! += run[i]!
        run.fill(0)
        if (((step >>> j) & 1) === 0) break
      }
    })
    const summedOut = levels[m]!.subarray(0, n)
    return this.#side === 'visible'
      ? { logPartition, visible: enumerated, hidden: summedOut, products }
      : { logPartition, visible: summedOut, hidden: enumerated, products: transpose(products) }
  }

  /** The biases of the layer enumerated and of the other one. */
  #biases(visible: Float64Array, hidden: Float64Array): [Float64Array, Float64Array] {
    return this.#side === 'visible' ? [visible, hidden] : [hidden, visible]
  }
}
