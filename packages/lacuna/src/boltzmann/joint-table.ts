import { exp, log } from '../compute/elementary.js'
import { type M64, Matrix } from '../compute/matrix.js'
import type { ConditionalRbm } from './conditional-rbm.js'

/**
 * All probabilities p(x,y,h) = e^(−E(x,y,h))/Z of a small machine, written down one by one: what
 * every result about it can be checked against, because it rests on the energy alone.
 *
 * State s has x in its lowest d bits, y in the next c and h in the highest K. A `mask` picks bits:
 * the table's answers are one for each state s, about the bits that s has under the mask.
 *
 * @example
 * ```ts
 * const table = new JointTable(rbm)
 * table.probabilityGiven(table.masks.y, table.masks.x)[0] // p(y = 1|x = 0, …, 0) of a machine with one output
 * ```
 */
export class JointTable {
  /** The masks of all bits of x, of y and of h. */
  readonly masks: { readonly x: number; readonly y: number; readonly h: number }
  /** The states' bits, one state a row. */
  readonly x: M64
  readonly y: M64
  readonly h: M64
  readonly energy: Float64Array
  readonly logPartition: number
  /**
   * How far probabilities and logarithms of the table may be off. Each of its N values e^(−E) is
   * relatively off by ε(1 + |E|) times a few operations, and adding them up by Nε at most; so
   * Nε(1 + max|E|).
   */
  readonly rounding: number
  readonly #p: Float64Array

  /** @param rbm a machine of d + c + K ≤ 16 bits */
  constructor(rbm: ConditionalRbm) {
    const [d, c, K] = [rbm.W.rows, rbm.U.rows, rbm.U.cols]
    this.masks = { x: 2 ** d - 1, y: (2 ** c - 1) << d, h: (2 ** K - 1) << (d + c) }
    const states = 2 ** (d + c + K)
    this.x = bitsOf(states, 0, d)
    this.y = bitsOf(states, d, c)
    this.h = bitsOf(states, d + c, K)
    this.energy = rbm.energy(this.x, this.y, this.h)
    const least = this.energy.reduce((a, b) => Math.min(a, b))
    const weights = this.energy.map(E => exp(least - E))
    const sum = weights.reduce((a, b) => a + b)
    this.#p = weights.map(weight => weight / sum)
    this.logPartition = log(sum) - least
    const largest = this.energy.reduce((most, E) => Math.max(most, Math.abs(E)), 0)
    this.rounding = states * Number.EPSILON * (1 + largest)
  }

  /** log p(the bits of s under the mask), for each state s. */
  logProbability(mask: number): Float64Array {
    const sums = this.#sums(mask)
    return this.#p.map((_, s) => log(sums[s & mask]!))
  }

  /** p(bit = 1 | the bits of s under the mask), for each state s; the bit is one of s, 2^number. */
  probabilityGiven(bit: number, mask: number): Float64Array {
    const [all, on] = [this.#sums(mask), this.#sums(mask | bit)]
    return this.#p.map((_, s) => on[(s & mask) | bit]! / all[s & mask]!)
  }

  /** Σ p over the states that agree under the mask, found at those bits. */
  #sums(mask: number): Float64Array {
    const sums = new Float64Array(this.#p.length)
    for (let s = 0; s < this.#p.length; s++) sums[s & mask]! += this.#p[s]!
    return sums
  }
}

/** Bits `first` to `first + count` (excluded) of the numbers 0, 1, 2, …, one number a row. */
function bitsOf(states: number, first: number, count: number): M64 {
  const bits = new Matrix(states, count, new Float64Array(states * count))
  for (let s = 0; s < states; s++)
    for (let i = 0; i < count; i++) bits.data[s * count + i] = (s >>> (first + i)) & 1
  return bits
}
