import type { Random } from '../compute/random.js'
import { paintBrushStrokes } from './brush-strokes.js'
import { maskDrawings } from './draw-masks.js'
import type { ImageShape } from './mask.js'

/** Of all masks to learn from, half are brush strokes, three in ten rectangles, the rest patches. */
const [STROKES, RECTANGLES] = [0.5, 0.3]

/** How much of an image the strokes cover: more and less than where methods are compared. */
const SHARE = { least: 0.03, most: 0.25 }

/**
 * Draws a mask to learn from into the pixels of one image, which are all 0: brush strokes, a rectangle
 * of up to half the image, or the sheet's patch.
 */
export function drawTrainingMask(mask: Float32Array, image: ImageShape, random: Random): void {
  const kind = random.uniform()
  if (kind < STROKES) paintBrushStrokes(mask, image, random, SHARE)
  else if (kind < STROKES + RECTANGLES) maskDrawings.rectangle(mask, image, random)
  else maskDrawings.patch(mask, image, random)
}
