import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { crc32, fingerprint } from '../dist/formats/crc32.js'

/** CRC-32 as it is defined: long division by the polynomial, one bit at a time. */
function division(bytes: Uint8Array): number {
  let remainder = 0xffffffffn
  for (const byte of bytes) {
    remainder ^= BigInt(byte)
    for (let bit = 0; bit < 8; bit++)
      remainder = remainder & 1n ? (remainder >> 1n) ^ 0xedb88320n : remainder >> 1n
  }
  return Number(remainder ^ 0xffffffffn)
}

describe('crc32', () => {
  test('gives the published check value and other known answers', () => {
    const ascii = (text: string) => new TextEncoder().encode(text)
    expect(crc32(ascii('123456789'))).toBe(0xcbf43926)
    expect(crc32(ascii(''))).toBe(0)
    expect(crc32(ascii('IEND'))).toBe(0xae426082) // the last four bytes of every PNG
    expect(crc32(new Uint8Array(32))).toBe(0x190a55ad)
    expect(crc32(new Uint8Array(32).fill(255))).toBe(0xff6cab0b)
  })

  test('agrees with long division, at any length and offset', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 70 }), fc.nat(5), (bytes, skip) => {
        expect(crc32(bytes.subarray(skip))).toBe(division(bytes.subarray(skip)))
      }),
      { numRuns: 1000 },
    )
  })

  test('can be taken in parts', () => {
    fc.assert(
      fc.property(fc.uint8Array(), fc.uint8Array(), (a, b) => {
        expect(crc32(b, crc32(a))).toBe(crc32(Uint8Array.from([...a, ...b])))
      }),
    )
  })

  test('fingerprint writes eight digits, leading zeros included', () => {
    expect(fingerprint(new TextEncoder().encode('123456789'))).toBe('crc32:cbf43926')
    expect(fingerprint(new Uint8Array(0))).toBe('crc32:00000000')
  })
})
