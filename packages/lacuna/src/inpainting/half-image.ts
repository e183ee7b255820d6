import type { Random } from '../compute/random.js'
import type { ImageShape, Patch } from './mask.js'

/**
 * Draws half of the image as the hole: the left, the right, the upper or the lower one, each equally
 * likely. Of an odd number of rows or columns the one in the middle is observed, unless there is no
 * other.
 */
export function drawHalf({ height, width }: ImageShape, random: Random): Patch {
  const [rows, columns] = [height, width].map(size => Math.max(1, Math.floor(size / 2))) as Pair
  const upright = { row: 0, height, width: columns }
  const lying = { column: 0, height: rows, width }
  const halves: Patch[] = [
    { ...upright, column: 0 },
    { ...upright, column: width - columns },
    { ...lying, row: 0 },
    { ...lying, row: height - rows },
  ]
  return halves[random.integer(0, halves.length)]!
}

type Pair = [number, number]
