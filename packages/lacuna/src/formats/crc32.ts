/**
 * The tables for slicing by four (Kounavis & Berry 2005): entry 256·k + n is the remainder of byte n
 * followed by k zero bytes, under the reflected polynomial 0xEDB88320 of IEEE 802.3.
 */
const remainders = new Uint32Array(4 * 256)
for (let n = 0; n < 256; n++) {
  let remainder = n
  for (let bit = 0; bit < 8; bit++)
    remainder = remainder & 1 ? (remainder >>> 1) ^ 0xedb88320 : remainder >>> 1
  remainders[n] = remainder
}
for (let n = 256; n < remainders.length; n++) {
  const shorter = remainders[n - 256]!
  remainders[n] = (shorter >>> 8) ^ remainders[shorter & 255]!
}

/**
 * CRC-32 as in gzip, PNG and zip: a whole number from 0 to 2³² − 1. It detects damage, not forgery.
 *
 * @param previous the CRC-32 of the bytes before these, so that a long text can be taken in parts
 *
 * @example
 * ```ts
 * const whole = crc32(bytes)
 * crc32(bytes.subarray(100), crc32(bytes.subarray(0, 100))) === whole
 * ```
 */
export function crc32(bytes: Uint8Array, previous = 0): number {
  const t = remainders
  let crc = ~previous
  let i = 0
  for (; i + 4 <= bytes.length; i += 4) {
    crc ^= bytes[i]! | (bytes[i + 1]! << 8) | (bytes[i + 2]! << 16) | (bytes[i + 3]! << 24)
    crc =
      t[768 + (crc & 255)]! ^
      t[512 + ((crc >>> 8) & 255)]! ^
      t[256 + ((crc >>> 16) & 255)]! ^
      t[crc >>> 24]!
  }
  for (; i < bytes.length; i++) crc = (crc >>> 8) ^ t[(crc ^ bytes[i]!) & 255]!
  return ~crc >>> 0
}

/**
 * The mark by which a checkpoint recognises the data it was trained on: `crc32:` and eight
 * hexadecimal digits.
 *
 * @example
 * ```ts
 * fingerprint(new TextEncoder().encode('123456789')) // 'crc32:cbf43926'
 * ```
 */
export function fingerprint(bytes: Uint8Array): string {
  return `crc32:${crc32(bytes).toString(16).padStart(8, '0')}`
}
