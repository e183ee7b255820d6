import { Activation } from '../compute/kernels.js'
import { Stream } from '../compute/random.js'
import type { Workspace } from '../compute/workspace.js'
import { BitMatrix } from './bit-matrix.js'
import type { LayerVector } from './training-layers.js'

/**
 * Block Gibbs sampling of many chains at once, each with its own x if inputs are clamped: by turns
 *
 *   v ~ p(v|h) = sigm(α + Ah)  and  h ~ p(h|v) = sigm(q + Aᵀv),
 *
 * where v is all of (x, y), or y alone beside an x that stays.
 */
export class GibbsChains {
  /** (x, y), one chain a row. */
  readonly visible: BitMatrix
  readonly hidden: BitMatrix
  /** ĥ = p(h = 1|v), one chain a row. */
  readonly hiddenMeans: Float32Array
  readonly #workspace: Workspace
  readonly #layers: LayerVector
  readonly #seed: number
  /** The first unit of v that is not clamped, and how many there are from there on. */
  readonly #first: number
  readonly #free: number
  /** The rows of A that are not clamped, transposed: K×free. */
  readonly #transposed: Float32Array
  /** p(v = 1|h) and, if inputs are clamped, the bits drawn from it before they go beside x. */
  readonly #visibleMeans: Float32Array
  readonly #drawn: Float32Array

  /**
   * @param rows the most chains at once
   * @param clamped how many units of v, from the first on, keep their values
   */
  constructor(
    workspace: Workspace,
    layers: LayerVector,
    rows: number,
    clamped: number,
    seed: number,
  ) {
    const [D, K] = [layers.alpha.length, layers.q.length]
    this.#workspace = workspace
    this.#layers = layers
    this.#seed = seed
    this.#first = clamped
    this.#free = D - clamped
    this.visible = new BitMatrix(workspace, rows, D)
    this.hidden = new BitMatrix(workspace, rows, K)
    this.hiddenMeans = workspace.floats(rows * K)
    this.#transposed = workspace.floats(this.#free * K)
    this.#visibleMeans = workspace.floats(rows * this.#free)
    this.#drawn = clamped === 0 ? this.visible.bits : workspace.floats(rows * this.#free)
  }

  /** To be called after the parameters have changed. */
  refresh(): void {
    const { A, q } = this.#layers
    const free = A.subarray(this.#first * q.length)
    const [to, from] = [this.#transposed.byteOffset, free.byteOffset]
    this.#workspace.kernels.transposeDense(to, from, this.#free, q.length)
  }

  /**
   * One sweep of the first `rows` chains, from their hidden bits: v ~ p(v|h), then ĥ.
   * @param sweep counts the sweeps of the whole run; it decides the random numbers
   */
  drawVisible(rows: number, sweep: number): void {
    const { alpha, A, q } = this.#layers
    const free = this.#free
    this.hidden.list(rows)
    const bias = alpha.subarray(this.#first)
    this.hidden.times(this.#visibleMeans, this.#transposed, free, bias, Activation.sigmoid)
    this.#draw(this.#drawn, this.#visibleMeans, rows * free, sweep, 0)
    if (this.#first > 0) {
      const { bits, cols } = this.visible
      for (let i = 0; i < rows; i++)
        bits.set(this.#drawn.subarray(i * free, (i + 1) * free), i * cols + this.#first)
    }
    this.visible.list(rows)
    this.visible.times(this.hiddenMeans, A, q.length, q, Activation.sigmoid)
  }

  /**
   * h ~ ĥ.
   * @param means ĥ: this object's own, or those that go with other visible bits
   */
  drawHidden(rows: number, sweep: number, means: Float32Array = this.hiddenMeans): void {
    const count = rows * this.#layers.q.length
    this.#draw(this.hidden.bits, means, count, sweep, rows * this.#free)
  }

  /** In a sweep the bits of v take the first words, and those of h the ones behind them. */
  #draw(out: Float32Array, p: Float32Array, n: number, sweep: number, offset: number): void {
    const [low, high] = [this.#seed % 4294967296, Math.floor(this.#seed / 4294967296)]
    const [to, from] = [out.byteOffset, p.byteOffset]
    this.#workspace.kernels.bernoulli(to, from, n, low, high, Stream.gibbs, sweep, offset)
  }
}
