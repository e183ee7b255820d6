import { requireKnown } from '../compute/known-options.js'
import { type Matrix, requireFinite } from '../compute/matrix.js'
import { LacunaError } from '../errors.js'
import { writeGrayPng } from './png.js'

/** More pixels than any picture here needs, and few enough to be held in memory with ease. */
const MOST_PIXELS = 2 ** 26

/**
 * The sheet's picture: the images in the rows of x side by side, without gaps, as one gray-scale
 * PNG. −1 is black and 1 white; what lies beyond is clamped, what lies between goes to the nearest
 * of the 256 levels, (v + 1)·127.5. Each value becomes a square of `scale`×`scale` equal pixels.
 *
 * @param x one image a row (the sheet shows ten), its pixels row by row
 * @param options.height rows of pixels in an image; √(columns of x) if left out
 * @param options.width pixels in such a row; likewise
 * @param options.scale how many times to enlarge, a whole number from 1; 4 if left out
 * @returns the PNG's bytes: `x.rows·width·scale` pixels wide and `height·scale` high
 * @throws LACUNA_E_SHAPE if x has no rows, or rows that are not height·width long;
 *   LACUNA_E_NOT_FINITE if a value is NaN or infinite; LACUNA_E_OPTION if the scale is not a whole
 *   number from 1 or makes the picture larger than 2²⁶ pixels
 *
 * @example
 * ```ts
 * const strip = await vis10(images.matrix(0, 10)) // ten digits of 28×28: 1120×112 pixels
 * ```
 */
export async function vis10(
  x: Matrix<Float32Array | Float64Array>,
  options: { height?: number; width?: number; scale?: number } = {},
): Promise<Uint8Array> {
  requireKnown('vis10', options, ['height', 'width', 'scale'])
  const { height = Math.sqrt(x.cols), width = Math.sqrt(x.cols), scale = 4 } = options
  if (!Number.isInteger(height) || !Number.isInteger(width) || height < 1 || width < 1)
    throw new LacunaError(
      'LACUNA_E_SHAPE',
      `rows of ${x.cols} values cannot be shown as images of ${height}×${width}`,
      'Pass both height and width, whole numbers from 1; they can be left out for square images only.',
    )
  if (x.rows < 1 || x.cols !== height * width)
    throw new LacunaError(
      'LACUNA_E_SHAPE',
      `images of ${height}×${width} need rows of ${height * width} values, at least one row, but x is ${x.rows}×${x.cols}`,
      'Pass one image a row, and the height and width that its pixels were taken from.',
    )
  const columns = x.rows * width * scale
  if (!Number.isInteger(scale) || scale < 1 || columns * height * scale > MOST_PIXELS)
    throw new LacunaError(
      'LACUNA_E_OPTION',
      `${x.rows} images of ${height}×${width} cannot be enlarged ${scale} times`,
      `Give a whole number from 1 that leaves at most ${MOST_PIXELS} pixels, or show fewer images.`,
    )
  requireFinite('x', x)

  const pixels = new Uint8Array(columns * height * scale)
  for (let row = 0; row < height; row++) {
    const line = pixels.subarray(row * scale * columns, (row * scale + 1) * columns)
    for (let i = 0; i < x.rows; i++)
      for (let column = 0; column < width; column++) {
        const value = x.data[i * x.cols + row * width + column]!
        const level = Math.round((Math.min(1, Math.max(-1, value)) + 1) * 127.5)
        const start = (i * width + column) * scale
        line.fill(level, start, start + scale)
      }
    for (let copy = 1; copy < scale; copy++) pixels.set(line, (row * scale + copy) * columns)
  }
  return writeGrayPng(pixels, columns, height * scale)
}
