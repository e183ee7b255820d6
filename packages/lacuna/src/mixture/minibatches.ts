import type { Kernels } from '../compute/kernels.js'
import type { Matrix } from '../compute/matrix.js'
import { Stream } from '../compute/random.js'
import type { ConditionalNetwork } from './conditional-network.js'

/** Examples in a network's own units, in its workspace; minibatches of them come in random order. */
export class Minibatches {
  /** How many examples there are. */
  readonly rows: number
  /** Standardised inputs, one example a row. */
  readonly x: Float32Array
  /** Standardised outputs, likewise. */
  readonly t: Float32Array
  readonly #kernels: Kernels
  readonly #inputs: number
  readonly #outputs: number
  readonly #order: Uint32Array

  /** @param x, t the examples in the units of the data */
  constructor(
    { workspace, inputScaling, outputScaling }: ConditionalNetwork,
    x: Matrix,
    t: Matrix,
  ) {
    this.rows = x.rows
    this.x = workspace.floats(x.data.length)
    this.t = workspace.floats(t.data.length)
    inputScaling.write(x, this.x)
    outputScaling.write(t, this.t)
    this.#kernels = workspace.kernels
    this.#inputs = x.cols
    this.#outputs = t.cols
    this.#order = workspace.words(x.rows)
  }

  /** Takes the order that belongs to a seed and an epoch. */
  shuffle(seed: number, epoch: number): void {
    const { byteOffset, length } = this.#order
    const [low, high] = [seed >>> 0, Math.floor(seed / 4294967296)]
    this.#kernels.shuffle(byteOffset, length, low, high, Stream.order, epoch + 1)
  }

  /** Writes n examples, from place `start` of the order on, to x and t in the workspace. */
  gather(start: number, n: number, x: Float32Array, t: Float32Array): void {
    const rows = this.#order.byteOffset + 4 * start
    this.#kernels.gatherRows(x.byteOffset, this.x.byteOffset, rows, n, this.#inputs)
    this.#kernels.gatherRows(t.byteOffset, this.t.byteOffset, rows, n, this.#outputs)
  }
}
