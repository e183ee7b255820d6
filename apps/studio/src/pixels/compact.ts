import { PIXELS } from './grid.js'

/** Bytes as base64 that can stand in a link: − and _ for + and /, no padding. */
export function toBase64(bytes: Uint8Array): string {
  return btoa(String.fromCharCode(...bytes))
    .replaceAll('+', '-')
    .replaceAll('/', '_')
    .replace(/=+$/, '')
}

/** The bytes, or undefined if the text is damaged. */
export function fromBase64(text: string): Uint8Array | undefined {
  try {
    const binary = atob(text.replaceAll('-', '+').replaceAll('_', '/'))
    return Uint8Array.from(binary, character => character.charCodeAt(0))
  } catch {
    return undefined
  }
}

/** A mask in 98 bytes, a bit a pixel. */
export function packMask(mask: Uint8Array): string {
  const bytes = new Uint8Array(PIXELS / 8)
  for (let at = 0; at < PIXELS; at++) bytes[at >> 3]! |= mask[at]! << (at & 7)
  return toBase64(bytes)
}

/** The mask, or undefined if the text is none. */
export function unpackMask(text: string): Uint8Array | undefined {
  const bytes = fromBase64(text)
  if (bytes?.length !== PIXELS / 8) return undefined
  return Uint8Array.from({ length: PIXELS }, (_, at) => (bytes[at >> 3]! >> (at & 7)) & 1)
}

/**
 * Levels of gray, of which most are black: a byte for each pixel that is not, and for each run of
 * black pixels 0 and its length.
 */
export function packLevels(levels: Uint8Array): string {
  const bytes: number[] = []
  for (let at = 0; at < PIXELS; at++) {
    if (levels[at] !== 0) {
      bytes.push(levels[at]!)
      continue
    }
    let end = at + 1
    while (end < PIXELS && levels[end] === 0 && end - at < 255) end++
    bytes.push(0, end - at)
    at = end - 1
  }
  return toBase64(Uint8Array.from(bytes))
}

/** The levels, or undefined if the text is none. */
export function unpackLevels(text: string): Uint8Array | undefined {
  const bytes = fromBase64(text)
  if (!bytes) return undefined
  const levels = new Uint8Array(PIXELS)
  let at = 0
  for (let i = 0; i < bytes.length && at < PIXELS; i++) {
    if (bytes[i] === 0) at += bytes[++i] ?? 0
    else levels[at++] = bytes[i]!
  }
  return at === PIXELS ? levels : undefined
}
