import { Matrix } from '../compute/matrix.js'
import { requireWhole } from '../compute/options.js'
import type { Random } from '../compute/random.js'
import { LacunaError } from '../errors.js'
import { paintBrushStrokes } from './brush-strokes.js'
import { drawHalf } from './half-image.js'
import { fillPatches, type ImageShape, type Patch } from './mask.js'
import { drawRectangle } from './random-rectangle.js'
import { drawPatches, sheetPatch } from './remove-patch.js'

/** Draws one mask into the pixels of one image, which are all 0. */
type MaskDrawing = (mask: Float32Array, image: ImageShape, random: Random) => void

const rectangular =
  (draw: (image: ImageShape, random: Random) => Patch): MaskDrawing =>
  (mask, image, random) =>
    fillPatches(mask, [draw(image, random)], image, 1)

/** The side of the sheet's images. */
const SIDE = 28

/** The sheet's patch, near the centre; where images are not 28×28 its size grows with them. */
function drawSheetPatch(image: ImageShape, random: Random): Patch {
  const { height, width, jitter } = sheetPatch
  const scaled = (size: number, side: number) => Math.round((size * side) / SIDE)
  const patch = {
    height: Math.max(1, scaled(height, image.height)),
    width: Math.max(1, scaled(width, image.width)),
    jitter: scaled(jitter, Math.min(image.height, image.width)),
  }
  return drawPatches(1, image, random, patch)[0]!
}

/** How a mask of each kind is drawn. */
export const maskDrawings = {
  patch: rectangular(drawSheetPatch),
  strokes: (mask, image, random) =>
    paintBrushStrokes(mask, image, random, { least: 0.05, most: 0.2 }),
  rectangle: rectangular(drawRectangle),
  half: rectangular(drawHalf),
} satisfies Record<string, MaskDrawing>

/**
 * The kinds of holes that methods are compared on: the sheet's `patch`, brush `strokes` over 5 to
 * 20 % of the image, a `rectangle` of up to half of it, and `half` of it.
 */
export type MaskKind = keyof typeof maskDrawings

/** The names of the kinds of masks. */
export const maskKinds = Object.keys(maskDrawings) as readonly MaskKind[]

/**
 * Draws n masks of one kind, one after the other: the first of many are those of fewer.
 *
 * @param image shape of the images, at least one pixel
 * @returns n×pixels, 1 in the hole and 0 elsewhere; at least one pixel of each is missing
 * @throws LACUNA_E_OPTION if there is no such kind, n is not a whole number ≥ 0, or height or width is
 *   none ≥ 1
 *
 * @example
 * ```ts
 * const mask = drawMasks('strokes', 100, { height: 28, width: 28 }, new Random(1)) // 100×784
 * ```
 */
export function drawMasks(kind: MaskKind, n: number, image: ImageShape, random: Random): Matrix {
  if (!Object.hasOwn(maskDrawings, kind))
    throw new LacunaError(
      'LACUNA_E_OPTION',
      `there is no kind of mask '${kind}'`,
      `Kinds are ${maskKinds.join(', ')}.`,
    )
  requireWhole('the number of masks', n, 0)
  for (const size of [image.height, image.width])
    requireWhole('height and width of the image', size)
  const mask = new Matrix(n, image.height * image.width)
  for (let i = 0; i < n; i++) maskDrawings[kind](mask.row(i), image, random)
  return mask
}
