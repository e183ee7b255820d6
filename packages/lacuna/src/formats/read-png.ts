import type { DecodedPng } from 'fast-png'
import { LacunaError } from '../errors.js'

/** More pixels than any picture here needs, and few enough to be held in memory with ease. */
const MOST_PIXELS = 2 ** 26

/** A gray-scale picture, row by row from the top left. */
export interface GrayPicture {
  readonly width: number
  readonly height: number
  /** One level a pixel, 0 black: to 255 in bytes, to 65,535 in 16-bit numbers. */
  readonly levels: Uint8Array | Uint16Array
  /** How opaque each pixel is, on the scale of the levels; absent if the picture does not say. */
  readonly alpha?: Uint8Array | Uint16Array
  /** Whether it had colours, which are turned to gray: 0.299 R + 0.587 G + 0.114 B (ITU-R BT.601). */
  readonly hadColours: boolean
}

/**
 * Reads a PNG as gray: 1- to 16-bit gray-scale or colour, with a palette or without, with alpha or
 * without. Gray of 1, 2 and 4 bits is stretched to 8.
 *
 * @throws LACUNA_E_PNG if the bytes are no PNG, are damaged, or have more than 2²⁶ pixels
 *
 * @example
 * ```ts
 * const { width, height, levels, alpha } = await readGrayPng(bytes)
 * ```
 */
export async function readGrayPng(bytes: Uint8Array): Promise<GrayPicture> {
  const { convertIndexedToRgb, decode, hasPngSignature } = await import('fast-png')
  if (!hasPngSignature(bytes) || bytes.length < 33)
    throw unreadable('the bytes do not begin as a PNG does')
  // The header comes first: its sizes are looked at before memory is taken for the pixels.
  const header = new DataView(bytes.buffer, bytes.byteOffset + 16, 8)
  const [width, height] = [header.getUint32(0), header.getUint32(4)]
  if (width * height > MOST_PIXELS) throw unreadable(`it has ${width}×${height} pixels`)
  // The decoder takes every interlaced pixel for at least a byte.
  if (bytes[28] === 1 && bytes[24]! < 8)
    throw unreadable(`it is interlaced, with ${bytes[24]} bits a pixel`)
  try {
    const decoded = decode(bytes, { checkCrc: true })
    if (decoded.palette) {
      const channels = decoded.palette[0]!.length
      return toGray(width, height, channels, convertIndexedToRgb(decoded))
    }
    return toGray(width, height, decoded.channels, wholeLevels(decoded))
  } catch (error) {
    throw unreadable((error as Error).message, error)
  }
}

function unreadable(why: string, cause?: unknown): LacunaError {
  return new LacunaError(
    'LACUNA_E_PNG',
    `the picture cannot be read: ${why}`,
    'Use an undamaged PNG of at most 8192×8192 pixels, not interlaced.',
    { cause },
  )
}

/** One number for each level: those of fewer than 8 bits, several in a byte, are stretched to 8. */
function wholeLevels({ data, depth, width, height }: DecodedPng): Uint8Array | Uint16Array {
  if (depth >= 8) return data instanceof Uint16Array ? data : new Uint8Array(data)
  const bytesInRow = Math.ceil((width * depth) / 8)
  const most = 2 ** depth - 1
  return Uint8Array.from({ length: width * height }, (_, at) => {
    const bit = (at % width) * depth
    const byte = data[Math.floor(at / width) * bytesInRow + (bit >> 3)]!
    return (((byte >> (8 - depth - (bit & 7))) & most) * 255) / most
  })
}

/** Gray (1 or 2 channels) or colour (3 or 4), the last of an even number being alpha. */
function toGray(
  width: number,
  height: number,
  channels: number,
  data: Uint8Array | Uint16Array,
): GrayPicture {
  const hadColours = channels >= 3
  const one = () => (data instanceof Uint16Array ? new Uint16Array(size) : new Uint8Array(size))
  const size = width * height
  const [levels, alpha] = [one(), one()]
  for (let i = 0; i < size; i++) {
    const at = i * channels
    levels[i] = hadColours
      ? Math.round(0.299 * data[at]! + 0.587 * data[at + 1]! + 0.114 * data[at + 2]!)
      : data[at]!
    alpha[i] = data[at + channels - 1]!
  }
  return { width, height, levels, hadColours, ...(channels % 2 === 0 && { alpha }) }
}
