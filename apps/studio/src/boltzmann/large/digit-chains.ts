import { type ConditionalRbm, type M64, Matrix, type Random } from 'lacuna'
import { PIXELS } from '../../pixels/grid.js'
import { noInputs } from './digit-bits.js'

/** Gibbs chains over pictures, each beginning as noise. */
export class DigitChains {
  /** The bits of the pixels, a chain a row. */
  #y: M64
  /** p(y = 1|h) of the last draw; at the beginning the bits themselves. */
  means: M64
  readonly #random: Random

  constructor(count: number, random: Random) {
    this.#random = random
    this.#y = this.#drawn(new Matrix(count, PIXELS, new Float64Array(count * PIXELS).fill(0.5)))
    this.means = this.#y
  }

  /** h ~ p(h|y), y ~ p(y|h) in every chain. */
  sweep(rbm: ConditionalRbm): void {
    const h = this.#drawn(rbm.hiddenGiven(noInputs(this.#y.rows), this.#y))
    this.means = rbm.outputGiven(h)
    this.#y = this.#drawn(this.means)
  }

  #drawn({ rows, cols, data }: M64): M64 {
    return new Matrix(
      rows,
      cols,
      data.map(p => (this.#random.uniform() < p ? 1 : 0)),
    )
  }
}
