import { exp, log } from '../compute/elementary.js'

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

const LOG_2_PI = log(2 * Math.PI)

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
  readonly #floor: number
  /** log σ, σ and log αᵢφᵢ of the example at hand. */
  readonly #logScale: Float64Array
  readonly #scale: Float64Array
  readonly #joint: Float64Array

  /** @param floor σ₀ > 0 */
  constructor(layout: MixtureLayout, floor: number) {
    this.#layout = layout
    this.#floor = floor
    const { scales } = partsOf(layout)
    this.#logScale = new Float64Array(scales)
    this.#scale = new Float64Array(scales)
    this.#joint = new Float64Array(layout.components)
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
    const perScale = means / scales // outputs that share a σ: c, or 1
    const logFloor = log(this.#floor)
    const [logScale, scale, joint] = [this.#logScale, this.#scale, this.#joint]
    let sum = 0
    for (let row = 0; row < n; row++) {
      const [zAlpha, zMu, zSigma] = [
        row * width,
        row * width + logits,
        row * width + logits + means,
      ]
      for (let s = 0; s < scales; s++) {
        logScale[s] = Math.max(logFloor, z[zSigma + s]!)
        scale[s] = exp(logScale[s]!)
      }
      for (let i = 0; i < m; i++) {
        let logDensity = -0.5 * c * LOG_2_PI
        for (let k = 0; k < c; k++) {
          const s = perScale === 1 ? i * c + k : i
          const d = (t[row * c + k]! - z[zMu + i * c + k]!) / scale[s]!
          logDensity -= logScale[s]! + 0.5 * d * d
        }
        joint[i] = z[zAlpha + i]! + logDensity
      }
      const logNormaliser = logSumExp(z, zAlpha, m)
      const logTotal = logSumExp(joint, 0, m)
      sum += logNormaliser - logTotal
      if (!slopes) continue
      for (let i = 0; i < m; i++) {
        const posterior = exp(joint[i]! - logTotal)
        slopes[zAlpha + i] = (exp(z[zAlpha + i]! - logNormaliser) - posterior) / n
        let spread = 0
        for (let k = 0; k < c; k++) {
          const s = perScale === 1 ? i * c + k : i
          const d = (z[zMu + i * c + k]! - t[row * c + k]!) / scale[s]!
          slopes[zMu + i * c + k] = (posterior * d) / scale[s]! / n
          spread = perScale === 1 ? d * d : spread + d * d
          if (k % perScale === perScale - 1) {
            const slope = (posterior * (perScale - spread)) / n
            slopes[zSigma + s] = z[zSigma + s]! < logFloor && slope > 0 ? 0 : slope
          }
        }
      }
    }
    return sum
  }
}

/** log Σ e^{xᵢ} over m values from `start`, by way of the largest. */
function logSumExp(x: Float32Array | Float64Array, start: number, m: number): number {
  let largest = -Infinity
  for (let i = 0; i < m; i++) largest = Math.max(largest, x[start + i]!)
  let sum = 0
  for (let i = 0; i < m; i++) sum += exp(x[start + i]! - largest)
  return largest + log(sum)
}
