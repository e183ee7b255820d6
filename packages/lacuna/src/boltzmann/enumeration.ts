import { exp, log } from '../compute/elementary.js'
import { type M64, Matrix } from '../compute/matrix.js'
import { LacunaError } from '../errors.js'
import { GraySweep, grayCode } from './gray-code.js'
import { LogSumExp } from './log-sum-exp.js'
import { transpose } from './transpose.js'

/** The most bits that are enumerated: 2²⁸ states take minutes. */
export const MOST_BITS = 28

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

  /** The expectations of the bits and of their products. */
  moments(visibleBias: Float64Array, hiddenBias: Float64Array): Moments {
    const [u, v] = this.#biases(visibleBias, hiddenBias)
    const [m, n] = [u.length, v.length]
    const { logPartition, rows, all } = this.#expectations(u, v, true, true)
    const products = new Matrix(m, n, new Float64Array(m * n))
    const enumerated = rows.map((row, j) => {
      products.row(j).set(row.subarray(0, n))
      return row[n]!
    })
    const layers = [Float64Array.from(enumerated), all.subarray(0, n)] as const
    const [visible, hidden] = this.#side === 'visible' ? layers : [layers[1], layers[0]]
    return {
      logPartition,
      visible,
      hidden,
      products: this.#side === 'visible' ? products : transpose(products),
    }
  }

  /** ⟨v_j⟩ and log Z alone, which ask for less than all moments do. */
  visibleMarginals(
    visibleBias: Float64Array,
    hiddenBias: Float64Array,
  ): Pick<Moments, 'logPartition' | 'visible'> {
    const [u, v] = this.#biases(visibleBias, hiddenBias)
    const enumerated = this.#side === 'visible'
    const { logPartition, rows, all } = this.#expectations(u, v, !enumerated, enumerated)
    const visible = enumerated ? Float64Array.from(rows, row => row[0]!) : all.slice(0, v.length)
    return { logPartition, visible }
  }

  /**
   * The visible states of the largest weight, and log Z. Only the enumeration of the visible layer
   * meets them: the other one sums over all v for each h, and the v that is best given an h need not
   * be the best in all.
   * @returns at most `count` states, the most probable first; bit j of a state is v_j
   */
  mostProbable(
    visibleBias: Float64Array,
    hiddenBias: Float64Array,
    count: number,
  ): { logPartition: number; states: { state: number; logWeight: number }[] } {
    const sum = new LogSumExp()
    const states: { state: number; logWeight: number }[] = []
    this.#sweep.run(visibleBias, hiddenBias, (logWeight, step) => {
      sum.add(logWeight)
      if (states.length === count && logWeight <= states[count - 1]!.logWeight) return
      let at = states.length
      while (at > 0 && states[at - 1]!.logWeight < logWeight) at--
      states.splice(at, 0, { state: grayCode(step), logWeight })
      if (states.length > count) states.pop()
    })
    return { logPartition: sum.value, states }
  }

  /**
   * In one sweep log Z, `all` = ⟨f⟩ and, if asked for, `rows[j]` = ⟨s_j f⟩, where f is the vector
   * of the other layer's p(τᵢ = 1|s), if asked for, and behind them a 1.
   *
   * A run of 2^j steps that starts at a multiple of 2^j has one and the same s_j. Level j sums
   * weight·f over the run under way; a finished run goes to row j as a whole, and into level j + 1.
   * So no sum is long before it is passed on. Weights are divided by e^shift; the shift is the first
   * logarithm and moves only when a weight could overflow.
   */
  #expectations(u: Float64Array, v: Float64Array, withOther: boolean, withRows: boolean) {
    const m = u.length
    const width = withOther ? v.length + 1 : 1
    const vectors = (count: number) => Array.from({ length: count }, () => new Float64Array(width))
    const levels = vectors(m + 1)
    const rows = vectors(withRows ? m : 0)
    let shift = -Infinity
    this.#sweep.run(u, v, (logWeight, step) => {
      if (logWeight > shift + 500) {
        const factor = exp(shift - logWeight) // 0 at the first state
        for (const sum of [...levels, ...rows]) for (let i = 0; i < width; i++) sum[i]! *= factor
        shift = logWeight
      }
      const weight = exp(logWeight - shift)
      if (withOther) this.#sweep.addProbabilities(levels[0]!, weight)
      levels[0]![width - 1]! += weight
      for (let j = 0; j < m; j++) {
        const run = levels[j]!
        if (withRows && (grayCode(step) >>> j) & 1) {
          const row = rows[j]!
          for (let i = 0; i < width; i++) row[i]! += run[i]!
        }
        const longer = levels[j + 1]!
        for (let i = 0; i < width; i++) longer[i]! += run[i]!
        run.fill(0)
        if (((step >>> j) & 1) === 0) break
      }
    })
    const all = levels[m]!
    const sum = all[width - 1]!
    const mean = (total: Float64Array) => total.map(value => value / sum)
    return { logPartition: shift + log(sum), rows: rows.map(mean), all: mean(all) }
  }

  /** The biases of the layer enumerated and of the other one. */
  #biases(visible: Float64Array, hidden: Float64Array): [Float64Array, Float64Array] {
    return this.#side === 'visible' ? [visible, hidden] : [hidden, visible]
  }
}
