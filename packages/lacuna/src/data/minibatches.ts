import { permutation } from '../compute/permutation.js'
import { Random, Stream } from '../compute/random.js'

/**
 * Minibatches of examples in a fresh order each epoch. Which examples a step has is a function of the
 * seed and the step alone, so that a training can go on from any step. Those that do not fill the last
 * batch of an epoch are left out of it.
 */
export class Minibatches {
  /** Examples in a batch: as many as asked for, or all if there are fewer. */
  readonly size: number
  readonly #count: number
  readonly #seed: number
  #epoch = -1
  #order: Uint32Array = new Uint32Array(0)

  constructor(count: number, size: number, seed: number) {
    this.size = Math.min(size, count)
    this.#count = count
    this.#seed = seed
  }

  /** The numbers of the examples of a step, counted from 0: `size` of them, a view. */
  at(step: number): Uint32Array {
    const batches = Math.floor(this.#count / this.size)
    const epoch = Math.floor(step / batches)
    if (epoch !== this.#epoch) {
      this.#order = permutation(this.#count, new Random(this.#seed, Stream.order, epoch))
      this.#epoch = epoch
    }
    const first = (step % batches) * this.size
    return this.#order.subarray(first, first + this.size)
  }
}
