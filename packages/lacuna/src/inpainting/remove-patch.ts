import { requireKnown } from '../compute/known-options.js'
import { Matrix, requireShape } from '../compute/matrix.js'
import type { Random } from '../compute/random.js'
import { LacunaError } from '../errors.js'
import { fillPatches, type ImageShape, type Patch, squareImage } from './mask.js'

/** Where patches may fall; the defaults are the sheet's. */
export interface PatchOptions {
  /** Shape of the images; a square if left out. */
  readonly image?: ImageShape
  /** Height of the patch; default 6. */
  readonly height?: number
  /** Width of the patch; default 6. */
  readonly width?: number
  /** How far the patch may lie from the centre, in each direction; default 4. */
  readonly jitter?: number
}

/** The sheet's patch: 6×6 pixels, up to 4 from the centre in each direction. */
export const sheetPatch = { height: 6, width: 6, jitter: 4 }

/**
 * Draws one patch for each of n images: row offset j, then column offset k, each uniform over
 * −jitter … jitter round the centre (the sheet's `randint(-4, 5)`).
 */
export function drawPatches(
  n: number,
  image: ImageShape,
  random: Random,
  options: Omit<PatchOptions, 'image'> = {},
): Patch[] {
  const { height, width, jitter } = { ...sheetPatch, ...options }
  const top = Math.floor((image.height - height) / 2)
  const left = Math.floor((image.width - width) / 2)
  const sizes = [height, width, jitter + 1]
  if (sizes.some(size => !Number.isInteger(size) || size < 1) || top < jitter || left < jitter)
    throw new LacunaError(
      'LACUNA_E_OPTION',
      `patches of ${height}×${width} pixels, up to ${jitter} from the centre, do not fit images of ${image.height}×${image.width}`,
      'Choose whole numbers such that the patch stays inside the image wherever it falls.',
    )
  return Array.from({ length: n }, () => {
    const j = random.integer(-jitter, jitter + 1)
    const k = random.integer(-jitter, jitter + 1)
    return { row: top + j, column: left + k, height, width }
  })
}

/**
 * The sheet's perturbation: removes a patch near the centre of each image, leaving gray (0).
 *
 * @param x n×pixels images, one a row, pixels in [−1, 1]
 * @param random where the patches fall
 * @returns `incomplete` z = x·(1 − m), the `mask` m (1 in the hole), both n×pixels, and the `patches`
 * @throws LACUNA_E_OPTION if the patch does not fit; LACUNA_E_SHAPE if x has another number of pixels
 *
 * @example
 * ```ts
 * const { incomplete, mask } = removePatch(x, new Random(1))
 * ```
 */
export function removePatch(
  x: Matrix,
  random: Random,
  options: PatchOptions = {},
): { incomplete: Matrix; mask: Matrix; patches: Patch[] } {
  requireKnown('removePatch', options, ['image', 'height', 'width', 'jitter'])
  const image = options.image ?? squareImage(x.cols)
  requireShape('x', x, x.rows, image.height * image.width)
  const patches = drawPatches(x.rows, image, random, options)
  const mask = new Matrix(x.rows, x.cols)
  fillPatches(mask.data, patches, image, 1)
  const incomplete = new Matrix(x.rows, x.cols, x.data.slice())
  // Filled, not multiplied: x·0 would be −0 where x is negative.
  fillPatches(incomplete.data, patches, image, 0)
  return { incomplete, mask, patches }
}
