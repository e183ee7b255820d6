import { Activation } from '../compute/kernels.js'
import { Workspace } from '../compute/workspace.js'
import type { Tensor } from '../formats/safetensors.js'
import { forwardThrough, Perceptron } from '../network/perceptron.js'
import { SparseInput } from '../network/sparse-input.js'
import { setStateDict, stateDict } from '../network/state-dict.js'
import { type AnyMaskParameters, correctorShape } from './any-mask-checkpoint.js'
import { type Gaussian, gaussianFrom, gaussianTensors } from './gaussian.js'
import { GaussianFill } from './gaussian-fill.js'
import type { ImageShape } from './mask.js'

const { identity, hardtanh } = Activation

/**
 * The conditional Gaussian and the network that corrects it, with the buffers of one batch. With c the
 * image whose hole h the Gaussian has filled, and m its mask,
 *
 *   q_h = clamp(c_h + g_h(1 + c, m), −1, 1).
 *
 * Of the corrector's outputs only those in the hole matter, so that its last layer computes no others;
 * and most of its inputs are 0: background, and pixels that are not missing.
 */
export class CorrectionNetwork {
  readonly image: ImageShape
  readonly workspace: Workspace
  readonly fill: GaussianFill
  /** g. */
  readonly corrector: Perceptron
  /** [1 + c, m], a row for each image. */
  readonly input: SparseInput
  readonly #gaussian: Gaussian

  /**
   * @param rows the most images a batch may have
   * @param rooms how many masks are solved for at once
   * @param threads how many share the work
   */
  constructor({ image, tensors }: AnyMaskParameters, rows: number, rooms = 1, threads = 1) {
    const { sizes, activations } = correctorShape(image)
    const workspace = new Workspace({ threads })
    this.image = image
    this.workspace = workspace
    this.#gaussian = gaussianFrom(tensors)
    this.fill = new GaussianFill(workspace, this.#gaussian, rows, rooms)
    this.corrector = new Perceptron(workspace, sizes, activations, rows, true)
    this.input = new SparseInput(workspace, rows, sizes[0]!, sizes[1]!)
    setStateDict({ corrector: this.corrector }, tensors)
  }

  /** Copies of the parameters. */
  parameters(): AnyMaskParameters {
    const { image, corrector } = this
    const gaussian = gaussianTensors(this.#gaussian)
    const tensors = new Map<string, Tensor>([...gaussian, ...stateDict({ corrector })])
    return { image, tensors }
  }

  /**
   * Paints the holes of n images, in so many groups (see `GaussianFill`): q_h, into `holes.painted`.
   * @returns how many pixels are missing
   */
  paint(n: number, groups: number): number {
    const { kernels } = this.workspace
    const { holes, filled, x, mask, pixels } = this.fill
    const count = this.fill.fill(n, groups)
    for (let i = 0; i < n; i++) {
      const [from, to] = [i * pixels, 2 * i * pixels]
      const input = this.input.x
      input.set(x.subarray(from, from + pixels), to)
      for (let e = holes.starts[i]!; e < holes.ends[i]!; e++)
        input[to + holes.pixels[e]!] = filled[e]!
      for (let j = to; j < to + pixels; j++) input[j]! += 1
      input.set(mask.subarray(from, from + pixels), to + pixels)
    }
    this.input.list(n, 0, Number.POSITIVE_INFINITY)
    const { layers } = this.corrector
    const a = forwardThrough(kernels, layers.slice(0, -1), this.input, n)
    const { weight: V, bias: b, inputs } = layers.at(-1)!
    const q = holes.painted.byteOffset
    kernels.rowDots(
      ...([q, a.byteOffset, V.byteOffset, b.byteOffset, inputs] as const),
      ...([holes.starts.byteOffset, holes.ends.byteOffset, holes.pixels.byteOffset] as const),
      ...([n, identity] as const),
    )
    kernels.addScaled(q, filled.byteOffset, 1, count)
    kernels.activate(q, count, hardtanh)
    return count
  }
}
