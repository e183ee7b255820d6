import { Activation } from '../compute/kernels.js'
import { Stream } from '../compute/random.js'
import type { Workspace } from '../compute/workspace.js'
import { BitMatrix, type Factor } from './bit-matrix.js'
import type { LayerVector } from './training-layers.js'

const { sigmoid } = Activation

/**
 * Block Gibbs sampling of many chains at once, each with its own x if inputs are clamped: by turns
 *
 *   v ~ p(v|h) = sigm(α + Ah)  and  h ~ p(h|v) = sigm(q + Aᵀv),
 *
 * where v is all of (x, y), or y alone beside an x that stays. A chain is a row of each matrix.
 */
export class GibbsChains {
  /** (x, y). */
  readonly visible: BitMatrix
  readonly hidden: BitMatrix
  /** ĥ = p(h = 1|v). */
  readonly hiddenMeans: Float32Array
  readonly #workspace: Workspace
  readonly #layers: LayerVector
  readonly #seed: number
  /** How many units of v are clamped, the first ones, and how many are not. */
  readonly #clamped: number
  readonly #free: number
  /** A, and the transpose of those of its rows that are not clamped. */
  readonly #upwards: Factor
  readonly #downwards: Factor
  /** α of the units that are not clamped. */
  readonly #freeBias: Float32Array
  /** p(v = 1|h) and, if inputs are clamped, the bits drawn from it before they go beside x. */
  readonly #visibleMeans: Float32Array
  readonly #drawn: Uint8Array

  /**
   * @param rows the most chains
   * @param clamped how many units of v, from the first on, keep their values
   */
  constructor(
    workspace: Workspace,
    layers: LayerVector,
    rows: number,
    clamped: number,
    seed: number,
  ) {
    const { A, alpha, q } = layers
    const [D, K] = [alpha.length, q.length]
    this.#workspace = workspace
    this.#layers = layers
    this.#seed = seed
    this.#clamped = clamped
    this.#free = D - clamped
    this.#upwards = { values: A, row: K, col: 1 }
    this.#downwards = { values: A.subarray(clamped * K), row: 1, col: K }
    this.#freeBias = alpha.subarray(clamped)
    this.visible = new BitMatrix(workspace, rows, D)
    this.hidden = new BitMatrix(workspace, rows, K)
    this.hiddenMeans = workspace.floats(rows * K)
    this.#visibleMeans = workspace.floats(rows * this.#free)
    this.#drawn = workspace.bytes(clamped > 0 ? rows * this.#free : 0)
  }

  /** ĥ of these rows from their visible bits. */
  inferHidden(first: number, end: number): void {
    const { q } = this.#layers
    const means = this.hiddenMeans.subarray(first * q.length)
    this.visible.list(first, end)
    this.visible.times(means, first, end, this.#upwards, q.length, { bias: q, activation: sigmoid })
  }

  /**
   * v ~ p(v|h) in these rows.
   * @param sweep counts the sweeps of the whole run; it decides the random numbers
   */
  drawVisible(first: number, end: number, sweep: number): void {
    const [free, means, count] = [this.#free, this.#visibleMeans, (end - first) * this.#free]
    const { bits, cols } = this.visible
    this.hidden.list(first, end)
    const finish = { bias: this.#freeBias, activation: sigmoid }
    this.hidden.times(means, first, end, this.#downwards, free, finish)
    if (this.#clamped === 0) {
      this.#draw(bits.subarray(first * cols), means, count, sweep, 0)
      return
    }
    this.#draw(this.#drawn, means, count, sweep, 0)
    for (let i = 0; i < end - first; i++) {
      const drawn = this.#drawn.subarray(i * free, (i + 1) * free)
      bits.set(drawn, (first + i) * cols + this.#clamped)
    }
  }

  /**
   * h ~ ĥ in these rows.
   * @param from the first row of ĥ, if they are other rows'
   */
  drawHidden(first: number, end: number, sweep: number, from = first): void {
    const { bits, cols } = this.hidden
    const means = this.hiddenMeans.subarray(from * cols)
    const rows = end - first
    this.#draw(bits.subarray(first * cols), means, rows * cols, sweep, rows * this.#free)
  }

  /** In a sweep the bits of v take the first words, and those of h the ones behind them. */
  #draw(out: Uint8Array, p: Float32Array, n: number, sweep: number, offset: number): void {
    const [low, high] = [this.#seed % 4294967296, Math.floor(this.#seed / 4294967296)]
    const [to, from] = [out.byteOffset, p.byteOffset]
    this.#workspace.kernels.bernoulli(to, from, n, low, high, Stream.gibbs, sweep, offset)
  }
}
