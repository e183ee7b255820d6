import { readGrayPng } from 'lacuna'

/** What a PNG is, and the texts in it, such as how Lacuna made it. */
export type PictureDescription = {
  readonly kind: 'picture'
  readonly bytes: number
  readonly width: number
  readonly height: number
  readonly bits: 8 | 16
  readonly colours: boolean
  readonly transparency: boolean
  readonly texts: Readonly<Record<string, string>>
}

const latin1 = new TextDecoder('latin1')

/**
 * Describes a PNG.
 * @throws LACUNA_E_PNG if it is damaged
 */
export async function describePicture(bytes: Uint8Array): Promise<PictureDescription> {
  const { width, height, levels, alpha, hadColours } = await readGrayPng(bytes)
  return {
    kind: 'picture',
    bytes: bytes.length,
    width,
    height,
    bits: levels instanceof Uint16Array ? 16 : 8,
    colours: hadColours,
    transparency: alpha !== undefined,
    texts: Object.fromEntries(texts(bytes)),
  }
}

/**
 * The `tEXt` chunks of a PNG that has been read without a fault: behind the eight bytes of the
 * signature, chunks of length, type, content and checksum; a keyword, a zero byte, and the text
 * (W3C, PNG, 5.3 and 11.3.3.2).
 */
function* texts(bytes: Uint8Array): Generator<[keyword: string, text: string]> {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength)
  for (let at = 8; at + 12 <= bytes.length; ) {
    const length = view.getUint32(at)
    const content = bytes.subarray(at + 8, at + 8 + length)
    const zero = content.indexOf(0)
    if (latin1.decode(bytes.subarray(at + 4, at + 8)) === 'tEXt' && zero > 0)
      yield [latin1.decode(content.subarray(0, zero)), latin1.decode(content.subarray(zero + 1))]
    at += 12 + length
  }
}
