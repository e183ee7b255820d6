import { Activation, Mode } from '../compute/kernels.js'
import type { Workspace } from '../compute/workspace.js'
import { BitMatrix } from './bit-matrix.js'
import { GibbsChains } from './gibbs-chains.js'
import type { LayerVector } from './training-layers.js'

/** How the chains walk. */
export interface Walk {
  /** k, the sweeps of each chain in a step. */
  readonly sweeps: number
  /** Whether a chain goes on at the next step from where it is. */
  readonly persistent: boolean
}

/**
 * The gradient of the mean of −log p over a batch, with the expectation under the model replaced by
 * an average over Gibbs chains, one for each example:
 *
 *   ∂A ≈ ⟨v ĥᵀ⟩_chains − ⟨v ĥᵀ⟩_data   ∂α ≈ ⟨v⟩_chains − ⟨v⟩_data   ∂q ≈ ⟨ĥ⟩_chains − ⟨ĥ⟩_data.
 *
 * Chains that begin at the data and take k sweeps are contrastive divergence (Hinton 2002); chains
 * that go on where they were at the step before, persistent contrastive divergence (Tieleman 2008,
 * "Training restricted Boltzmann machines using approximations to the likelihood gradient").
 */
export class ContrastiveDivergence {
  /** The examples (x, y), one a row; to be filled before each step. */
  readonly data: BitMatrix
  readonly chains: GibbsChains
  /** ⟨ĥ⟩_data of the last step. */
  readonly hiddenMean: Float32Array
  readonly #workspace: Workspace
  readonly #layers: LayerVector
  readonly #clamped: number
  readonly #walk: Walk
  readonly #means: Float32Array
  readonly #counts: { data: Uint32Array; chains: Uint32Array }

  /**
   * @param rows examples in a batch
   * @param clamped how many units of v are inputs that the chains keep
   */
  constructor(
    workspace: Workspace,
    layers: LayerVector,
    rows: number,
    clamped: number,
    seed: number,
    walk: Walk,
  ) {
    const [D, K] = [layers.alpha.length, layers.q.length]
    this.#workspace = workspace
    this.#layers = layers
    this.#clamped = clamped
    this.#walk = walk
    this.data = new BitMatrix(workspace, rows, D)
    this.chains = new GibbsChains(workspace, layers, rows, clamped, seed)
    this.hiddenMean = workspace.floats(K)
    this.#means = workspace.floats(rows * K)
    this.#counts = { data: new Uint32Array(D), chains: new Uint32Array(D) }
  }

  /** ĥ of the first `rows` examples. */
  #inferHidden(rows: number): Float32Array {
    const { A, q } = this.#layers
    this.data.list(rows)
    this.data.times(this.#means, A, q.length, q, Activation.sigmoid)
    return this.#means
  }

  /**
   * Writes the gradient over the first `rows` examples.
   * @param number of this step in the run; it decides the random numbers
   * @param fromData whether chains begin at the data, or at `chains.hidden`, where they then end
   */
  gradient(gradient: LayerVector, rows: number, number: number, fromData: boolean): void {
    const { chains } = this
    const { sweeps, persistent } = this.#walk
    // The hidden bits that end a sweep are drawn with the next one's number.
    const first = number * (sweeps + 1)
    chains.refresh()
    const means = this.#inferHidden(rows)
    this.#clamp(rows)
    if (fromData) chains.drawHidden(rows, first, means)
    for (let sweep = 0; sweep < sweeps; sweep++) {
      chains.drawVisible(rows, first + sweep)
      if (persistent || sweep + 1 < sweeps) chains.drawHidden(rows, first + sweep + 1)
    }
    this.#contrast(gradient, rows)
  }

  /** Gives each chain the x of its example. */
  #clamp(rows: number): void {
    const { bits, cols } = this.data
    for (let i = 0; i < rows && this.#clamped > 0; i++) {
      const x = bits.subarray(i * cols, i * cols + this.#clamped)
      this.chains.visible.bits.set(x, i * cols)
    }
  }

  /** Averages over the chains less averages over the data. */
  #contrast({ A, alpha, q }: LayerVector, rows: number): void {
    const { kernels } = this.#workspace
    const { visible, hiddenMeans } = this.chains
    const K = q.length
    const [data, model] = [this.#means.byteOffset, hiddenMeans.byteOffset]
    const share = 1 / rows
    kernels.scale(data, share, rows * K)
    kernels.columnSums(this.hiddenMean.byteOffset, data, K, rows, K, Mode.store, 1)
    kernels.scale(data, -1, rows * K)
    kernels.scale(model, share, rows * K)
    kernels.columnSums(q.byteOffset, model, K, rows, K, Mode.store, 1)
    kernels.addScaled(q.byteOffset, this.hiddenMean.byteOffset, -1, K)
    this.data.transposedTimes(A, this.#means, K, Mode.store, this.#counts.data)
    visible.transposedTimes(A, hiddenMeans, K, Mode.accumulate, this.#counts.chains)
    for (let i = 0; i < alpha.length; i++)
      alpha[i] = share * (this.#counts.chains[i]! - this.#counts.data[i]!)
  }
}
