import type { Matrix } from '../compute/matrix.js'

/** Some rows of a batch, those with the same mask one after the other. */
export interface MaskGroups {
  /** The numbers of the rows. */
  readonly rows: readonly number[]
  /** Group g is rows[firsts[g]] … rows[firsts[g + 1] − 1], and their masks are equal. */
  readonly firsts: readonly number[]
}

/**
 * Puts rows that share a mask together, so that what depends on the mask alone is computed once, and
 * gives them in portions of at most `most` rows. A group that is larger comes in several.
 */
export function* groupByMask(mask: Matrix, most: number): Generator<MaskGroups> {
  let rows: number[] = []
  let firsts = [0]
  for (const group of equalMasks(mask))
    for (let start = 0; start < group.length; start += most) {
      const part = group.slice(start, start + most)
      if (rows.length + part.length > most) {
        yield { rows, firsts }
        ;[rows, firsts] = [[], [0]]
      }
      rows.push(...part)
      firsts.push(rows.length)
    }
  if (rows.length > 0) yield { rows, firsts }
}

/** The numbers of the rows with each mask, in the order in which the masks first occur. */
function equalMasks(mask: Matrix): Iterable<number[]> {
  const groups = new Map<string, number[]>()
  for (let i = 0; i < mask.rows; i++) {
    const key = bitsOf(mask.row(i))
    const group = groups.get(key)
    if (group) group.push(i)
    else groups.set(key, [i])
  }
  return groups.values()
}

/** A text that is different for every mask: sixteen pixels a character. */
function bitsOf(mask: Float32Array): string {
  let text = ''
  for (let start = 0; start < mask.length; start += 16) {
    const end = Math.min(start + 16, mask.length)
    let word = 0
    for (let pixel = start; pixel < end; pixel++) word = 2 * word + mask[pixel]!
    text += String.fromCharCode(word)
  }
  return text
}
