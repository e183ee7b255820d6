import type { DecodedPng } from 'fast-png'
import { LacunaError } from '../errors.js'
import { inflatedSize, MOST_INFLATION } from './inflation.js'
import {
  type Chunk,
  chunksOf,
  type Header,
  headerOf,
  inflatedLength,
  SIGNATURE,
} from './png-chunks.js'

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
  const { convertIndexedToRgb, decode } = await import('fast-png')
  try {
    const { header, png, key } = await requireSound(bytes)
    const decoded = decode(png, { checkCrc: true })
    const { width, height, colourType } = header
    if (colourType === PALETTE) {
      const channels = decoded.palette![0]!.length
      return toGray(width, height, channels, convertIndexedToRgb(decoded))
    }
    return toGray(width, height, decoded.channels, wholeLevels(decoded), key)
  } catch (error) {
    throw unreadable((error as Error).message, error)
  }
}

/** The colour type of indices into a palette. */
const PALETTE = 3

/**
 * Looks at everything that could cost memory or change what the pixels mean, before they are decoded:
 * there is one header, sizes are bounded, and the pixels are as long as they must be. What is no part
 * of the pixels is left out.
 */
async function requireSound(
  bytes: Uint8Array,
): Promise<{ header: Header; png: Uint8Array; key?: Uint16Array }> {
  const chunks = chunksOf(bytes)
  const header = headerOf(chunks)
  const { width, height, depth, colourType, interlaced } = header
  if (width * height > MOST_PIXELS) throw new Error(`it has ${width}×${height} pixels`)
  // The decoder takes every interlaced pixel for at least a byte.
  if (interlaced && depth < 8) throw new Error(`it is interlaced, with ${depth} bits a pixel`)
  const ofType = (wanted: string) => chunks.filter(({ type }) => type === wanted)
  const [data, palettes, transparency] = ['IDAT', 'PLTE', 'tRNS'].map(ofType)
  const compressed = join(data!.map(({ content }) => content))
  const length = inflatedLength(header)
  if (
    length > compressed.length * MOST_INFLATION ||
    (await inflatedSize(compressed, length)) !== length
  )
    throw new Error(`its pixels are not the ${length} bytes that the header says`)
  if (transparency!.length > 1) throw new Error('it says twice what is transparent')
  // A palette may come with colours, too, as a suggestion that nobody here needs.
  const isPalette = colourType === PALETTE
  if (isPalette && (palettes!.length !== 1 || palettes![0]!.content.length === 0))
    throw new Error('it has not one palette')
  const colours = isPalette ? [...palettes!, ...transparency!] : []
  const parts = [chunks[0]!, ...colours, ...data!, chunks.at(-1)!].map(({ all }) => all)
  const key = isPalette ? undefined : keyOf(header, transparency![0])
  return { header, png: join([SIGNATURE, ...parts]), ...(key && { key }) }
}

/**
 * The one transparent colour of a picture without alpha, on the scale of its levels: a number of 16
 * bits for each sample (W3C, PNG, 11.3.2.1). Where there is alpha, it says nothing.
 */
function keyOf({ colourType, depth }: Header, chunk: Chunk | undefined): Uint16Array | undefined {
  const samples = { 0: 1, 2: 3 }[colourType]
  if (!chunk || !samples) return undefined
  const { content } = chunk
  if (content.length !== 2 * samples)
    throw new Error(`its transparent colour takes ${content.length} bytes`)
  const scale = depth < 8 ? 255 / (2 ** depth - 1) : 1
  const view = new DataView(content.buffer, content.byteOffset, content.byteLength)
  return Uint16Array.from({ length: samples }, (_, i) => scale * view.getUint16(2 * i))
}

function join(parts: readonly Uint8Array[]): Uint8Array {
  const joined = new Uint8Array(parts.reduce((sum, part) => sum + part.length, 0))
  let at = 0
  for (const part of parts) {
    joined.set(part, at)
    at += part.length
  }
  return joined
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

/**
 * Gray (1 or 2 channels) or colour (3 or 4), the last of an even number being alpha.
 * @param key the colour that is transparent, if there is one in a picture without alpha
 */
function toGray(
  width: number,
  height: number,
  channels: number,
  data: Uint8Array | Uint16Array,
  key?: Uint16Array,
): GrayPicture {
  const hadColours = channels >= 3
  const size = width * height
  const one = () => (data instanceof Uint16Array ? new Uint16Array(size) : new Uint8Array(size))
  const opaque = data instanceof Uint16Array ? 65_535 : 255
  const [levels, alpha] = [one(), one()]
  for (let i = 0; i < size; i++) {
    const at = i * channels
    levels[i] = hadColours
      ? Math.round(0.299 * data[at]! + 0.587 * data[at + 1]! + 0.114 * data[at + 2]!)
      : data[at]!
    alpha[i] = key
      ? key.every((sample, c) => data[at + c] === sample)
        ? 0
        : opaque
      : data[at + channels - 1]!
  }
  return { width, height, levels, hadColours, ...((key || channels % 2 === 0) && { alpha }) }
}
