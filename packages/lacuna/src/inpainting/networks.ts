import { Workspace } from '../compute/workspace.js'
import { type AffineLayer, setWeight, weightOf } from '../network/affine.js'
import { GradientDescent } from '../network/optimiser.js'
import { type ActivationName, Perceptron } from '../network/perceptron.js'
import { SparseInput } from '../network/sparse-input.js'
import { Holes } from './holes.js'
import type { ImageShape } from './mask.js'

/** Units of each layer, the input first, and the activation of each layer after it. */
export interface NetworkShape {
  readonly sizes: readonly number[]
  readonly activations: readonly ActivationName[]
}

/** The two networks of an inpainter and the shape of its images. */
export interface Architecture {
  readonly image: ImageShape
  readonly generator: NetworkShape
  readonly energy: NetworkShape
}

/**
 * The sheet's architecture: Hardtanh after every layer but the energy itself, so that the
 * generator's pixels stay in [−1, 1] and the energy is unbounded. (The sheet's own cell is lost;
 * this is the reconstruction described in docs/theory/inpainting.md.)
 */
export function sheetArchitecture(
  image: ImageShape,
  generatorHidden: readonly number[],
  energyHidden: readonly number[],
): Architecture {
  const pixels = image.height * image.width
  return {
    image,
    generator: {
      sizes: [pixels, ...generatorHidden, pixels],
      activations: [...generatorHidden.map(() => 'hardtanh' as const), 'hardtanh'],
    },
    energy: {
      sizes: [pixels, ...energyHidden, 1],
      activations: [...energyHidden.map(() => 'hardtanh' as const), 'identity'],
    },
  }
}

/**
 * Generator, energy network and the buffers of one batch, in one workspace. Everything a step
 * touches is laid out here, once.
 */
export class InpaintingNetworks {
  readonly architecture: Architecture
  /** The most examples a batch may have. */
  readonly rows: number
  readonly pixels: number
  readonly workspace: Workspace
  readonly generator: Perceptron
  readonly energy: Perceptron
  /** The one optimiser of both. */
  readonly descent: GradientDescent
  /** x, the true images. */
  readonly images: SparseInput
  /** z = x(1 − m), the incomplete images. */
  readonly incomplete: SparseInput
  /** Where m is 1. */
  readonly holes: Holes

  /** @param threads how many share the work, 1 if left out */
  constructor(architecture: Architecture, rows: number, threads = 1) {
    const { generator, energy, image } = architecture
    const workspace = new Workspace({ threads })
    this.workspace = workspace
    this.descent = new GradientDescent(workspace, 0)
    this.architecture = architecture
    this.rows = rows
    this.pixels = image.height * image.width
    // The first layers by input, because few pixels differ from the background, and fewer from the
    // true image in the contrastive one. The generator's last layer by output: see the step.
    const [g, e] = [generator, energy].map(({ sizes }) => sizes)
    const deep = generator.activations.length > 1
    this.generator = new Perceptron(workspace, g!, generator.activations, rows, deep)
    this.energy = new Perceptron(workspace, e!, energy.activations, 2 * rows, true)
    this.images = new SparseInput(workspace, rows, this.pixels, e![1]!)
    this.incomplete = new SparseInput(workspace, rows, this.pixels, g![1]!)
    this.holes = new Holes(workspace, rows, this.pixels)
  }

  /** Copies of the parameters, under their names in PyTorch's state dict. */
  state(): Map<string, { shape: number[]; data: Float32Array }> {
    const data = this.#layers().flatMap(layer => [weightOf(layer), layer.bias.slice()])
    const shapes = [...parameterShapes(this.architecture)]
    return new Map(shapes.map(({ name, shape }, i) => [name, { shape, data: data[i]! }]))
  }

  /** Sets the parameters to those of a state dict of this architecture. */
  setState(state: ReadonlyMap<string, { readonly data: ArrayLike<unknown> }>): void {
    const values = [...parameterShapes(this.architecture)].map(
      ({ name }) => state.get(name)!.data as Float32Array | Float64Array,
    )
    for (const [i, layer] of this.#layers().entries()) {
      setWeight(layer, values[2 * i]!)
      layer.bias.set(values[2 * i + 1]!)
    }
  }

  /** All layers, in the order of the state dict. */
  #layers(): AffineLayer[] {
    return [...this.energy.layers, ...this.generator.layers]
  }
}

/**
 * The names and shapes of the parameters in PyTorch's state dict, `energy.0.weight` …
 * `generator.4.bias`: layer l is module 2l, because an activation stands between two layers.
 */
export function* parameterShapes({
  energy,
  generator,
}: Architecture): Generator<{ name: string; shape: number[] }> {
  for (const [prefix, { sizes, activations }] of Object.entries({ energy, generator }))
    for (const l of activations.keys()) {
      yield { name: `${prefix}.${2 * l}.weight`, shape: [sizes[l + 1]!, sizes[l]!] }
      yield { name: `${prefix}.${2 * l}.bias`, shape: [sizes[l + 1]!] }
    }
}
