import type { Kernels } from '../compute/kernels.js'
import type { Workspace } from '../compute/workspace.js'
import type { AffineLayer } from './affine.js'

/**
 * The moving average of a network's parameters over the steps of its training,
 *
 *   w̄ ← d·w̄ + (1 − d)·w  with  d = min(decay, (t + 1)/(t + 10)) after step t = 0, 1, …
 *
 * Minibatches make the parameters jitter round where they are going; the average has less of that
 * and answers better (Polyak & Juditsky 1992, "Acceleration of stochastic approximation by
 * averaging"). The descent itself goes on from w.
 *
 * @example
 * ```ts
 * average.update() // after each step
 * average.exchange() // the network answers with w̄ …
 * average.exchange() // … and trains on with w
 * ```
 */
export class WeightAverage {
  readonly #kernels: Kernels
  readonly #decay: number
  readonly #tensors: readonly { w: Float32Array; average: Float32Array }[]
  #steps = 0

  /** @param decay from 0 to below 1; about 1/(1 − decay) steps are averaged over */
  constructor(workspace: Workspace, layers: readonly AffineLayer[], decay: number) {
    this.#kernels = workspace.kernels
    this.#decay = decay
    this.#tensors = layers
      .flatMap(({ weight, bias }) => [weight, bias])
      .map(w => ({ w, average: workspace.floats(w.length) }))
    for (const { w, average } of this.#tensors) average.set(w)
  }

  /** Counts steps that were made before a stop; `memory` must be set to what it was then. */
  advance(steps: number): void {
    this.#steps += steps
  }

  /** Takes in the parameters as the step just made has left them. */
  update(): void {
    const t = this.#steps++
    const d = Math.min(this.#decay, (t + 1) / (t + 10))
    for (const { w, average } of this.#tensors)
      this.#kernels.averageStep(average.byteOffset, w.byteOffset, w.length, d)
  }

  /** Exchanges the network's parameters with their average. */
  exchange(): void {
    for (const { w, average } of this.#tensors)
      for (let i = 0; i < w.length; i++) {
        const kept = w[i]!
        w[i] = average[i]!
        average[i] = kept
      }
  }

  /** What must be kept to go on after a stop, layer by layer: `average.0.weight`, …. */
  *memory(): Generator<{ name: string; data: Float32Array }> {
    for (const [i, { average }] of this.#tensors.entries())
      yield { name: `average.${2 * (i >> 1)}.${i % 2 ? 'bias' : 'weight'}`, data: average }
  }
}
