import { type ConditionalRbm, Matrix, type Random } from 'lacuna'
import type { Clamps } from './clamps.js'

/** How a unit got its bit in half a step. */
export interface Draw {
  readonly unit: number
  /** Its probability of 1, given the other layer. */
  readonly p: number
  /** The random number it was compared with; none if the unit is held. */
  readonly u?: number
  readonly bit: 0 | 1
}

/** A layer of which half a step draws all bits. */
export type Layer = 'hidden' | 'visible'

/**
 * A chain of block Gibbs sampling that goes half a step at a time: by turns
 *
 *   h ~ p(h|x,y)  and  (x,y) ~ p(x,y|h),
 *
 * each unit for itself, because given the other layer the bits of one are independent. Units that are
 * held keep their bits, and what is drawn is conditional on them. A free unit is 1 if the next random
 * number is below its probability; it begins with a fair coin, a hidden one with the first half step.
 */
export class GibbsChain {
  /** The bits of x, y and h. */
  readonly bits: Uint8Array
  /** What the next half step draws. */
  next: Layer = 'hidden'
  readonly #rbm: ConditionalRbm
  readonly #clamps: Clamps
  readonly #random: Random

  constructor(rbm: ConditionalRbm, clamps: Clamps, random: Random) {
    this.#rbm = rbm
    this.#clamps = clamps
    this.#random = random
    const visible = rbm.W.rows + rbm.U.rows
    this.bits = Uint8Array.from(clamps, (clamp, unit) =>
      unit < visible ? (clamp ?? (random.uniform() < 0.5 ? 1 : 0)) : (clamp ?? 0),
    )
  }

  /** Draws one layer, given the other. */
  halfStep(): Draw[] {
    const [d, c] = [this.#rbm.W.rows, this.#rbm.U.rows]
    const row = (start: number, end: number) =>
      new Matrix(1, end - start, Float64Array.from(this.bits.subarray(start, end)))
    const layer = this.next
    if (layer === 'hidden') {
      this.next = 'visible'
      return this.#draw(d + c, this.#rbm.hiddenGiven(row(0, d), row(d, d + c)).data)
    }
    this.next = 'hidden'
    const h = row(d + c, this.bits.length)
    const inputs = this.#draw(0, this.#rbm.inputGiven(h).data)
    return [...inputs, ...this.#draw(d, this.#rbm.outputGiven(h).data)]
  }

  /** Half steps until x and y have been drawn. */
  sweep(): void {
    if (this.next === 'hidden') this.halfStep()
    this.halfStep()
  }

  #draw(first: number, probabilities: Float64Array): Draw[] {
    return Array.from(probabilities, (p, i) => {
      const unit = first + i
      const clamp = this.#clamps[unit]
      if (clamp !== undefined) return { unit, p, bit: clamp }
      const u = this.#random.uniform()
      const bit = u < p ? 1 : 0
      this.bits[unit] = bit
      return { unit, p, u, bit }
    })
  }
}
