import { inflatedPieces } from '../compute/inflated-pieces.js'

/** Deflate turns one byte into at most 1032: four times two bits, each pair a copy of 258 bytes. */
export const MOST_INFLATION = 1032

/**
 * How long some bytes of zlib are when they are inflated, or more than `most` as soon as it is known
 * that they are. Nothing of them is kept, so that no memory is taken for what turns out too long.
 * @throws whatever the engine does if the stream is damaged, truncated or followed by other bytes
 */
export async function inflatedSize(bytes: Uint8Array, most: number): Promise<number> {
  let size = 0
  for await (const piece of inflatedPieces(bytes, 'deflate')) {
    size += piece.length
    if (size > most) break
  }
  return size
}
