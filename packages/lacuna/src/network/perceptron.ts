import { Activation, type Kernels } from '../compute/kernels.js'
import type { Random } from '../compute/random.js'
import type { Workspace } from '../compute/workspace.js'
import { type AffineLayer, affine, inputGradient, type LayerInput } from './affine.js'
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
   * @param byInput whether the first layer keeps its weights by input
   */
  constructor(
    workspace: Workspace,
    sizes: readonly number[],
    activations: readonly ActivationName[],
    rows: number,
    byInput = false,
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
        byInput: byInput && l === 0,
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
  forward(x: LayerInput, n: number): Float32Array {
    return forwardThrough(this.#workspace.kernels, this.layers, x, n)
  }

  /**
   * The backward pass of the last `forward(x, n)`, descending on the way. `outputGradient` must
   * hold ∂err/∂A of the last layer.
   */
  backward(x: LayerInput, n: number, optimiser: Optimiser): void {
    backwardThrough(this.#workspace.kernels, this.layers, x, n, optimiser)
  }
}

/** The forward pass through some successive layers: x goes into the first of them. */
export function forwardThrough(
  kernels: Kernels,
  layers: readonly AffineLayer[],
  x: LayerInput,
  n: number,
): Float32Array {
  let below = x
  for (const layer of layers) {
    affine(kernels, layer, below, n)
    below = layer.output
  }
  return layers.at(-1)?.output ?? (x instanceof Float32Array ? x : x.x!)
}

/**
 * The backward pass through some successive layers, without descending: every layer's `delta` from
 * the last one's, which must hold ∂err/∂A; f′ is applied here.
 */
export function differentiateThrough(
  kernels: Kernels,
  layers: readonly AffineLayer[],
  n: number,
): void {
  for (let l = layers.length - 1; l >= 0; l--) {
    const { delta, output, outputs, activation } = layers[l]!
    kernels.activationGradient(delta.byteOffset, output.byteOffset, n * outputs, activation)
    if (l > 0) inputGradient(kernels, layers[l]!, layers[l - 1]!.delta, n)
  }
}

/**
 * The backward pass through some successive layers, descending on the way. The last one's `delta`
 * must hold ∂err/∂A; f′ is applied here.
 *
 * @param x what went into the first of the layers
 * @param optimiser moves each layer as soon as its gradient can be had
 * @param into if given, receives ∂err/∂X, with the weights as they were before the step
 */
export function backwardThrough(
  kernels: Kernels,
  layers: readonly AffineLayer[],
  x: LayerInput,
  n: number,
  optimiser: Optimiser,
  into?: Float32Array,
): void {
  for (let l = layers.length - 1; l >= 0; l--) {
    const layer = layers[l]!
    const { delta, output, outputs, activation } = layer
    kernels.activationGradient(delta.byteOffset, output.byteOffset, n * outputs, activation)
    const below = layers[l - 1]
    const belowGradient = below?.delta ?? into
    if (belowGradient) inputGradient(kernels, layer, belowGradient, n)
    optimiser.descend(layer, below?.output ?? x, n)
  }
}
