import { Mode } from '../compute/kernels.js'
import type { Workspace } from '../compute/workspace.js'
import type { LayerVector } from './training-layers.js'

/** How fast λ follows the hidden means: Melchior, Fischer & Wiskott's sliding factor. */
const SLIDE = 0.01

/**
 * The centred gradient (Melchior, Fischer & Wiskott 2016, "How to center deep Boltzmann machines";
 * Montavon & Müller 2012). With offsets μ of the visible and λ of the hidden units the same machine
 * can be written as
 *
 *   E = −(v−μ)ᵀA(h−λ) − α′ᵀ(v−μ) − q′ᵀ(h−λ) + const,  α = α′ − Aλ,  q = q′ − Aᵀμ,
 *
 * and gradient descent in A, α′ and q′ does not depend on which of its two values a bit is said to
 * have. In the machine's own A, α and q a step along their gradient G, g_α, g_q becomes one along
 *
 *   G′ = G − μ g_qᵀ − g_α λᵀ,  g_α − G′λ,  g_q − G′ᵀμ.
 *
 * The parameters stay those of the plain energy throughout.
 */
export class Centring {
  /** μ and, behind it, the g_α of a step; λ and the g_q: the factors of the two products. */
  readonly #visible: Float32Array
  readonly #hidden: Float32Array
  readonly #workspace: Workspace
  /** The running mean of ĥ on the data. */
  readonly lambda: Float32Array

  /** @param mu the data's means */
  constructor(workspace: Workspace, mu: Float64Array, hidden: number) {
    this.#workspace = workspace
    this.#visible = workspace.floats(2 * mu.length)
    this.#visible.set(mu)
    this.#hidden = workspace.floats(2 * hidden)
    this.lambda = this.#hidden.subarray(hidden).fill(0.5)
  }

  /** λ ← λ + (mean − λ)/100 for the hidden means of a batch. */
  follow(hiddenMean: Float32Array): void {
    for (let k = 0; k < this.lambda.length; k++)
      this.lambda[k]! += SLIDE * (hiddenMean[k]! - this.lambda[k]!)
  }

  /** Turns a gradient into the centred one. */
  apply({ A, alpha, q }: LayerVector): void {
    const { kernels } = this.#workspace
    const [D, K] = [alpha.length, q.length]
    this.#visible.set(alpha, D)
    this.#hidden.set(q, 0)
    const [to, mu, lambda] = [A.byteOffset, this.#visible.byteOffset, this.lambda.byteOffset]
    const { accumulate } = Mode
    // G′ = G − (μ, g_α)(g_q, λ)ᵀ
    const qThenLambda = this.#hidden.byteOffset
    kernels.product(to, K, D, K, 2, mu, 1, D, qThenLambda, K, 1, accumulate, -1, 0, 0)
    // g_α −= λᵀG′ᵀ, g_q −= μᵀG′
    kernels.product(alpha.byteOffset, D, 1, D, K, lambda, K, 1, to, 1, K, accumulate, -1, 0, 0)
    kernels.product(q.byteOffset, K, 1, K, D, mu, D, 1, to, K, 1, accumulate, -1, 0, 0)
  }
}
