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
  readonly #workspace: Workspace
  readonly #mu: Float32Array
  readonly #sums: Float32Array
  /** The running mean of ĥ on the data. */
  readonly lambda: Float32Array

  /** @param mu the data's means */
  constructor(workspace: Workspace, mu: Float64Array, hidden: number) {
    this.#workspace = workspace
    this.#mu = workspace.floats(mu.length)
    this.#mu.set(mu)
    this.#sums = workspace.floats(hidden)
    this.lambda = workspace.floats(hidden).fill(0.5)
  }

  /** λ ← λ + (mean − λ)/100 for the hidden means of a batch. */
  follow(hiddenMean: Float32Array): void {
    for (let k = 0; k < this.lambda.length; k++)
      this.lambda[k]! += SLIDE * (hiddenMean[k]! - this.lambda[k]!)
  }

  /** Turns a gradient into the centred one. */
  apply({ A, alpha, q }: LayerVector): void {
    const [g, galpha, gq] = [A.byteOffset, alpha.byteOffset, q.byteOffset]
    const [mu, lambda] = [this.#mu.byteOffset, this.lambda.byteOffset]
    const { kernels } = this.#workspace
    kernels.centreGradient(g, galpha, gq, mu, lambda, this.#sums.byteOffset, alpha.length, q.length)
  }
}
