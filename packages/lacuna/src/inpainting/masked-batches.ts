import { Random, Stream } from '../compute/random.js'
import type { Images } from '../data/images.js'
import { Minibatches } from '../data/minibatches.js'
import type { CorrectionNetwork } from './correction-network.js'
import { drawTrainingMask } from './training-masks.js'

/** Images in a minibatch, and those among them that share a mask. */
const BATCH = 100
const SHARING = 10

/** The minibatches of a training for any mask: a function of the seed and the step alone. */
export class MaskedBatches {
  /** Images in a batch. */
  readonly size: number
  /** Masks in a batch. */
  readonly groups: number
  readonly #images: Pick<Images, 'height' | 'width' | 'pixels'>
  readonly #batches: Minibatches
  readonly #seed: number
  /** The bytes of a batch's images. */
  #bytes: Uint8Array | undefined

  constructor(images: Pick<Images, 'count' | 'height' | 'width' | 'pixels'>, seed: number) {
    this.#batches = new Minibatches(images.count, BATCH, seed)
    this.#images = images
    this.#seed = seed
    this.size = this.#batches.size
    this.groups = Math.ceil(this.size / SHARING)
  }

  /** Fills the network with the images and masks of a step. */
  take(step: number, { fill, workspace }: CorrectionNetwork): void {
    const { pixels, ...image } = this.#images
    const { x, mask, firsts, pixels: size } = fill
    this.#bytes ??= workspace.bytes(this.size * size)
    const random = new Random(this.#seed, Stream.patches, step)
    mask.fill(0)
    for (const [i, example] of this.#batches.at(step).entries()) {
      const [at, from] = [i * size, example * size]
      this.#bytes.set(pixels.subarray(from, from + size), at)
      if (i % SHARING === 0) {
        firsts[i / SHARING] = i
        drawTrainingMask(mask.subarray(at, at + size), image, random)
      } else mask.copyWithin(at, at - size, at)
    }
    firsts[this.groups] = this.size
    workspace.kernels.expandBytes(x.byteOffset, this.#bytes.byteOffset, this.size * size)
  }
}
