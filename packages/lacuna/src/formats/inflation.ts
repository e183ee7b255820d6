/** The compressed bytes handed over at once: few, since some engines inflate all of them at once. */
const PIECE = 65_536

/** Deflate turns one byte into at most 1032: four times two bits, each pair a copy of 258 bytes. */
export const MOST_INFLATION = 1032

/**
 * How long some bytes of zlib are when they are inflated, or more than `most` as soon as it is known
 * that they are. Nothing of them is kept, so that no memory is taken for what turns out too long.
 * @throws whatever the engine does if the stream is damaged, truncated or followed by other bytes
 */
export async function inflatedSize(bytes: Uint8Array, most: number): Promise<number> {
  let at = 0
  const pieces = new ReadableStream<Uint8Array<ArrayBuffer>>({
    pull(controller) {
      if (at >= bytes.length) return controller.close()
      controller.enqueue(new Uint8Array(bytes.subarray(at, at + PIECE)))
      at += PIECE
    },
  })
  const reader = pieces.pipeThrough(new DecompressionStream('deflate')).getReader()
  let size = 0
  try {
    while (size <= most) {
      const { done, value } = await reader.read()
      if (done) break
      size += value.length
    }
    return size
  } finally {
    reader.cancel().catch(() => {}) // it has failed before, or nobody is interested any more
  }
}
