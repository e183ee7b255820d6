import type { Centring } from './centring.js'
import type { LayerVector } from './training-layers.js'

/** A way to the gradient of the mean of −log p over a minibatch. */
export interface LikelihoodStep {
  /** What the trainer has to remember of it from one step to the next. */
  readonly memory: Uint8Array
  /** ⟨ĥ⟩ of the examples observed last. */
  readonly hiddenMean: Float32Array

  /**
   * Looks at the examples of a minibatch.
   * @param numbers of the examples
   * @param step of the run
   * @returns the sum of their −log p in nats; NaN where it is not known
   */
  observe(numbers: Uint32Array, step: number): number

  /** θ ← beta·θ + alpha·∂θ, with the centred gradient of what was observed last; once for each. */
  addTo(into: LayerVector, alpha: number, beta: number, centring: Centring): void
}
