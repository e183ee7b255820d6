import { exp, log } from '../compute/elementary.js'
import { HALF_LOG_TWO_PI } from '../compute/normal-distribution.js'

/** How a network's outputs z are read as a mixture: z = (z^α, z^μ, z^σ), in this order. */
export interface MixtureLayout {
  /** m, the number of components. */
  readonly components: number
  /** c, the number of outputs. */
  readonly outputs: number
  /** One σ a component (`isotropic`), or one for each of its outputs (`diagonal`). */
  readonly covariance: 'isotropic' | 'diagonal'
}

/** Width of each part of z: m logits, m·c means, and m or m·c log-scales. */
export function partsOf({ components, outputs, covariance }: MixtureLayout) {
  const means = components * outputs
  return { logits: components, means, scales: covariance === 'diagonal' ? means : components }
}

/**
 * The error of a batch and its derivatives with respect to the network's outputs (Bishop 1994;
 * sheet 10, exercise 1), in float64 and in log space. With α = softmax(z^α), μ = z^μ and
 * σ = max(σ₀, e^{z^σ}):
 *
 *   E = −log Σ αᵢ φᵢ,   ∂E/∂zᵢ^α = αᵢ − πᵢ,   ∂E/∂zᵢₖ^μ = πᵢ(μᵢₖ − tₖ)/σᵢ²,
 *   ∂E/∂zᵢ^σ = σᵢ ∂E/∂σᵢ = πᵢ(c − ‖t − μᵢ‖²/σᵢ²)
 *
 * (for a diagonal covariance the last holds output by output with c = 1). Where the floor σ₀ holds,
 * descent may only raise z^σ, not lower it further.
 *
 * `GaussianMixture.gradients` says the same of whole mixtures; this is the form that trains, which
 * writes into buffers laid out once.
 */
export class MixtureError {
  readonly #layout: MixtureLayout
  readonly #logFloor: number
  /** log σ and σ, α, and log αᵢφᵢ and π, all of the example at hand. */
  readonly #logScale: Float64Array
  readonly #scale: Float64Array
  readonly #weight: Float64Array
  readonly #joint: Float64Array
  readonly #posterior: Float64Array

  /** @param floor σ₀ > 0 */
  constructor(layout: MixtureLayout, floor: number) {
    this.#layout = layout
    this.#logFloor = log(floor)
    const { scales } = partsOf(layout)
    this.#logScale = new Float64Array(scales)
    this.#scale = new Float64Array(scales)
    this.#weight = new Float64Array(layout.components)
    this.#joint = new Float64Array(layout.components)
    this.#posterior = new Float64Array(layout.components)
  }

  /**
   * @param z n rows of outputs of the network
   * @param t n rows of c targets
   * @param slopes receives ∂(1/n Σ E)/∂z, n rows; left out, only the error is computed
   * @returns Σ E over the n examples
   */
  sum(z: Float32Array, t: Float32Array, n: number, slopes?: Float32Array): number {
    const { components: m, outputs: c } = this.#layout
    const { logits, means, scales } = partsOf(this.#layout)
    const width = logits + means + scales
    const shared = means / scales // outputs that share a σ: c, or 1
    const logFloor = this.#logFloor
    const [logScale, scale] = [this.#logScale, this.#scale]
    const [weight, joint, posterior] = [this.#weight, this.#joint, this.#posterior]
    let sum = 0
    for (let row = 0; row < n; row++) {
      const zAlpha = row * width
      const zMu = zAlpha + logits
      const zSigma = zMu + means
      for (let s = 0; s < scales; s++) {
        logScale[s] = Math.max(logFloor, z[zSigma + s]!)
        scale[s] = exp(logScale[s]!)
      }
      for (let i = 0; i < m; i++) {
        let logDensity = -c * HALF_LOG_TWO_PI
        for (let ik = i * c; ik < (i + 1) * c; ik++) {
          const s = shared === 1 ? ik : i
          const d = (z[zMu + ik]! - t[row * c + ik - i * c]!) / scale[s]!
          logDensity -= logScale[s]! + 0.5 * d * d
        }
        weight[i] = z[zAlpha + i]!
        joint[i] = weight[i]! + logDensity
      }
      sum += softmax(weight, weight) - softmax(joint, posterior)
      if (!slopes) continue
      for (let i = 0; i < m; i++) slopes[zAlpha + i] = (weight[i]! - posterior[i]!) / n
      for (let s = 0; s < scales; s++) {
        let squares = 0
        for (let ik = s * shared; ik < (s + 1) * shared; ik++) {
          const i = Math.floor(ik / c)
          const d = (z[zMu + ik]! - t[row * c + ik - i * c]!) / scale[s]!
          squares += d * d
          slopes[zMu + ik] = (posterior[i]! * d) / scale[s]! / n
        }
        const slope = (posterior[Math.floor((s * shared) / c)]! * (shared - squares)) / n
        slopes[zSigma + s] = z[zSigma + s]! < logFloor && slope > 0 ? 0 : slope
      }
    }
    return sum
  }
}

/** Writes e^{xᵢ}/Σⱼ e^{xⱼ} into `into`, which may be x, and returns log Σⱼ e^{xⱼ}. */
function softmax(x: Float64Array, into: Float64Array): number {
  let largest = -Infinity
  for (let i = 0; i < x.length; i++) largest = Math.max(largest, x[i]!)
  let sum = 0
  for (let i = 0; i < x.length; i++) {
    into[i] = exp(x[i]! - largest)
    sum += into[i]!
  }
  for (let i = 0; i < x.length; i++) into[i]! /= sum
  return largest + log(sum)
}
