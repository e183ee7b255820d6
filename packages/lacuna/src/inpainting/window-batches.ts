import { Random, Stream } from '../compute/random.js'
import type { Images } from '../data/images.js'
import { Minibatches } from '../data/minibatches.js'
import { drawPatches, sheetPatch } from './remove-patch.js'
import { contextSize, HOLE, readContext, readHole } from './window.js'
import { ENERGY_SIDE, GENERATOR_SIDE, type WindowNetworks } from './window-networks.js'

/** Windows in a minibatch. */
const BATCH = 100

const CONTEXT = contextSize(GENERATOR_SIDE)
const NEAR = contextSize(ENERGY_SIDE)

/** From a byte to 1 + its pixel: p/127.5. */
const SHADE = 1 / 127.5

/**
 * The minibatches of a training: a function of the seed and the step alone. Each image has a hole
 * wherever the sheet's patch may fall.
 */
export class WindowBatches {
  /** Windows in a batch. */
  readonly size: number
  readonly #images: Pick<Images, 'height' | 'width' | 'pixels'>
  readonly #batches: Minibatches
  readonly #seed: number

  constructor(images: Pick<Images, 'count' | 'height' | 'width' | 'pixels'>, seed: number) {
    this.#batches = new Minibatches(images.count, BATCH, seed)
    this.#images = images
    this.#seed = seed
    this.size = this.#batches.size
  }

  /** Fills the networks with the windows of a step. */
  take(step: number, { context, truth, energy, workspace }: WindowNetworks): void {
    const { size } = this
    const { pixels, ...image } = this.#images
    const near = energy?.windows.context.x
    const random = new Random(this.#seed, Stream.patches, step)
    const holes = drawPatches(size, image, random, sheetPatch)
    for (const [i, example] of this.#batches.at(step).entries()) {
      const [start, hole] = [example * image.height * image.width, holes[i]!]
      readContext(pixels, start, image, hole, GENERATOR_SIDE, 0, context.x, i * CONTEXT)
      readHole(pixels, start, image, hole, truth, i * HOLE)
      if (near) readContext(pixels, start, image, hole, ENERGY_SIDE, 0, near, i * NEAR)
    }
    const { kernels } = workspace
    kernels.scale(context.x.byteOffset, SHADE, size * CONTEXT)
    kernels.scale(truth.byteOffset, SHADE, size * HOLE)
    context.list(size, 0, Number.POSITIVE_INFINITY)
    if (!near) return
    kernels.scale(near.byteOffset, SHADE, size * NEAR)
    energy!.windows.list(size)
  }
}
