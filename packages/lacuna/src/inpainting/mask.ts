import { Matrix, requireFinite, requireShape } from '../compute/matrix.js'
import type { Images } from '../data/images.js'
import { LacunaError } from '../errors.js'

/** A rectangular hole: its top-left pixel and its size, in pixels. */
export type Patch = { row: number; column: number; height: number; width: number }

/** Height and width of an image in pixels. */
export type ImageShape = { readonly height: number; readonly width: number }

/**
 * Height and width alone, of what may have more: whoever passes images as their own shape should not
 * find their pixels in a checkpoint.
 */
export function shapeOf({ height, width }: ImageShape): ImageShape {
  return { height, width }
}

/**
 * The shape of square images with so many pixels.
 * @throws LACUNA_E_SHAPE if no square has that many
 */
export function squareImage(pixels: number): ImageShape {
  const side = Math.round(Math.sqrt(pixels))
  if (side * side !== pixels)
    throw new LacunaError(
      'LACUNA_E_SHAPE',
      `${pixels} pixels do not make a square image`,
      'Pass the image shape: { image: { height, width } }.',
    )
  return { height: side, width: side }
}

/** @throws LACUNA_E_SHAPE if there are no images, or not of the shape that a model takes */
export function requireTrainable(
  { count, height, width }: Pick<Images, 'count' | 'height' | 'width'>,
  image: ImageShape,
): void {
  if (count > 0 && height === image.height && width === image.width) return
  throw new LacunaError(
    'LACUNA_E_SHAPE',
    `the model takes images of ${image.height}×${image.width} but was given ${count} of ${height}×${width}`,
    'Create the model with the shape of the images, and give it at least one.',
  )
}

/**
 * Sets the pixels of each patch, in an image a row, to `value`.
 * @throws LACUNA_E_SHAPE if a patch reaches outside the image
 */
export function fillPatches(
  images: Float32Array,
  patches: readonly Patch[],
  image: ImageShape,
  value: number,
): void {
  requirePatches(patches, image)
  const pixels = image.height * image.width
  // Plain loops: for so few pixels `fill` takes several times as long.
  for (const [i, { row, column, height, width }] of patches.entries())
    for (let r = row; r < row + height; r++) {
      const start = i * pixels + r * image.width + column
      for (let p = start; p < start + width; p++) images[p] = value
    }
}

/** @throws LACUNA_E_SHAPE if a patch does not lie inside the image, or not on whole pixels */
export function requirePatches(patches: readonly Patch[], image: ImageShape): void {
  const misplaced = patches.findIndex(
    ({ row, column, height, width }) =>
      !(
        height > 0 &&
        width > 0 &&
        row >= 0 &&
        column >= 0 &&
        row + height <= image.height &&
        column + width <= image.width &&
        [row, column, height, width].every(Number.isInteger)
      ),
  )
  if (misplaced < 0) return
  const { row, column, height, width } = patches[misplaced]!
  throw new LacunaError(
    'LACUNA_E_SHAPE',
    `patch ${misplaced} (row ${row}, column ${column}, ${height}×${width}) does not lie inside an image of ${image.height}×${image.width}`,
    'A patch is { row, column, height, width } in whole pixels, inside the image.',
  )
}

/**
 * Checks that a mask has the shape of the images and holds nothing but 0 and 1.
 * @throws LACUNA_E_SHAPE or LACUNA_E_OPTION naming the first other value
 */
export function requireMask(mask: Matrix, rows: number, cols: number): void {
  requireShape('mask', mask, rows, cols)
  const { data } = mask
  let at = 0
  while (at < data.length && (data[at] === 0 || data[at] === 1)) at++
  if (at < data.length)
    throw new LacunaError(
      'LACUNA_E_OPTION',
      `the mask holds ${mask.data[at]} at row ${Math.floor(at / cols)}, column ${at % cols}`,
      'A mask is 1 where a pixel is missing and 0 elsewhere.',
    )
}

/**
 * Checks what a hole is to be filled in: images of so many pixels, all of them finite, and a mask.
 * @throws LACUNA_E_SHAPE, LACUNA_E_NOT_FINITE, or LACUNA_E_OPTION if the mask holds anything but 0 and 1
 */
export function requireIncomplete(z: Matrix, mask: Matrix, pixels: number): void {
  requireShape('z', z, z.rows, pixels)
  requireFinite('z', z)
  requireMask(mask, z.rows, pixels)
}

/**
 * z·(1 − m) + filled·m: takes the hole from `filled` and every observed pixel, bit for bit, from z.
 *
 * @param z with `filled` and `mask` matrices of one shape; the mask is 1 in the hole and 0 elsewhere
 * @throws LACUNA_E_SHAPE if the shapes differ
 */
export function paste(z: Matrix, filled: Matrix, mask: Matrix): Matrix {
  requireShape('filled', filled, z.rows, z.cols)
  requireShape('mask', mask, z.rows, z.cols)
  const out = new Matrix(z.rows, z.cols)
  for (let i = 0; i < z.data.length; i++) out.data[i] = mask.data[i] ? filled.data[i]! : z.data[i]!
  return out
}
