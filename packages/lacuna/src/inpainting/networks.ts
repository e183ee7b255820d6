import { Workspace } from '../compute/workspace.js'
import { GradientDescent } from '../network/optimiser.js'
import { Perceptron } from '../network/perceptron.js'
import { SparseInput } from '../network/sparse-input.js'
import {
  type NetworkShape,
  type StateDict,
  setStateDict,
  stateDict,
} from '../network/state-dict.js'
import { Holes } from './holes.js'
import type { ImageShape } from './mask.js'

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
  state(): StateDict {
    return stateDict({ energy: this.energy, generator: this.generator })
  }

  /** Sets the parameters to those of a state dict of this architecture. */
  setState(state: ReadonlyMap<string, { readonly data: ArrayLike<unknown> }>): void {
    setStateDict({ energy: this.energy, generator: this.generator }, state)
  }
}
