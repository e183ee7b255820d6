import { Random, Stream } from '../compute/random.js'
import { Workspace } from '../compute/workspace.js'
import type { AffineLayer } from '../network/affine.js'
import { Perceptron } from '../network/perceptron.js'
import { SparseInput } from '../network/sparse-input.js'
import {
  type NetworkShape,
  parameterShapes,
  type StateDict,
  setStateDict,
  stateDict,
} from '../network/state-dict.js'
import { FilledWindows } from './filled-windows.js'
import type { ImageShape } from './mask.js'
import { contextSize, HOLE } from './window.js'
import { type WindowRecipeName, windowRecipes } from './window-recipes.js'

/** Sides of the windows that the two networks see. */
export const GENERATOR_SIDE = 24
export const ENERGY_SIDE = 14

/** The standard deviation of the heads' first biases, where there are several. */
const HEAD_SPREAD = 0.5

/** What an inpainter of windows is made of. */
export interface WindowArchitecture {
  readonly recipe: WindowRecipeName
  readonly image: ImageShape
  readonly generator: NetworkShape
  /** Absent where nothing but the squared error is learnt. */
  readonly energy?: NetworkShape
}

/** The architecture of a recipe: leaky ReLU after every hidden layer. */
export function windowArchitecture(
  recipe: WindowRecipeName,
  image: ImageShape,
): WindowArchitecture {
  const { heads, hidden, energyHidden } = { energyHidden: undefined, ...windowRecipes[recipe] }
  const network = (inputs: number, between: readonly number[], outputs: number): NetworkShape => ({
    sizes: [inputs, ...between, outputs],
    activations: [...between.map(() => 'leakyRelu' as const), 'identity'],
  })
  const generator = network(contextSize(GENERATOR_SIDE), hidden, outputsOf(heads))
  if (!energyHidden) return { recipe, image, generator }
  const energy = network(ENERGY_SIDE * ENERGY_SIDE, energyHidden, 1)
  return { recipe, image, generator, energy }
}

/** Outputs of a generator: the pixels of each head, then one logit for each if there are several. */
export function outputsOf(heads: number): number {
  return heads * HOLE + (heads > 1 ? heads : 0)
}

/** The energy network's half. */
interface EnergyOfWindows {
  readonly network: Perceptron
  /** Windows of 14×14 pixels, filled with the truth and with what was painted. */
  readonly windows: FilledWindows
  /** ∂err/∂E, one a filled window. */
  readonly slopes: Float32Array
  /** ∂E/∂q, n×36. */
  readonly holeGradient: Float32Array
}

/**
 * Generator, energy network and the buffers of one batch, in one workspace. Pixels are 1 + those of the
 * images throughout, from background, 0, to 2.
 */
export class WindowNetworks {
  readonly architecture: WindowArchitecture
  /** The most windows a batch may have. */
  readonly rows: number
  readonly heads: number
  readonly workspace: Workspace
  /** From a context of 24×24 pixels to u, which `ink` makes pixels of, and logits. */
  readonly generator: Perceptron
  readonly context: SparseInput
  /** tanh u and, of the pixels, `ink`. */
  readonly tanh: Float32Array
  readonly painted: Float32Array
  /** p, the true pixels of the holes. */
  readonly truth: Float32Array
  /** Which head of each window meets the energy network. */
  readonly chosen: Uint8Array
  readonly energy?: EnergyOfWindows

  /** @param threads how many share the work, 1 if left out */
  constructor(architecture: WindowArchitecture, rows: number, threads = 1) {
    const { generator, energy, recipe } = architecture
    const workspace = new Workspace({ threads })
    const outputs = generator.sizes.at(-1)!
    this.architecture = architecture
    this.rows = rows
    this.heads = windowRecipes[recipe].heads
    this.workspace = workspace
    this.generator = new Perceptron(workspace, generator.sizes, generator.activations, rows, true)
    const [inputs, units] = generator.sizes as [number, number]
    this.context = new SparseInput(workspace, rows, inputs, units)
    this.tanh = workspace.floats(rows * outputs)
    this.painted = workspace.floats(rows * this.heads * HOLE)
    this.truth = workspace.floats(rows * HOLE)
    this.chosen = new Uint8Array(rows)
    if (energy) {
      const { sizes, activations } = energy
      const network = new Perceptron(workspace, sizes, activations, 2 * rows, true)
      const windows = new FilledWindows(workspace, rows, 2, sizes[0]! - HOLE, sizes[1]!)
      const slopes = workspace.floats(2 * rows)
      this.energy = { network, windows, slopes, holeGradient: workspace.floats(rows * HOLE) }
    }
  }

  /** Draws the first weights: uniform in ±1/√fan-in, context and hole being separate inputs of E. */
  initialise(seed: number): void {
    const next = this.generator.initialise(new Random(seed, Stream.initialWeights))
    const random = new Random(seed, Stream.initialWeights, next)
    if (this.heads > 1) {
      const { bias } = this.generator.layers.at(-1)!
      for (let j = 0; j < this.heads * HOLE; j++) bias[j] = HEAD_SPREAD * random.normal()
    }
    if (!this.energy) return
    this.energy.network.initialise(new Random(seed, Stream.initialWeights, next + 1))
    const [{ weight, bias, inputs, outputs }] = this.energy.network.layers as [AffineLayer]
    const split = (inputs - HOLE) * outputs
    for (const [part, fanIn] of [
      [weight.subarray(0, split), inputs - HOLE],
      [weight.subarray(split), HOLE],
      [bias, inputs - HOLE],
    ] as const) {
      const wider = Math.sqrt(inputs / fanIn)
      for (let i = 0; i < part.length; i++) part[i]! *= wider
    }
  }

  /** Copies of the parameters, under their names in PyTorch's state dict. */
  state(): StateDict {
    return stateDict(this.#networks())
  }

  /** Sets the parameters to those of a state dict of this architecture. */
  setState(state: ReadonlyMap<string, { readonly data: ArrayLike<unknown> }>): void {
    setStateDict(this.#networks(), state)
  }

  #networks(): Record<string, Perceptron> {
    const { energy, generator } = this
    return { ...(energy && { energy: energy.network }), generator }
  }
}

/** The names and shapes of the parameters in PyTorch's state dict. */
export function windowShapes({ energy, generator }: WindowArchitecture) {
  return parameterShapes({ ...(energy && { energy }), generator })
}
