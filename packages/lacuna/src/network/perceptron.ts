import { Activation } from '../compute/kernels.js'
import type { Random } from '../compute/random.js'
import type { Workspace } from '../compute/workspace.js'
import { type AffineLayer, affine, inputGradient } from './affine.js'
import type { Optimiser } from './optimiser.js'

/** The name of an activation function. */
export type ActivationName = keyof typeof Activation

/**
 * A multilayer perceptron in float32, trained by gradient descent in the kernels.
 *
 * Layer l computes Aₗ = f(Aₗ₋₁ Wₗᵀ + bₗ) for a whole batch. The backward pass takes Δₗ to
 * Δₗ₋₁ = (Δₗ Wₗ) ⊙ f′(Aₗ₋₁) and lets the optimiser move Wₗ along ∂err/∂Wₗ = Δₗᵀ Aₗ₋₁ in the same
 * sweep, so that no more than one layer's gradient ever exists. All buffers are laid out when the
 * network is built, for at most `rows` examples at a time.
 *
 * @example
 * ```ts
 * const workspace = new Workspace()
 * const net = new Perceptron(workspace, [2, 8, 1], ['tanh', 'identity'], 32)
 * net.initialise(new Random(1))
 * const x = workspace.floats(32 * 2)
 * const y = net.forward(x, 32) // 32×1
 * ```
 */
export class Perceptron {
  readonly layers: readonly AffineLayer[]
  readonly #workspace: Workspace

  /**
   * @param sizes units of each layer, the input first
   * @param activations one for each layer after the input
   * @param rows the most examples a pass may have
   */
  constructor(
    workspace: Workspace,
    sizes: readonly number[],
    activations: readonly ActivationName[],
    rows: number,
  ) {
    this.#workspace = workspace
    this.layers = activations.map((name, l) => {
      const inputs = sizes[l]!
      const outputs = sizes[l + 1]!
      return {
        inputs,
        outputs,
        activation: Activation[name],
        weight: workspace.floats(outputs * inputs),
        bias: workspace.floats(outputs),
        output: workspace.floats(rows * outputs),
        delta: workspace.floats(rows * outputs),
      }
    })
  }

  /** Where the backward pass starts: ∂err/∂A of the last layer is written here, n×outputs. */
  get outputGradient(): Float32Array {
    return this.layers.at(-1)!.delta
  }

  /**
   * Draws weights and biases uniformly from ±1/√fan-in, each tensor from a step of its own.
   * @param random gives seed and stream, and the step of the first tensor
   * @returns the step after the last tensor's
   */
  initialise(random: Random): number {
    const { kernels } = this.#workspace
    const seedLow = random.seed >>> 0
    const seedHigh = Math.floor(random.seed / 4294967296)
    let step = random.step
    for (const { weight, bias, inputs } of this.layers) {
      const bound = 1 / Math.sqrt(inputs)
      for (const { byteOffset, length } of [weight, bias])
        kernels.randomUniform(
          byteOffset,
          length,
          seedLow,
          seedHigh,
          random.stream,
          step++,
          -bound,
          bound,
        )
    }
    return step
  }

  /** The network's answers for the first n rows of x, which must lie in the workspace. */
  forward(x: Float32Array, n: number): Float32Array {
    let below = x
    for (const layer of this.layers) {
      affine(this.#workspace.kernels, layer, below, n)
      below = layer.output
    }
    return below
  }

  /**
   * The backward pass of the last `forward(x, n)`, descending on the way. `outputGradient` must
   * hold ∂err/∂A of the last layer; f′ is applied here.
   *
   * @param optimiser moves each layer as soon as its gradient can be had
   * @param wanted if given, ∂err/∂X for the rows from `first` on is written to `into`, with the
   *   weights as they were before the step
   */
  backward(
    x: Float32Array,
    n: number,
    optimiser: Optimiser,
    wanted?: { readonly into: Float32Array; readonly first: number },
  ): void {
    const { kernels } = this.#workspace
    for (let l = this.layers.length - 1; l >= 0; l--) {
      const layer = this.layers[l]!
      const { delta, output, outputs, activation } = layer
      kernels.activationGradient(delta.byteOffset, output.byteOffset, n * outputs, activation)
      const below = this.layers[l - 1]
      if (below) inputGradient(kernels, layer, below.delta, 0, n)
      else if (wanted) inputGradient(kernels, layer, wanted.into, wanted.first, n)
      optimiser.descend(layer, below?.output ?? x, n)
    }
  }
}
