/** The compressed bytes handed over at once: few, since some engines inflate all of them at once. */
const PIECE = 65_536

/**
 * What some bytes are when they are inflated, piece by piece, so that whoever has seen enough can stop:
 * leave the loop, and no more is inflated.
 * @throws whatever the engine does if the stream is damaged, truncated or followed by other bytes
 */
export async function* inflatedPieces(
  bytes: Uint8Array,
  format: 'gzip' | 'deflate',
): AsyncGenerator<Uint8Array, void, undefined> {
  let at = 0
  const pieces = new ReadableStream<Uint8Array<ArrayBuffer>>({
    pull(controller) {
      if (at >= bytes.length) return controller.close()
      controller.enqueue(new Uint8Array(bytes.subarray(at, at + PIECE)))
      at += PIECE
    },
  })
  const reader = pieces.pipeThrough(new DecompressionStream(format)).getReader()
  try {
    for (;;) {
      const { done, value } = await reader.read()
      if (done) return
      yield value
    }
  } finally {
    reader.cancel().catch(() => {}) // it has failed before, or nobody is interested any more
  }
}
