import { cos, sin } from '../compute/elementary.js'
import type { Random } from '../compute/random.js'
import { LacunaError } from '../errors.js'
import type { ImageShape } from './mask.js'

/** The least and the most of an image that may be missing, as shares of its pixels. */
export type Share = { readonly least: number; readonly most: number }

/** Radius of the brush in an image of 28×28 pixels; in others it grows with the side. */
const [THINNEST, THICKEST] = [0.8, 2.2]

/** The side of that image. */
const SIDE = 28

/** How far the brush goes between two discs, in radii; and how much it turns there, in radians. */
const [ADVANCE, TURN] = [0.5, 0.4]

/** The most discs of one stroke. */
const MOST_DISCS = 40

/**
 * Paints the mask of random brush strokes: 1 in the hole, 0 elsewhere. A stroke is a random walk of
 * a disc, from a place that is uniform over the image, in a direction φ that turns as it goes,
 *
 *   φ ← φ + 0.4·ε,  (x, y) ← (x, y) + r/2·(cos φ, sin φ),  ε ~ N(0, 1),
 *
 * with a radius r uniform in 0.8 … 2.2 pixels of 28. It ends after up to 40 discs, or where it leaves
 * the image, and another begins, until exactly as many pixels are missing as were drawn at first,
 * uniformly over the share; so the last disc may be cut.
 *
 * @param mask the pixels of one image, all 0
 * @param random draws the share, then the strokes
 * @param share between 0 and 1; at least one pixel is missing
 * @throws LACUNA_E_OPTION if the share is not a range in 0 … 1
 */
export function paintBrushStrokes(
  mask: Float32Array,
  image: ImageShape,
  random: Random,
  { least, most }: Share,
): void {
  if (!(least >= 0 && least <= most && most <= 1))
    throw new LacunaError(
      'LACUNA_E_OPTION',
      `brush strokes cannot cover from ${least} to ${most} of an image`,
      'Give two shares from 0 to 1, the smaller one first.',
    )
  const { height, width } = image
  const pixels = height * width
  const scale = Math.sqrt(pixels) / SIDE
  let left = Math.max(1, Math.round(pixels * (least + (most - least) * random.uniform())))
  while (left > 0) {
    // No less than the way from anywhere to the nearest pixel, so that every stroke leaves a trace.
    const drawn = scale * (THINNEST + (THICKEST - THINNEST) * random.uniform())
    const radius = Math.max(Math.SQRT1_2, drawn)
    const discs = random.integer(1, MOST_DISCS + 1)
    // Pixel (row, column) has its centre at (column, row), and reaches half a pixel round it.
    let [x, y] = [width * random.uniform() - 0.5, height * random.uniform() - 0.5]
    let angle = 2 * Math.PI * random.uniform()
    for (let disc = 0; disc < discs && left > 0 && isInside(x, y, image); disc++) {
      left -= paintDisc(mask, image, x, y, radius, left)
      angle += TURN * random.normal()
      x += ADVANCE * radius * cos(angle)
      y += ADVANCE * radius * sin(angle)
    }
  }
}

function isInside(x: number, y: number, { height, width }: ImageShape): boolean {
  return x >= -0.5 && x < width - 0.5 && y >= -0.5 && y < height - 0.5
}

/** Sets the pixels whose centres lie in the disc, row after row; returns how many, `most` at most. */
function paintDisc(
  mask: Float32Array,
  { height, width }: ImageShape,
  x: number,
  y: number,
  radius: number,
  most: number,
): number {
  let painted = 0
  const [top, bottom] = [Math.max(0, Math.ceil(y - radius)), Math.min(height - 1, y + radius)]
  const [start, end] = [Math.max(0, Math.ceil(x - radius)), Math.min(width - 1, x + radius)]
  for (let row = top; row <= bottom; row++)
    for (let column = start; column <= end; column++) {
      const pixel = row * width + column
      const [dx, dy] = [column - x, row - y]
      if (mask[pixel] || dx * dx + dy * dy > radius * radius) continue
      if (painted === most) return painted
      mask[pixel] = 1
      painted++
    }
  return painted
}
