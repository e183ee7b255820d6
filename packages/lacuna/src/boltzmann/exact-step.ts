import type { Workspace } from '../compute/workspace.js'
import type { Centring } from './centring.js'
import { conditionalGradient, jointGradient } from './exact-gradient.js'
import type { Examples } from './examples.js'
import type { LikelihoodStep } from './likelihood-step.js'
import { LayerVector } from './training-layers.js'

/** The exact gradient of a minibatch, by enumeration, in float64. */
export class ExactStep implements LikelihoodStep {
  readonly memory = new Uint8Array(0)
  readonly hiddenMean: Float32Array
  readonly #examples: Examples
  readonly #layers: LayerVector
  readonly #gradient: LayerVector
  readonly #inputs: number
  readonly #clamped: number

  /** @param clamped as many as there are inputs if p(y|x) is meant, 0 if it is p(x,y) */
  constructor(
    workspace: Workspace,
    layers: LayerVector,
    examples: Examples,
    inputs: number,
    clamped: number,
  ) {
    this.hiddenMean = new Float32Array(layers.q.length)
    this.#examples = examples
    this.#layers = layers
    this.#gradient = new LayerVector(workspace, layers.alpha.length, layers.q.length)
    this.#inputs = inputs
    this.#clamped = clamped
  }

  observe(numbers: Uint32Array): number {
    const { x, y } = this.#examples.split(numbers, this.#inputs)
    const machine = this.#layers.machine(this.#inputs)
    const gradientOf = this.#clamped > 0 ? conditionalGradient : jointGradient
    const gradient = gradientOf(machine, x, y)
    this.#gradient.adoptGradient(gradient)
    const h = machine.hiddenGiven(x, y)
    this.hiddenMean.fill(0)
    for (let i = 0; i < h.data.length; i++) this.hiddenMean[i % h.cols]! += h.data[i]! / h.rows
    return gradient.nll * numbers.length
  }

  addTo(into: LayerVector, alpha: number, beta: number, centring: Centring): void {
    centring.apply(this.#gradient)
    this.#gradient.alpha.fill(0, 0, this.#clamped) // p(y|x) does not depend on a
    for (let i = 0; i < into.all.length; i++)
      into.all[i] = beta * into.all[i]! + alpha * this.#gradient.all[i]!
  }
}
