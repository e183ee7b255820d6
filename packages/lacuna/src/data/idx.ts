/**
 * IDX, the format of MNIST: two zero bytes, a byte for the element type, a byte for the number of
 * dimensions, their sizes as unsigned 32-bit big-endian numbers, then the elements in row-major
 * order (LeCun, Cortes & Burges, "The MNIST database of handwritten digits").
 */
import { inflatedPieces } from '../compute/inflated-pieces.js'
import { LacunaError } from '../errors.js'
import { Images } from './images.js'

const UNSIGNED_BYTE = 0x08
const elementTypes: Record<number, string> = {
  [UNSIGNED_BYTE]: 'unsigned bytes',
  9: 'signed bytes',
  11: '16-bit integers',
  12: '32-bit integers',
  13: '32-bit floats',
  14: '64-bit floats',
}

const MOST_DIMENSIONS = 8
const LONGEST_HEADER = 4 + 4 * MOST_DIMENSIONS
const MOST_BYTES = 2 ** 31 - 1

const FETCH_AGAIN = 'The file is truncated, damaged or followed by other bytes: fetch it again.'

/** Deflate turns one byte into at most 1032: four times two bits, each pair a copy of 258 bytes. */
const MOST_INFLATION = 1032

/**
 * Reads an IDX file of unsigned bytes, plain or gzipped.
 *
 * The header is read first, and no more memory is taken than it asks for; what it asks for must
 * agree with the length of the file, and of a gzipped file also with the length in the trailer.
 *
 * @param bytes the whole file
 * @returns the sizes of its 1 to 8 dimensions, and a copy of its elements in row-major order
 * @throws LACUNA_E_IDX if the file is not IDX, holds other elements than unsigned bytes, is damaged,
 *   truncated or followed by other bytes, or holds more than 2³¹ − 1 bytes; LACUNA_E_MEMORY if the
 *   memory for a sound file cannot be had
 *
 * @example
 * ```ts
 * const { shape, data } = await readIdx(bytes) // shape [60000, 28, 28] for MNIST's training images
 * ```
 */
export async function readIdx(bytes: Uint8Array): Promise<{ shape: number[]; data: Uint8Array }> {
  if (!(bytes instanceof Uint8Array))
    throw new LacunaError(
      'LACUNA_E_IDX',
      `bytes were expected, not ${bytes === null ? 'null' : typeof bytes}`,
      'Pass the file as a Uint8Array.',
    )
  if (bytes[0] === 0x1f && bytes[1] === 0x8b) return readGzipped(bytes)
  const { shape, start, length } = readHeader(bytes, 'the file')
  requireLength(bytes.length, shape, length, 'the file')
  return { shape, data: new Uint8Array(bytes.subarray(start)) }
}

async function readGzipped(bytes: Uint8Array): Promise<{ shape: number[]; data: Uint8Array }> {
  const where = 'the unpacked file'
  const head = new Uint8Array(LONGEST_HEADER)
  const headLength = Math.min(await inflate(bytes, head), LONGEST_HEADER)
  const { shape, start, length } = readHeader(head.subarray(0, headLength), where)

  // Both checks come before the memory: the trailer ends with the length of what was packed.
  const trailer = new DataView(bytes.buffer, bytes.byteOffset + bytes.length - 4, 4)
  requireLength(trailer.getUint32(0, true), shape, length, `${where}, by its gzip trailer,`)
  if (length > bytes.length * MOST_INFLATION)
    throw new LacunaError(
      'LACUNA_E_IDX',
      `the shape ${shape.join('×')} takes ${length} bytes, more than ${bytes.length} bytes of gzip can unpack to`,
      FETCH_AGAIN,
    )

  const unpacked = allocate(length)
  requireLength(await inflate(bytes, unpacked), shape, length, where)
  return { shape, data: unpacked.subarray(start) }
}

/** Sizes of the dimensions, where the elements start, and how long the whole file must be. */
function readHeader(bytes: Uint8Array, where: string) {
  const fail = (found: string, expected: string): never => {
    throw new LacunaError(
      'LACUNA_E_IDX',
      `${found} of ${where}; expected ${expected}`,
      'Give an IDX file of unsigned bytes, plain or gzipped, such as those of MNIST.',
    )
  }
  const requireHeader = (length: number): void => {
    if (bytes.length < length)
      fail(`the header breaks off at byte ${bytes.length}`, `${length} bytes of header or more`)
  }

  requireHeader(4)
  if (bytes[0] !== 0 || bytes[1] !== 0)
    fail(`${hex(bytes[0]!)} ${hex(bytes[1]!)} stand at byte 0`, '00 00, which begin an IDX file')
  const type = bytes[2]!
  if (type !== UNSIGNED_BYTE)
    fail(
      `the element type at byte 2 is ${hex(type)} (${elementTypes[type] ?? 'unknown'})`,
      `${hex(UNSIGNED_BYTE)} (${elementTypes[UNSIGNED_BYTE]})`,
    )
  const dimensions = bytes[3]!
  if (dimensions < 1 || dimensions > MOST_DIMENSIONS)
    fail(`byte 3 gives ${dimensions} dimensions`, `1 to ${MOST_DIMENSIONS}`)
  const start = 4 + 4 * dimensions
  requireHeader(start)

  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength)
  const shape = Array.from({ length: dimensions }, (_, i) => view.getUint32(4 + 4 * i))
  const size = product(shape)
  if (size > MOST_BYTES)
    fail(
      `the shape ${shape.join('×')} at byte 4`,
      `sizes whose product is at most ${MOST_BYTES} bytes`,
    )
  return { shape, start, length: start + size }
}

