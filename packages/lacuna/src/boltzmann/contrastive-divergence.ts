import { Mode } from '../compute/kernels.js'
import type { Workspace } from '../compute/workspace.js'
import { CentredContrast } from './centred-contrast.js'
import type { Centring } from './centring.js'
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
  /** The examples, which end with row `batch` − 1, and behind them the chains. */
  readonly rows: GibbsChains
  /** ⟨ĥ⟩_data of the last sample. */
  readonly hiddenMean: Float32Array
  readonly #workspace: Workspace
  readonly #batch: number
  readonly #clamped: number
  readonly #walk: Walk
  readonly #contrast: CentredContrast
  /** Examples of the last sample. */
  #n = 0

  /**
   * @param batch the most examples
   * @param clamped how many units of v are inputs that the chains keep
   */
  constructor(
    workspace: Workspace,
    layers: LayerVector,
    batch: number,
    clamped: number,
    seed: number,
    walk: Walk,
  ) {
    this.rows = new GibbsChains(workspace, layers, 2 * batch, clamped, seed)
    this.hiddenMean = workspace.floats(layers.q.length)
    this.#workspace = workspace
    this.#batch = batch
    this.#clamped = clamped
    this.#walk = walk
    this.#contrast = new CentredContrast(workspace, this.rows, 2 * batch)
  }

  /** Where the bits (x, y) of n examples go, one a row, before `sample`. */
  examples(n: number): Uint8Array {
    const { bits, cols } = this.rows.visible
    return bits.subarray((this.#batch - n) * cols, this.#batch * cols)
  }

  /** The visible and the hidden bits of the chains, one a row. */
  chains(): { visible: Uint8Array; hidden: Uint8Array } {
    const [visible, hidden] = [this.rows.visible, this.rows.hidden].map(({ bits, cols }) =>
      bits.subarray(this.#batch * cols),
    )
    return { visible: visible!, hidden: hidden! }
  }

  /**
   * Infers ĥ of n examples and lets as many chains walk.
   * @param number of this step in the run; it decides the random numbers
   * @param fromData whether chains begin at the data, or at their hidden bits, where they then end
   */
  sample(n: number, number: number, fromData: boolean): void {
    const { rows } = this
    const { sweeps, persistent } = this.#walk
    const [data, chains, end] = [this.#batch - n, this.#batch, this.#batch + n]
    // The hidden bits that end a sweep are drawn with the next one's number.
    const first = number * (sweeps + 1)
    this.#n = n
    this.#clamp()
    if (fromData) {
      rows.inferHidden(data, chains)
      rows.drawHidden(chains, end, first, data)
    }
    for (let sweep = 1; sweep <= sweeps; sweep++) {
      rows.drawVisible(chains, end, first + sweep - 1)
      // Examples that still wait for their ĥ come along: one product is quicker than two.
      rows.inferHidden(sweep === sweeps && !fromData ? data : chains, end)
      if (persistent || sweep < sweeps) rows.drawHidden(chains, end, first + sweep)
    }
    this.#observe()
  }

  /** θ ← beta·θ + alpha·∂θ, with the gradient of the last sample; once for each. */
  addTo(into: LayerVector, alpha: number, beta: number, centring: Centring): void {
    const n = this.#n
    this.#contrast.addTo(into, { alpha, beta }, this.#batch - n, n, centring, this.#clamped)
  }

  /** Gives each chain the x of its example. */
  #clamp(): void {
    const { bits, cols } = this.rows.visible
    for (let i = this.#batch - this.#n; i < this.#batch && this.#clamped > 0; i++)
      bits.copyWithin((i + this.#n) * cols, i * cols, i * cols + this.#clamped)
  }

  #observe(): void {
    const { hidden, hiddenMeans } = this.rows
    const [n, K] = [this.#n, hidden.cols]
    const data = hiddenMeans.byteOffset + 4 * (this.#batch - n) * K
    const { kernels } = this.#workspace
    kernels.columnSums(this.hiddenMean.byteOffset, data, K, n, K, Mode.store, 1)
    kernels.scale(this.hiddenMean.byteOffset, 1 / n, K)
  }
}
