import { Workspace } from '../compute/workspace.js'
import { GradientDescent } from '../network/optimiser.js'
import { type ActivationName, Perceptron } from '../network/perceptron.js'
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
  readonly workspace = new Workspace()
  readonly generator: Perceptron
  readonly energy: Perceptron
  /** The one optimiser of both. */
  readonly descent = new GradientDescent(this.workspace, 0)
  /** x and, behind its n rows, the contrastive images x⁻: the energy network sees both at once. */
  readonly images: Float32Array
  /** z = x(1 − m), the incomplete images. */
  readonly incomplete: Float32Array
  /** m, 1 in the hole and 0 elsewhere. */
  readonly mask: Float32Array
  /** ∂err/∂x⁻, on its way back into the generator. */
  readonly gradient: Float32Array
  /** The value of a missing pixel, 0, once for each pixel of a batch. */
  readonly gray: Float32Array

  constructor(architecture: Architecture, rows: number) {
    const { generator, energy, image } = architecture
    this.architecture = architecture
    this.rows = rows
    this.pixels = image.height * image.width
    this.generator = new Perceptron(this.workspace, generator.sizes, generator.activations, rows)
    this.energy = new Perceptron(this.workspace, energy.sizes, energy.activations, 2 * rows)
    this.images = this.workspace.floats(2 * rows * this.pixels)
    this.incomplete = this.workspace.floats(rows * this.pixels)
    this.mask = this.workspace.floats(rows * this.pixels)
    this.gradient = this.workspace.floats(rows * this.pixels)
    this.gray = this.workspace.floats(rows * this.pixels)
  }

  /** Every parameter tensor, under its name in PyTorch's state dict. */
  *parameters(): Generator<{ name: string; shape: number[]; data: Float32Array }> {
    const data = [this.energy, this.generator].flatMap(network =>
      network.layers.flatMap(({ weight, bias }) => [weight, bias]),
    )
    let i = 0
    for (const parameter of parameterShapes(this.architecture))
      yield { ...parameter, data: data[i++]! }
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
