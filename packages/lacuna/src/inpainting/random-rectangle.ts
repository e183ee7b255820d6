import type { Random } from '../compute/random.js'
import type { ImageShape, Patch } from './mask.js'

/** The shortest side of a rectangle, as a share of the image's: 4 pixels of 28. */
const SHORTEST = 1 / 7

/**
 * Draws a rectangular hole of up to half the image: first its height, uniform from a seventh of the
 * image's to all of it, then its width, likewise but so that no more than half of the pixels are
 * missing, then its place, uniform over those where it lies inside.
 *
 * @example
 * ```ts
 * const { row, column, height, width } = drawRectangle({ height: 28, width: 28 }, new Random(1))
 * ```
 */
export function drawRectangle(image: ImageShape, random: Random): Patch {
  const most = Math.max(1, Math.floor((image.height * image.width) / 2))
  const height = drawSide(image.height, most, random)
  const width = drawSide(image.width, Math.floor(most / height), random)
  const row = random.integer(0, image.height - height + 1)
  const column = random.integer(0, image.width - width + 1)
  return { row, column, height, width }
}

/** A length, uniform from a seventh of the whole to the whole, or to `most` if that is less. */
function drawSide(whole: number, most: number, random: Random): number {
  const longest = Math.min(whole, most)
  const shortest = Math.min(longest, Math.ceil(SHORTEST * whole))
  return random.integer(shortest, longest + 1)
}
