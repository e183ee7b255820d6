import type { Matrix } from '../compute/matrix.js'
import { LacunaError } from '../errors.js'
import type { ImageShape } from './mask.js'

/** Height and width of the hole that windows are centred on: the sheet's patch. */
export const HOLE_SIDE = 6

/** Pixels of the hole. */
export const HOLE = HOLE_SIDE * HOLE_SIDE

/** The top-left pixel of a hole. */
export type Place = { readonly row: number; readonly column: number }

/** Pixels of a window of this side outside its hole, which is in its centre. */
export function contextSize(side: number): number {
  return side * side - HOLE
}

/**
 * Reads what is around a hole: of the window of `side`×`side` pixels whose centre is the hole, those
 * outside the hole, row by row. However the hole lies in the image, the same input of a network is
 * then the same distance away from it. A window may reach beyond the image.
 *
 * @param pixels images, one behind the other, on any scale
 * @param start where the image begins
 * @param background what there is beyond the image
 * @param into receives `contextSize(side)` numbers from place `at` on
 */
export function readContext(
  pixels: ArrayLike<number>,
  start: number,
  { height, width }: ImageShape,
  { row, column }: Place,
  side: number,
  background: number,
  into: Float32Array,
  at: number,
): void {
  const margin = (side - HOLE_SIDE) / 2
  const [left, right] = [column - margin, column - margin + side]
  // Beyond the image on the left, inside it, and beyond it on the right.
  const [first, last] = [Math.max(left, 0), Math.min(right, width)]
  for (let r = row - margin; r < row - margin + side; r++) {
    if (r < 0 || r >= height) {
      into.fill(background, at, at + side)
      at += side
      continue
    }
    const from = start + r * width
    const [gap, behind] =
      r >= row && r < row + HOLE_SIDE ? [column, column + HOLE_SIDE] : [last, last]
    for (let c = left; c < first; c++) into[at++] = background
    for (let c = first; c < gap; c++) into[at++] = pixels[from + c]!
    for (let c = behind; c < last; c++) into[at++] = pixels[from + c]!
    for (let c = last; c < right; c++) into[at++] = background
  }
}

/** Reads the pixels of a hole, row by row: `HOLE` numbers into `into` from place `at` on. */
export function readHole(
  pixels: ArrayLike<number>,
  start: number,
  { width }: ImageShape,
  { row, column }: Place,
  into: Float32Array,
  at: number,
): void {
  for (let r = 0; r < HOLE_SIDE; r++)
    for (let c = 0; c < HOLE_SIDE; c++) into[at++] = pixels[start + (row + r) * width + column + c]!
}

/**
 * Where the hole of each image is.
 * @param mask n×pixels, 1 in the hole and 0 elsewhere
 * @throws LACUNA_E_SHAPE if a hole is not one whole patch of 6×6 pixels
 */
export function findHoles(mask: Matrix, image: ImageShape): Place[] {
  const { width, height } = image
  return Array.from({ length: mask.rows }, (_, i) => {
    const m = mask.row(i)
    const first = m.indexOf(1)
    const [row, column] = [Math.floor(first / width), first % width]
    const whole = first >= 0 && row + HOLE_SIDE <= height && column + HOLE_SIDE <= width
    let [inPatch, all] = [0, 0]
    for (let j = 0; j < m.length; j++) {
      all += m[j]!
      const [r, c] = [Math.floor(j / width) - row, (j % width) - column]
      if (r >= 0 && r < HOLE_SIDE && c >= 0 && c < HOLE_SIDE) inPatch += m[j]!
    }
    if (!whole || inPatch !== HOLE || all !== HOLE)
      throw new LacunaError(
        'LACUNA_E_SHAPE',
        `the hole of image ${i} has ${all} pixels and is not one patch of ${HOLE_SIDE}×${HOLE_SIDE}`,
        `This model fills holes of ${HOLE_SIDE}×${HOLE_SIDE} pixels, one an image, anywhere inside it. Other holes need a model for any mask.`,
      )
    return { row, column }
  })
}
