import { Matrix } from '../compute/matrix.js'
import type { Random } from '../compute/random.js'
import type { Images } from '../data/images.js'
import { drawMasks, type MaskKind } from '../inpainting/draw-masks.js'
import { type ImageShape, paste, requireMask } from '../inpainting/mask.js'

/** Whole images, the same with a hole in each, and where it is: what methods are tried on. */
export interface Trial {
  readonly image: ImageShape
  /** n×pixels. */
  readonly truth: Matrix
  /** n×pixels, 0 in the holes. */
  readonly incomplete: Matrix
  /** n×pixels, 1 in the holes and 0 elsewhere. */
  readonly mask: Matrix
}

/**
 * A trial on images, with holes that are given.
 * @throws LACUNA_E_SHAPE or LACUNA_E_OPTION if the mask is not one of these images
 */
export function trialWith(images: Images, mask: Matrix): Trial {
  const truth = images.matrix()
  requireMask(mask, truth.rows, truth.cols)
  const gray = new Matrix(truth.rows, truth.cols)
  const image = { height: images.height, width: images.width }
  return { image, truth, incomplete: paste(truth, gray, mask), mask }
}

/** A trial on images, with holes of one kind. */
export function drawTrial(images: Images, masks: MaskKind, random: Random): Trial {
  return trialWith(images, drawMasks(masks, images.count, images, random))
}

/** Its first n images, sharing their pixels. */
export function firstOf({ image, truth, incomplete, mask }: Trial, n: number): Trial {
  const [t, z, m] = [truth, incomplete, mask].map(x => x.slice(0, n)) as [Matrix, Matrix, Matrix]
  return { image, truth: t, incomplete: z, mask: m }
}
