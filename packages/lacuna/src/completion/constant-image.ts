import { Matrix } from '../compute/matrix.js'
import type { Images } from '../data/images.js'
import { paste, requireIncomplete } from '../inpainting/mask.js'
import type { Completer } from './completer.js'
import type { Method } from './method.js'

/**
 * Fills every hole from one and the same image, whatever can be seen: gray, or the mean of the
 * training images. What any method must do better than.
 */
export class ConstantImage implements Completer {
  /** Its pixels, in [−1, 1]. */
  readonly image: Float32Array

  constructor(image: Float32Array) {
    this.image = image
  }

  /** An image of gray, 0. */
  static gray(pixels: number): ConstantImage {
    return new ConstantImage(new Float32Array(pixels))
  }

  /** The mean of at least one image: of all constant images the one with the least squared error. */
  static mean({ count, height, width, pixels: bytes }: Images): ConstantImage {
    const pixels = height * width
    const sums = new Float64Array(pixels)
    for (let i = 0; i < bytes.length; i += pixels)
      for (let j = 0; j < pixels; j++) sums[j]! += bytes[i + j]!
    return new ConstantImage(Float32Array.from(sums, sum => sum / count / 127.5 - 1))
  }

  complete(z: Matrix, mask: Matrix): Matrix {
    requireIncomplete(z, mask, this.image.length)
    const filled = new Matrix(z.rows, z.cols)
    for (let i = 0; i < z.rows; i++) filled.row(i).set(this.image)
    return paste(z, filled, mask)
  }
}

/** The holes as they are. */
export const gray: Method = {
  name: 'gray',
  title: 'gray, as it was',
  effort: 'seconds',
  holes: 'any',
  // biome-ignore lint/correctness/useYield: there is nothing to wait for
  async *train({ images }) {
    return { completer: ConstantImage.gray(images.height * images.width) }
  },
}

export const meanImage: Method = {
  name: 'mean',
  title: 'mean image',
  effort: 'seconds',
  holes: 'any',
  // biome-ignore lint/correctness/useYield: there is nothing to wait for
  async *train({ images }) {
    return { completer: ConstantImage.mean(images) }
  },
}
