import { permutation } from '../compute/permutation.js'
import { Random, Stream } from '../compute/random.js'
import type { Images } from '../data/images.js'
import { drawPatches, sheetPatch } from './remove-patch.js'
import { contextSize, HOLE, readContext, readHole } from './window.js'
import { ENERGY_SIDE, GENERATOR_SIDE, type WindowNetworks } from './window-networks.js'

const CONTEXT = contextSize(GENERATOR_SIDE)
const NEAR = contextSize(ENERGY_SIDE)

/** From a byte to 1 + its pixel: p/127.5. */
const SHADE = 1 / 127.5

/**
 * The minibatches of a training: images in a fresh order each epoch, with a hole wherever the sheet's
 * patch may fall. Step s is a function of the seed and of s alone, so that a training can go on from
 * any step. Images that do not fill the last batch of an epoch are left out of it.
 */
export class WindowBatches {
  /** Windows in a batch. */
  readonly size: number
  readonly #images: Pick<Images, 'count' | 'height' | 'width' | 'pixels'>
  readonly #seed: number
  #epoch = -1
  #order: Uint32Array = new Uint32Array(0)

  constructor(
    images: Pick<Images, 'count' | 'height' | 'width' | 'pixels'>,
    size: number,
    seed: number,
  ) {
    this.size = Math.min(size, images.count)
    this.#images = images
    this.#seed = seed
  }

  /** Fills the networks with the windows of a step. */
  take(step: number, { context, truth, energy, workspace }: WindowNetworks): void {
    const { size } = this
    const { count, pixels, ...image } = this.#images
    const batches = Math.floor(count / size)
    const epoch = Math.floor(step / batches)
    if (epoch !== this.#epoch) {
      this.#order = permutation(count, new Random(this.#seed, Stream.order, epoch))
      this.#epoch = epoch
    }
    const first = (step % batches) * size
    const random = new Random(this.#seed, Stream.patches, step)
    const holes = drawPatches(size, image, random, sheetPatch)
    for (const [i, hole] of holes.entries()) {
      const start = this.#order[first + i]! * image.height * image.width
      readContext(pixels, start, image, hole, GENERATOR_SIDE, 0, context.x, i * CONTEXT)
      readHole(pixels, start, image, hole, truth, i * HOLE)
      if (energy) {
        const near = energy.windows.context.x
        readContext(pixels, start, image, hole, ENERGY_SIDE, 0, near, i * NEAR)
      }
    }
    const { kernels } = workspace
    kernels.scale(context.x.byteOffset, SHADE, size * CONTEXT)
    kernels.scale(truth.byteOffset, SHADE, size * HOLE)
    context.list(size, 0)
    if (!energy) return
    kernels.scale(energy.windows.context.x.byteOffset, SHADE, size * NEAR)
    energy.windows.list(size)
  }
}
