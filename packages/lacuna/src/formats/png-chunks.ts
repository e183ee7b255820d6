/** A chunk of a PNG: its type, its content, and all its bytes, from the length to the checksum. */
export type Chunk = {
  readonly type: string
  readonly content: Uint8Array
  readonly all: Uint8Array
}

/** The header of a PNG (W3C, PNG, 11.2.2). */
export type Header = {
  readonly width: number
  readonly height: number
  /** Bits of a sample, or of an index into the palette. */
  readonly depth: number
  readonly colourType: number
  readonly interlaced: boolean
}

/** Samples of a pixel, by colour type: gray, RGB, palette, gray with alpha, RGB with alpha. */
const SAMPLES = new Map([
  [0, 1],
  [2, 3],
  [3, 1],
  [4, 2],
  [6, 4],
])

/** The depths that each colour type allows (W3C, PNG, table 11.1). */
const DEPTHS = new Map([
  [0, [1, 2, 4, 8, 16]],
  [2, [8, 16]],
  [3, [1, 2, 4, 8]],
  [4, [8, 16]],
  [6, [8, 16]],
])

/** First column and row of each pass of Adam7, and its steps (W3C, PNG, 8.2). */
const ADAM7 = [
  [0, 0, 8, 8],
  [4, 0, 8, 8],
  [0, 4, 4, 8],
  [2, 0, 4, 4],
  [0, 2, 2, 4],
  [1, 0, 2, 2],
  [0, 1, 1, 2],
] as const

export const SIGNATURE = Uint8Array.of(137, 80, 78, 71, 13, 10, 26, 10)

const latin1 = new TextDecoder('latin1')

/**
 * The chunks of a PNG up to its end. A chunk is the length of its content, its type, the content and
 * a checksum, which is not looked at (W3C, PNG, 5.3).
 * @throws Error if there is no signature, or the bytes break off
 */
export function chunksOf(bytes: Uint8Array): Chunk[] {
  if (!SIGNATURE.every((byte, i) => bytes[i] === byte))
    throw new Error('the bytes do not begin as a PNG does')
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength)
  const chunks: Chunk[] = []
  for (let at = SIGNATURE.length; chunks.at(-1)?.type !== 'IEND'; ) {
    const length = at + 8 <= bytes.length ? view.getUint32(at) : Number.POSITIVE_INFINITY
    const end = at + 12 + length
    if (end > bytes.length) throw new Error(`the chunk at byte ${at} breaks off`)
    const type = latin1.decode(bytes.subarray(at + 4, at + 8))
    chunks.push({ type, content: bytes.subarray(at + 8, end - 4), all: bytes.subarray(at, end) })
    at = end
  }
  return chunks
}

/**
 * The header, which is the first chunk and the only one of its kind.
 * @throws Error if it is not, or says what PNG does not allow
 */
export function headerOf(chunks: readonly Chunk[]): Header {
  const [first, ...others] = chunks
  if (first?.type !== 'IHDR' || first.content.length !== 13)
    throw new Error('it does not begin with its header')
  if (others.some(({ type }) => type === 'IHDR')) throw new Error('it has two headers')
  const { content } = first
  const view = new DataView(content.buffer, content.byteOffset, content.byteLength)
  const [width, height] = [view.getUint32(0), view.getUint32(4)]
  const [depth, colourType, compression, filter, interlace] = content.subarray(8)
  if (width === 0 || height === 0) throw new Error(`it has ${width}×${height} pixels`)
  if (!DEPTHS.get(colourType!)?.includes(depth!))
    throw new Error(`it has the colour type ${colourType} with ${depth} bits`)
  if (compression !== 0 || filter !== 0 || interlace! > 1)
    throw new Error(`it has the methods ${compression}, ${filter} and ${interlace}`)
  return { width, height, depth: depth!, colourType: colourType!, interlaced: interlace === 1 }
}

/** How many bytes the pixels take before they are compressed: each row begins with its filter. */
export function inflatedLength({ width, height, depth, colourType, interlaced }: Header): number {
  const rows = (columns: number, count: number) =>
    columns > 0 ? count * (1 + Math.ceil((columns * depth * SAMPLES.get(colourType)!) / 8)) : 0
  if (!interlaced) return rows(width, height)
  return ADAM7.reduce(
    (sum, [column, row, right, down]) =>
      sum +
      rows(
        Math.max(0, Math.ceil((width - column) / right)),
        Math.max(0, Math.ceil((height - row) / down)),
      ),
    0,
  )
}