function requireLength(found: number, shape: number[], length: number, where: string): void {
  if (found !== length)
    throw new LacunaError(
      'LACUNA_E_IDX',
      `the shape ${shape.join('×')} takes ${length} bytes with its header, but ${where} ` +
        (found < length ? `ends at byte ${found}` : `goes on after byte ${length}`),
      FETCH_AGAIN,
    )
}

/**
 * Unpacks gzip into `target` and returns how many bytes came out. It stops as soon as there are
 * more than fit; otherwise the stream was read to its end, and its checksum was right.
 */
async function inflate(bytes: Uint8Array, target: Uint8Array): Promise<number> {
  let length = 0
  try {
    for await (const piece of inflatedPieces(bytes, 'gzip')) {
      target.set(piece.subarray(0, target.length - length), length)
      length += piece.length
      if (length > target.length) break
    }
    return length
  } catch (cause) {
    throw new LacunaError(
      'LACUNA_E_IDX',
      `the gzip stream is damaged or truncated: it breaks off after byte ${length} of the unpacked file`,
      'Fetch the file again, or give it unpacked.',
      { cause },
    )
  }
}

function allocate(length: number): Uint8Array {
  try {
    return new Uint8Array(length)
  } catch (cause) {
    throw new LacunaError(
      'LACUNA_E_MEMORY',
      `${length} bytes for the elements of an IDX file could not be had`,
      'Close other programs, or use a smaller file.',
      { cause },
    )
  }
}

function product(shape: number[]): number {
  return shape.includes(0) ? 0 : shape.reduce((size, n) => size * n, 1)
}

function hex(byte: number): string {
  return `0x${byte.toString(16).padStart(2, '0')}`
}

/**
 * Reads a file of images: IDX with the dimensions count, height and width.
 * @throws LACUNA_E_IDX as readIdx, and if there are not three dimensions or an image has no pixels
 *
 * @example
 * ```ts
 * const images = await readImages(bytes)
 * images.matrix(0, 10) // the first ten as rows of pixels in [−1, 1]
 * ```
 */
export async function readImages(bytes: Uint8Array): Promise<Images> {
  const { shape, data } = await readIdx(bytes)
  const [count, height, width] = shape
  if (shape.length !== 3 || height === 0 || width === 0)
    throw new LacunaError(
      'LACUNA_E_IDX',
      `the shape at byte 4 is ${shape.join('×')}; images need count×height×width`,
      'Give a file of images; MNIST calls them …-images-idx3-ubyte.',
    )
  return new Images(count!, height!, width!, data)
}

/**
 * Reads a file of labels: IDX with one dimension, a byte for each example.
 * @throws LACUNA_E_IDX as readIdx, and if there is not exactly one dimension
 *
 * @example
 * ```ts
 * const labels = await readLabels(bytes) // Uint8Array [7, 2, 1, …] for MNIST's test set
 * ```
 */
export async function readLabels(bytes: Uint8Array): Promise<Uint8Array> {
  const { shape, data } = await readIdx(bytes)
  if (shape.length !== 1)
    throw new LacunaError(
      'LACUNA_E_IDX',
      `the shape at byte 4 is ${shape.join('×')}; labels need one dimension`,
      'Give a file of labels; MNIST calls them …-labels-idx1-ubyte.',
    )
  return data
}

/**
 * An IDX file of unsigned bytes, not compressed.
 * @param shape 1 to 8 whole numbers from 0 to 2³² − 1
 * @param data as many bytes as the product of the shape, in row-major order
 * @throws LACUNA_E_SHAPE if the shape does not fit the format or the data
 *
 * @example
 * ```ts
 * writeIdx([2, 28, 28], images.slice(0, 2).pixels)
 * ```
 */
export function writeIdx(shape: number[], data: Uint8Array): Uint8Array {
  const sound = shape.every(n => Number.isInteger(n) && n >= 0 && n <= 0xffffffff)
  if (
    !sound ||
    shape.length < 1 ||
    shape.length > MOST_DIMENSIONS ||
    product(shape) !== data.length
  )
    throw new LacunaError(
      'LACUNA_E_SHAPE',
      `${data.length} bytes cannot be stored as IDX with the shape [${shape.join(', ')}]`,
      'Give 1 to 8 whole numbers whose product is the number of bytes.',
    )
  const file = new Uint8Array(4 + 4 * shape.length + data.length)
  file.set([0, 0, UNSIGNED_BYTE, shape.length])
  const view = new DataView(file.buffer)
  for (let i = 0; i < shape.length; i++) view.setUint32(4 + 4 * i, shape[i]!)
  file.set(data, 4 + 4 * shape.length)
  return file
}
