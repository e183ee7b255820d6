import { exp, log, sigmoid } from '../compute/elementary.js'
import type { M64 } from '../compute/matrix.js'

/** Steps from one state computed afresh to the next; between them rounding errors add up. */
const ANCHOR_EVERY = 64

/** The largest |tᵢ| for which e^tᵢ is kept in linear scale: e^150 ≈ 10⁶⁵. */
const LINEAR = 150

/** A running product is turned into its logarithm from here on; times e^150 twice it is still finite. */
const FOLD = 1e150

/** Beyond this |tᵢ|, log(1 + e^tᵢ) is max(tᵢ, 0) to the last bit: e^−40 < 10⁻¹⁷. */
const SATURATED = 40

/** The state that a reflected Gray code (Gray 1953) visits at a step: bit j of the result is s_j. */
export function grayCode(step: number): number {
  return step ^ (step >>> 1)
}

/** The one bit in which the states at `step` ≥ 1 and at the step before differ. */
export function flippedBit(step: number): number {
  return 31 - Math.clz32(step & -step)
}

/**
 * Visits all 2^m states of one layer s of a machine of two layers of bits, s ∈ {0,1}^m and
 * τ ∈ {0,1}^n, in which a state has the weight e^(uᵀs + vᵀτ + sᵀAτ). The other layer is summed out
 * in closed form, because given s its bits are independent:
 *
 *   Σ_τ e^(uᵀs + vᵀτ + sᵀAτ) = e^(uᵀs) Πᵢ (1 + e^tᵢ)  with  t = v + Aᵀs.
 *
 * In Gray-code order one s_j flips from a state to the next, so t changes by ± row j of A and the
 * odds e^tᵢ by a factor e^(±A_ji) known beforehand: a state costs n multiplications and additions
 * and one logarithm. Every 64th state is computed afresh, so that rounding errors don't add up.
 *
 * A unit whose |tᵢ| may exceed 150 is *steep*: e^tᵢ could leave the range of numbers, so tᵢ itself is
 * kept. Most machines have no such unit.
 */
export class GraySweep {
  readonly #A: M64
  /** Columns of the tables below: n, or n + 1 if n is odd; the added unit has odds 0. */
  readonly #width: number
  /** Rows 2j and 2j + 1: e^(−A_j:) and e^(A_j:), to switch s_j off and on. The last row is ones. */
  readonly #factors: Float64Array
  /** Σ_j |A_ji|, how far tᵢ can be from vᵢ. */
  readonly #reach: Float64Array
  /** e^tᵢ; 0 for steep units, whose factor 1 + 0 then counts for nothing. */
  readonly #odds: Float64Array
  /** The steep units, and their tᵢ. */
  #steep: Int32Array = new Int32Array(0)
  #t: Float64Array = new Float64Array(0)

  /** @param A the m×n couplings, m ≤ 30 */
  constructor(A: M64) {
    const { rows: m, cols: n } = A
    this.#A = A
    this.#width = n + (n % 2)
    this.#reach = new Float64Array(n)
    for (let at = 0; at < A.data.length; at++) this.#reach[at % n]! += Math.abs(A.data[at]!)
    this.#odds = new Float64Array(this.#width)
    this.#factors = new Float64Array((2 * m + 1) * this.#width).fill(1)
    for (let j = 0; j < m; j++)
      for (let i = 0; i < n; i++) {
        // Steep whatever v is: its odds are always 0, and 0·∞ must not arise.
        if (!(this.#reach[i]! <= LINEAR)) continue
        this.#factors[2 * j * this.#width + i] = exp(-A.data[j * n + i]!)
        this.#factors[(2 * j + 1) * this.#width + i] = exp(A.data[j * n + i]!)
      }
  }

  /**
   * Calls `visit` with the logarithm of each state's weight, uᵀs + Σᵢ log(1 + e^tᵢ), and its step;
   * the state itself is `grayCode(step)`.
   */
  run(u: Float64Array, v: Float64Array, visit: (logWeight: number, step: number) => void): void {
    const m = u.length
    this.#steep = Int32Array.from(v.keys()).filter(
      i => !(Math.abs(v[i]!) + this.#reach[i]! <= LINEAR),
    )
    this.#t = new Float64Array(this.#steep.length)
    const baseOdds = v.map(exp)
    for (const i of this.#steep) baseOdds[i] = 0
    const states = 2 ** m
    let linear = 0
    for (let step = 0; step < states; step++) {
      const state = grayCode(step)
      let factors = 2 * m
      if (step % ANCHOR_EVERY === 0) linear = this.#anchor(u, v, baseOdds, state)
      else {
        const j = flippedBit(step)
        const on = (state >>> j) & 1
        factors = 2 * j + on
        linear += on ? u[j]! : -u[j]!
        this.#shift(j, on ? 1 : -1)
      }
      visit(linear + this.#logFactors(factors), step)
    }
  }

  /** outᵢ += weight·p(τᵢ = 1|s) = weight·sigm(tᵢ), for the state being visited; i < n. */
  addProbabilities(out: Float64Array, weight: number): void {
    const odds = this.#odds
    for (let i = 0; i < this.#A.cols; i++) out[i]! += (weight * odds[i]!) / (1 + odds[i]!)
    for (let at = 0; at < this.#steep.length; at++)
      out[this.#steep[at]!]! += weight * sigmoid(this.#t[at]!)
  }

  /** Computes the odds, and t of the steep units, afresh, and returns uᵀs. */
  #anchor(u: Float64Array, v: Float64Array, baseOdds: Float64Array, state: number): number {
    const odds = this.#odds
    odds.set(baseOdds)
    this.#t.set(Float64Array.from(this.#steep, i => v[i]!))
    let linear = 0
    for (let j = 0; j < u.length; j++) {
      if (((state >>> j) & 1) === 0) continue
      const first = (2 * j + 1) * this.#width
      for (let i = 0; i < odds.length; i++) odds[i]! *= this.#factors[first + i]!
      this.#shift(j, 1)
      linear += u[j]!
    }
    return linear
  }

  /** tᵢ ± A_ji for the steep units. */
  #shift(j: number, sign: number): void {
    const t = this.#t
    for (let at = 0; at < t.length; at++)
      t[at]! += sign * this.#A.data[j * this.#A.cols + this.#steep[at]!]!
  }

  /**
   * Multiplies the odds by a row of factors and returns Σᵢ log(1 + e^tᵢ), with one logarithm for a
   * product as long as it stays finite. Two units at a time, which halves the chain of products
   * that wait for one another.
   */
  #logFactors(row: number): number {
    const odds = this.#odds
    const factors = this.#factors
    let sum = 0
    let product = 1
    for (let i = 0, at = row * odds.length; i < odds.length; i += 2, at += 2) {
      const even = odds[i]! * factors[at]!
      const odd = odds[i + 1]! * factors[at + 1]!
      odds[i] = even
      odds[i + 1] = odd
      product *= (1 + even) * (1 + odd)
      if (product > FOLD) {
        sum += log(product)
        product = 1
      }
    }
    for (const t of this.#t) {
      sum += Math.max(t, 0)
      if (Math.abs(t) > SATURATED) continue
      product *= 1 + exp(-Math.abs(t))
      if (product > FOLD) {
        sum += log(product)
        product = 1
      }
    }
    return sum + log(product)
  }
}
