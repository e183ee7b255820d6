import type { Kernels } from '../compute/kernels.js'
import type { Workspace } from '../compute/workspace.js'
import { type AffineLayer, addGradient, type LayerInput, writeGradient } from './affine.js'

/** How the parameters of a layer move once its Δ is known. */
export interface Optimiser {
  /** η, the length of the steps; may be changed between them. */
  learningRate: number
  /** Moves W and b of a layer whose `delta` belongs to its inputs x, n rows. */
  descend(layer: AffineLayer, x: LayerInput, n: number): void
}

/** Plain gradient descent, W ← W − η ΔᵀX: no gradient is stored and nothing is remembered. */
export class GradientDescent implements Optimiser {
  learningRate: number
  readonly #kernels: Kernels

  constructor(workspace: Workspace, learningRate: number) {
    this.#kernels = workspace.kernels
    this.learningRate = learningRate
  }

  descend(layer: AffineLayer, x: LayerInput, n: number): void {
    addGradient(this.#kernels, layer, x, n, -this.learningRate)
  }
}

/**
 * An optimiser that remembers tensors of the parameters' own shapes from step to step. The gradient
 * of one layer is used up before the next layer's is written, so there is room for the largest only.
 */
abstract class RememberingOptimiser implements Optimiser {
  learningRate: number
  protected readonly kernels: Kernels
  readonly #names: readonly string[]
  readonly #memories = new Map<Float32Array, readonly Float32Array[]>()
  readonly #weightGradient: Float32Array
  readonly #biasGradient: Float32Array

  constructor(
    workspace: Workspace,
    layers: readonly AffineLayer[],
    learningRate: number,
    names: readonly string[],
  ) {
    this.learningRate = learningRate
    this.kernels = workspace.kernels
    this.#names = names
    for (const tensor of layers.flatMap(({ weight, bias }) => [weight, bias]))
      this.#memories.set(
        tensor,
        names.map(() => workspace.floats(tensor.length)),
      )
    const largest = (sizes: number[]) => workspace.floats(Math.max(...sizes))
    this.#weightGradient = largest(layers.map(({ weight }) => weight.length))
    this.#biasGradient = largest(layers.map(({ bias }) => bias.length))
  }

  descend(layer: AffineLayer, x: LayerInput, n: number): void {
    this.descendBy(layer, (weight, bias) => writeGradient(this.kernels, layer, x, n, weight, bias))
  }

  /**
   * Moves a layer whose Δ is not a dense matrix.
   * @param write writes ∂err/∂W and ∂err/∂b, in the layer's own layout, into the first elements of two
   *   vectors of the workspace
   */
  descendBy(layer: AffineLayer, write: (weight: Float32Array, bias: Float32Array) => void): void {
    const { weight, bias } = layer
    write(this.#weightGradient, this.#biasGradient)
    this.move(weight, this.#weightGradient, this.#memories.get(weight)!)
    this.move(bias, this.#biasGradient, this.#memories.get(bias)!)
  }

  /** Moves one tensor, given its gradient and what is remembered of it. */
  protected abstract move(
    tensor: Float32Array,
    gradient: Float32Array,
    memories: readonly Float32Array[],
  ): void

  /** What must be kept to go on after a stop, layer by layer: `optimiser.velocity.0.weight`, …. */
  *memory(): Generator<{ name: string; data: Float32Array }> {
    let i = 0
    for (const memories of this.#memories.values()) {
      const kind = i % 2 === 0 ? 'weight' : 'bias'
      for (const [k, data] of memories.entries())
        yield { name: `optimiser.${this.#names[k]}.${2 * Math.floor(i / 2)}.${kind}`, data }
      i++
    }
  }
}

/** Gradient descent with momentum: v ← μv + g, W ← W − ηv (as PyTorch's SGD). */
export class Momentum extends RememberingOptimiser {
  readonly #momentum: number

  /** @param momentum μ, from 0 to below 1 */
  constructor(
    workspace: Workspace,
    layers: readonly AffineLayer[],
    learningRate: number,
    momentum: number,
  ) {
    super(workspace, layers, learningRate, ['velocity'])
    this.#momentum = momentum
  }

  protected move(w: Float32Array, g: Float32Array, [v]: readonly Float32Array[]): void {
    const { kernels, learningRate } = this
    const [W, V, G] = [w.byteOffset, v!.byteOffset, g.byteOffset]
    kernels.momentumStep(W, V, G, w.length, learningRate, this.#momentum)
  }
}

/**
 * Adam (Kingma & Ba 2015, "Adam: a method for stochastic optimization") on vectors: steps of about η
 * along the mean of recent gradients over the root of their mean square,
 *
 *   m ← β₁m + (1 − β₁)g,  v ← β₂v + (1 − β₂)g²,  w ← w − η m̂/(√v̂ + ε),
 *
 * with m̂ = m/(1 − β₁ᵗ) and v̂ = v/(1 − β₂ᵗ) at step t.
 */
export class AdamSteps {
  readonly #kernels: Kernels
  readonly #beta1: number
  readonly #beta2: number
  readonly #epsilon = 1e-8
  /** β₁ᵗ and β₂ᵗ. */
  #power1 = 1
  #power2 = 1

  constructor(kernels: Kernels, beta1 = 0.9, beta2 = 0.999) {
    this.#kernels = kernels
    this.#beta1 = beta1
    this.#beta2 = beta2
  }

  /** Counts t on: by 1 before the moves of a step, or by as many as were made before a stop. */
  advance(steps: number): void {
    for (let step = 0; step < steps; step++) {
      this.#power1 *= this.#beta1
      this.#power2 *= this.#beta2
    }
  }

  /** Moves w along its gradient g, given what is remembered of it. */
  move(
    w: Float32Array,
    g: Float32Array,
    m: Float32Array,
    v: Float32Array,
    learningRate: number,
  ): void {
    // η m̂/(√v̂ + ε) = (η √(1 − β₂ᵗ)/(1 − β₁ᵗ))·m/(√v + ε √(1 − β₂ᵗ)).
    const root = Math.sqrt(1 - this.#power2)
    this.#kernels.adamStep(
      w.byteOffset,
      m.byteOffset,
      v.byteOffset,
      g.byteOffset,
      w.length,
      (learningRate * root) / (1 - this.#power1),
      this.#beta1,
      this.#beta2,
      this.#epsilon * root,
    )
  }
}

/** Adam on the layers of a network. */
export class Adam extends RememberingOptimiser {
  readonly #steps: AdamSteps

  constructor(
    workspace: Workspace,
    layers: readonly AffineLayer[],
    learningRate: number,
    beta1?: number,
    beta2?: number,
  ) {
    super(workspace, layers, learningRate, ['first', 'second'])
    this.#steps = new AdamSteps(workspace.kernels, beta1, beta2)
  }

  /** Counts steps on: 1 before the backward pass of each, or as many as were made before a stop. */
  advance(steps: number): void {
    this.#steps.advance(steps)
  }

  protected move(w: Float32Array, g: Float32Array, [m, v]: readonly Float32Array[]): void {
    this.#steps.move(w, g, m!, v!, this.learningRate)
  }
}
