import { log } from '../compute/elementary.js'
import type { Kernels } from '../compute/kernels.js'
import type { Workspace } from '../compute/workspace.js'

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
 * The error of a batch, E = −log Σ αᵢ φᵢ, and its derivatives with respect to the network's outputs
 * (Bishop 1994; sheet 10, exercise 1), in float32 and in log space: the kernel `mixtureErrors`, which
 * says what it computes, with the buffers that it needs. α = softmax(z^α), μ = z^μ and
 * σ = max(σ₀, e^{z^σ}).
 *
 * `GaussianMixture.gradients` says the same of whole mixtures, in float64.
 */
export class MixtureError {
  readonly #kernels: Kernels
  readonly #layout: MixtureLayout
  readonly #logFloor: number
  readonly #errors: Float32Array
  readonly #room: Float32Array

  /**
   * @param floor σ₀ > 0
   * @param rows the most examples of a batch
   */
  constructor(workspace: Workspace, layout: MixtureLayout, floor: number, rows: number) {
    const { logits, means, scales } = partsOf(layout)
    this.#kernels = workspace.kernels
    this.#layout = layout
    this.#logFloor = log(floor)
    this.#errors = workspace.floats(rows)
    const each = 2 * logits + means + 2 * scales + layout.outputs + 2
    this.#room = workspace.floats(4 * Math.ceil(rows / 4) * each)
  }

  /**
   * @param z n rows of outputs of the network, in the workspace
   * @param t n rows of c targets, in the workspace
   * @param slopes receives ∂(1/n Σ E)/∂z, n rows; left out, only the error is computed
   * @returns Σ E over the n examples, added up in float64
   */
  sum(z: Float32Array, t: Float32Array, n: number, slopes?: Float32Array): number {
    const { components, outputs, covariance } = this.#layout
    const errors = this.#errors
    this.#kernels.mixtureErrors(
      errors.byteOffset,
      slopes?.byteOffset ?? 0,
      z.byteOffset,
      t.byteOffset,
      n,
      components,
      outputs,
      covariance === 'diagonal' ? 1 : outputs,
      this.#logFloor,
      1 / n,
      this.#room.byteOffset,
    )
    return this.#kernels.sum(errors.byteOffset, n)
  }
}
