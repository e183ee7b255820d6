/** Bytes that are copied at a time: a few milliseconds. */
const PIECE = 4 << 20

/** Bytes on their way to a worker. */
export interface SentBytes {
  readonly bytes: Uint8Array
  /** What must be transferred with the message, so that the bytes are not copied once more. */
  readonly transfer: readonly ArrayBuffer[]
}

/**
 * Makes bytes ready for a worker. Those in shared memory go as they are; others are copied once,
 * into shared memory where threads may have that, piece by piece, so that the thread that asks stays
 * responsive with however large a set.
 */
export async function sendBytes(bytes: Uint8Array): Promise<SentBytes> {
  const canShare = typeof SharedArrayBuffer !== 'undefined'
  if (canShare && bytes.buffer instanceof SharedArrayBuffer) return { bytes, transfer: [] }
  const buffer = canShare ? new SharedArrayBuffer(bytes.length) : new ArrayBuffer(bytes.length)
  const copy = new Uint8Array(buffer)
  for (let start = 0; start < bytes.length; start += PIECE) {
    if (start > 0) await new Promise(resolve => setTimeout(resolve))
    copy.set(bytes.subarray(start, start + PIECE), start)
  }
  return { bytes: copy, transfer: buffer instanceof ArrayBuffer ? [buffer] : [] }
}

/** The same for floats, which a worker then has as `Float32Array`. */
export async function sendFloats(
  floats: Float32Array,
): Promise<{ readonly floats: Float32Array } & Pick<SentBytes, 'transfer'>> {
  const { buffer, byteOffset, byteLength } = floats
  const { bytes, transfer } = await sendBytes(new Uint8Array(buffer, byteOffset, byteLength))
  return { floats: new Float32Array(bytes.buffer, bytes.byteOffset, floats.length), transfer }
}
