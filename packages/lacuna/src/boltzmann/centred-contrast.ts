import { Activation, Mode } from '../compute/kernels.js'
import type { Workspace } from '../compute/workspace.js'
import type { Centring } from './centring.js'
import type { GibbsChains } from './gibbs-chains.js'
import type { LayerVector } from './training-layers.js'

/**
 * The centred gradient (`Centring`) of n examples and n chains, straight to where it is added: with
 * s = −1 for an example and 1 for a chain, h̃ = s(ĥ − λ), and sums over the 2n of them,
 *
 *   n ∂A = Σ vh̃ᵀ − μgᵀ,  g = Σ h̃;   n ∂α = Σ v(s − h̃ᵀλ) + (gᵀλ)μ;   n ∂q = Σ h̃(1 + μᵀμ − vᵀμ).
 *
 * Each is a product with v's bits, so that no gradient need be stored. With λ = μ = 0 it is the plain
 * one: ⟨vĥᵀ⟩_chains − ⟨vĥᵀ⟩_data, and so on.
 */
export class CentredContrast {
  readonly #workspace: Workspace
  readonly #rows: GibbsChains
  /** A row of ones and one of 1 + μᵀμ − vᵀμ; what they make of h̃: g and n ∂q. */
  readonly #factors: Float32Array
  readonly #sums: Float32Array
  /** s − h̃ᵀλ. */
  readonly #slopes: Float32Array
  /** One number. */
  readonly #bias: Float32Array
  /** For each row the list of one entry that stands for row 0. */
  readonly #places: Uint32Array
  readonly #zeros: Uint32Array

  /** @param rows v and ĥ of up to `most` examples and chains together */
  constructor(workspace: Workspace, rows: GibbsChains, most: number) {
    this.#workspace = workspace
    this.#rows = rows
    this.#factors = workspace.floats(2 * most).fill(1)
    this.#sums = workspace.floats(2 * rows.hidden.cols)
    this.#slopes = workspace.floats(most)
    this.#bias = workspace.floats(1)
    this.#places = workspace.words(most + 1)
    for (let i = 0; i <= most; i++) this.#places[i] = i
    this.#zeros = workspace.words(most)
  }

  /**
   * θ ← beta·θ + alpha·∂θ for all parameters but the biases of clamped units. ĥ becomes h̃.
   * @param first the row of the first of n examples, which n chains follow
   * @param clamped how many units of v are inputs that chains keep
   */
  addTo(
    into: LayerVector,
    { alpha, beta }: { alpha: number; beta: number },
    first: number,
    n: number,
    { mu, weights, lambda }: Centring,
    clamped: number,
  ): void {
    const { visible, hidden, hiddenMeans } = this.#rows
    const { kernels } = this.#workspace
    const [K, end, share] = [hidden.cols, first + 2 * n, alpha / n]
    const h = hiddenMeans.subarray(first * K, end * K)
    const [H, l] = [h.byteOffset, lambda.byteOffset]
    kernels.centreRows(H, l, -1, n, K)
    kernels.centreRows(H + 4 * n * K, l, 1, n, K)

    const most = this.#slopes.length
    const offsets = this.#factors.subarray(most)
    this.#bias[0] = -1 - dot(mu, mu)
    const negative = { alpha: -1, bias: this.#bias }
    visible.times(offsets, first, end, { values: mu, row: 1, col: 1 }, 1, negative)
    const [f, sums] = [this.#factors.byteOffset, this.#sums.byteOffset]
    kernels.product(sums, K, 2, K, 2 * n, f, most, 1, H, K, 1, Mode.store, 1, 0, 0)
    const [g, dq] = [this.#sums.subarray(0, K), this.#sums.subarray(K)]
    for (let k = 0; k < K; k++) into.q[k] = beta * into.q[k]! + share * dq[k]!

    visible.listColumns(first, end)
    const A = { alpha: share, beta, weights, bias: g }
    visible.transposedTimes(into.A, 2 * n, { values: h, row: K, col: 1 }, K, A)
    this.#slopes.fill(0)
    const [z, starts, zeros] = [this.#slopes, this.#places, this.#zeros]
    const [to, s] = [z.byteOffset, starts.byteOffset]
    kernels.rowDots(to, H, l, 0, K, s, s + 4, zeros.byteOffset, 2 * n, Activation.identity)
    for (let i = 0; i < 2 * n; i++) z[i] = (i < n ? -1 : 1) - z[i]!
    this.#bias[0] = -dot(g, lambda)
    const free = { ...A, weights: weights.subarray(clamped), bias: this.#bias }
    const alphas = into.alpha.subarray(clamped)
    visible.transposedTimes(alphas, 2 * n, { values: z, row: 1, col: 1 }, 1, free, clamped)
  }
}

function dot(a: Float32Array, b: Float32Array): number {
  let sum = 0
  for (let i = 0; i < a.length; i++) sum += a[i]! * b[i]!
  return sum
}
