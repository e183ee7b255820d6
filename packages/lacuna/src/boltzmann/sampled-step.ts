import type { Workspace } from '../compute/workspace.js'
import type { Centring } from './centring.js'
import { ContrastiveDivergence, type Walk } from './contrastive-divergence.js'
import type { Examples } from './examples.js'
import type { LikelihoodStep } from './likelihood-step.js'
import { PersistentChains } from './persistent-chains.js'
import type { LayerVector } from './training-layers.js'

/** The gradient of a minibatch by contrastive divergence, persistent or not. */
export class SampledStep implements LikelihoodStep {
  readonly #examples: Examples
  readonly #divergence: ContrastiveDivergence
  readonly #chains: PersistentChains | undefined

  /**
   * @param batch examples in a minibatch, at most
   * @param clamped as many as there are inputs if p(y|x) is meant, 0 if it is p(x,y)
   */
  constructor(
    workspace: Workspace,
    layers: LayerVector,
    examples: Examples,
    batch: number,
    clamped: number,
    seed: number,
    walk: Walk,
  ) {
    this.#examples = examples
    this.#divergence = new ContrastiveDivergence(workspace, layers, batch, clamped, seed, walk)
    if (!walk.persistent) return
    const own = clamped > 0 ? examples.rows : 0
    const steps = Math.ceil(examples.rows / batch)
    const { hidden } = this.#divergence.chains()
    this.#chains = new PersistentChains(hidden, layers.q.length, own, own > 0 ? steps : 1)
  }

  get memory(): Uint8Array {
    return this.#chains?.bits ?? new Uint8Array(0)
  }

  get hiddenMean(): Float32Array {
    return this.#divergence.hiddenMean
  }

  observe(numbers: Uint32Array, step: number): number {
    this.#examples.gather(numbers, this.#divergence.examples(numbers.length))
    const goOn = this.#chains?.recall(numbers, step) ?? false
    this.#divergence.sample(numbers.length, step, !goOn)
    this.#chains?.keep(numbers)
    return Number.NaN
  }

  addTo(into: LayerVector, alpha: number, beta: number, centring: Centring): void {
    this.#divergence.addTo(into, alpha, beta, centring)
  }
}
