import { type ImageShape, writeGrayPng } from 'lacuna'
import { ADVANCE, letter } from './lettering.js'

/** A row of the picture: what it is called, and its images. */
export interface PictureRow {
  readonly name: string
  /** The images, one byte a pixel. */
  readonly pixels: Uint8Array
}

/** Pixels of the picture for one of an image, and for a dot of a letter. */
const SCALE = 2
const DOT = 2

// Dark, as digits are, so that it suits pages that are white and pages that are not.
const [PAPER, INK] = [38, 235]

/** Pixels between images, and beside a name. */
const [GAP, MARGIN] = [3, 10]

/**
 * The images of all rows as one PNG, each row behind its name.
 * @param rows at least one, all with as many images
 */
export async function comparisonPicture(
  rows: readonly PictureRow[],
  image: ImageShape,
): Promise<Uint8Array> {
  const label = 2 * MARGIN + DOT * ADVANCE * Math.max(...rows.map(({ name }) => name.length))
  const [cellHeight, cellWidth] = [SCALE * image.height + GAP, SCALE * image.width + GAP]
  const count = rows[0]!.pixels.length / (image.height * image.width)
  const width = label + count * cellWidth
  const height = GAP + rows.length * cellHeight
  const picture = new Uint8Array(width * height).fill(PAPER)
  for (const [r, { name, pixels }] of rows.entries()) {
    const top = GAP + r * cellHeight
    letter(picture, width, name, MARGIN, top + Math.floor((cellHeight - 9 * DOT) / 2), DOT, INK)
    for (let i = 0; i < count; i++) {
      const left = label + i * cellWidth
      for (let y = 0; y < SCALE * image.height; y++)
        for (let x = 0; x < SCALE * image.width; x++)
          picture[(top + y) * width + left + x] =
            pixels[
              (i * image.height + Math.floor(y / SCALE)) * image.width + Math.floor(x / SCALE)
            ]!
    }
  }
  return await writeGrayPng(picture, width, height, {
    Title: 'Incomplete images and their completions',
    Description: `One row each, from above: ${rows.map(({ name }) => name).join(', ')}`,
  })
}
