import { Matrix, requireFinite, requireShape } from '../compute/matrix.js'
import { LacunaError } from '../errors.js'

/** Pixel value p ∈ {0 … 255} on the scale of all models here: p/127.5 − 1 ∈ [−1, 1]. */
const scaled = Float32Array.from({ length: 256 }, (_, p) => p / 127.5 - 1)

/**
 * A set of equally sized 8-bit gray images, kept as bytes: image i occupies
 * `pixels[i·height·width …]`, row by row, 0 black and 255 white.
 *
 * @example
 * ```ts
 * const images = new Images(2, 28, 28, new Uint8Array(2 * 28 * 28))
 * images.matrix(0, 1) // 1×784, every pixel −1
 * ```
 */
export class Images {
  readonly count: number
  readonly height: number
  readonly width: number
  readonly pixels: Uint8Array

  /** @throws LACUNA_E_SHAPE if `pixels` does not hold count·height·width bytes */
  constructor(count: number, height: number, width: number, pixels: Uint8Array) {
    if (pixels.length !== count * height * width)
      throw new LacunaError(
        'LACUNA_E_SHAPE',
        `${count} images of ${height}×${width} need ${count * height * width} bytes, not ${pixels.length}`,
        'Pass one byte a pixel, image after image.',
      )
    this.count = count
    this.height = height
    this.width = width
    this.pixels = pixels
  }

  /**
   * Rows of pixels as 8-bit images: each pixel goes to the nearest of the 256 levels, (v + 1)·127.5,
   * those beyond [−1, 1] to black or white. The inverse of `matrix`.
   * @throws LACUNA_E_SHAPE if the rows are not height·width long; LACUNA_E_NOT_FINITE
   */
  static fromMatrix(x: Matrix, { height, width }: { height: number; width: number }): Images {
    requireShape('x', x, x.rows, height * width)
    requireFinite('x', x)
    const pixels = Uint8Array.from(x.data, v =>
      Math.round((Math.min(1, Math.max(-1, v)) + 1) * 127.5),
    )
    return new Images(x.rows, height, width, pixels)
  }

  /** Images `start` to `end` (excluded) as a set that shares this one's bytes. */
  slice(start: number, end: number): Images {
    const size = this.height * this.width
    const pixels = this.pixels.subarray(start * size, end * size)
    return new Images(pixels.length / size, this.height, this.width, pixels)
  }

  /** Images `start` to `end` (excluded) as rows of pixels scaled to [−1, 1]. */
  matrix(start = 0, end: number = this.count): Matrix {
    const part = this.slice(start, end)
    const x = new Matrix(part.count, this.height * this.width)
    for (let i = 0; i < part.pixels.length; i++) x.data[i] = scaled[part.pixels[i]!]!
    return x
  }
}

/** Images and, for image i, the class `labels[i]` it shows: for digits, 0 to 9. */
export type LabelledImages = { readonly images: Images; readonly labels: Uint8Array }
