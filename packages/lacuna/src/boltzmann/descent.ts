import type { Workspace } from '../compute/workspace.js'
import { LayerVector } from './training-layers.js'

/** Adds a gradient: θ ← beta·θ + alpha·∂θ. */
export type AddGradient = (into: LayerVector, alpha: number, beta: number) => void

/**
 * Gradient descent with momentum μ and weight decay λ: v ← μv + ∂θ + λA, θ ← θ − ηv. Without momentum
 * a step goes straight into the parameters, A ← (1 − ηλ)A − η∂A, and there is no velocity.
 */
export class Descent {
  /** v; of no length without momentum. */
  readonly velocity: Float32Array
  readonly #workspace: Workspace
  readonly #layers: LayerVector
  readonly #velocity: LayerVector | undefined
  readonly #momentum: number
  readonly #weightDecay: number

  constructor(workspace: Workspace, layers: LayerVector, momentum: number, weightDecay: number) {
    this.#workspace = workspace
    this.#layers = layers
    this.#momentum = momentum
    this.#weightDecay = weightDecay
    if (momentum > 0)
      this.#velocity = new LayerVector(workspace, layers.alpha.length, layers.q.length)
    this.velocity = this.#velocity?.all ?? new Float32Array(0)
  }

  step(eta: number, addGradient: AddGradient): void {
    const { kernels } = this.#workspace
    const { A, all } = this.#layers
    const [velocity, decay] = [this.#velocity, this.#weightDecay]
    if (velocity) {
      addGradient(velocity, 1, this.#momentum)
      const v = velocity.all.byteOffset
      if (decay > 0) kernels.addScaled(v, A.byteOffset, decay, A.length)
      kernels.addScaled(all.byteOffset, v, -eta, all.length)
    } else {
      if (decay > 0) kernels.scale(A.byteOffset, 1 - eta * decay, A.length)
      addGradient(this.#layers, -eta, 1)
    }
  }
}
