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
 * The parameters stay those of the plain energy throughout. With μ = λ = 0 it is the plain gradient.
 */
export class Centring {
  readonly mu: Float32Array
  /** −μ. */
  readonly weights: Float32Array
  /** The running mean of ĥ on the data. */
  readonly lambda: Float32Array
  readonly #on: boolean

  /**
   * @param mu the data's means
   * @param on whether to centre: if not, μ and λ are 0
   */
  constructor(workspace: Workspace, mu: Float64Array, hidden: number, on: boolean) {
    this.mu = workspace.floats(mu.length)
    this.weights = workspace.floats(mu.length)
    this.lambda = workspace.floats(hidden).fill(on ? 0.5 : 0)
    this.#on = on
    if (!on) return
    this.mu.set(mu)
    this.weights.set(mu.map(mean => -mean))
  }

  /** λ ← λ + (mean − λ)/100 for the hidden means of a batch. */
  follow(hiddenMean: Float32Array): void {
    if (!this.#on) return
    for (let k = 0; k < this.lambda.length; k++)
      this.lambda[k]! += SLIDE * (hiddenMean[k]! - this.lambda[k]!)
  }

  /** Turns a gradient into the centred one. (`CentredContrast` makes one that is so from the start.) */
  apply({ A, alpha, q }: LayerVector): void {
    const { mu, lambda } = this
    const K = q.length
    const sums = new Float64Array(K)
    for (const [i, mean] of mu.entries()) {
      let dot = 0
      for (let k = 0; k < K; k++) {
        A[i * K + k]! -= mean * q[k]! + alpha[i]! * lambda[k]!
        dot += A[i * K + k]! * lambda[k]!
        sums[k]! += A[i * K + k]! * mean
      }
      alpha[i]! -= dot
    }
    for (const [k, sum] of sums.entries()) q[k]! -= sum
  }
}
