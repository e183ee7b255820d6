/**
 * The two 16-bit floating-point formats. Every value of either is a float32, so widening rounds nothing;
 * signs of zero and the bits of a NaN stay. Narrowing rounds to the nearest, ties to even.
 */

/** IEEE 754 binary16: 1 bit of sign, 5 of exponent (bias 15), 10 of fraction. */
export function widenBinary16(halves: Uint16Array): Float32Array {
  const words = new Uint32Array(halves.length)
  const values = new Float32Array(words.buffer)
  for (let i = 0; i < halves.length; i++) {
    const sign = (halves[i]! & 0x8000) << 16
    const exponent = (halves[i]! >> 10) & 31
    const fraction = halves[i]! & 0x3ff
    if (exponent === 0) {
      values[i] = fraction / 16777216 // subnormal or zero: fraction · 2⁻²⁴
      words[i]! |= sign
    } else {
      // float32 has a bias of 127, and marks infinities and NaN by the exponent 255 instead of 31.
      const widened = exponent === 31 ? 255 : exponent - 15 + 127
      words[i] = sign | (widened << 23) | (fraction << 13)
    }
  }
  return values
}

/** bfloat16: the upper half of a float32. */
export function widenBfloat16(halves: Uint16Array): Float32Array {
  const words = Uint32Array.from(halves, half => half << 16)
  return new Float32Array(words.buffer)
}

/** The largest finite binary16, and half a unit in its last place more: what from there on is infinite. */
const OVERFLOW = 65520

/** float32 to IEEE 754 binary16; beyond 65,504 by half a unit or more lies infinity. */
export function narrowBinary16(values: Float32Array): Uint16Array {
  const words = new Uint32Array(values.buffer, values.byteOffset, values.length)
  return Uint16Array.from(words, (word, i) => {
    const sign = (word >>> 16) & 0x8000
    const size = Math.abs(values[i]!)
    if (Number.isNaN(size)) return sign | 0x7e00
    if (size >= OVERFLOW) return sign | 0x7c00
    // Below the least normal number, 2⁻¹⁴, halves lie 2⁻²⁴ apart, and the bits count them.
    if (size < 2 ** -14) return sign | roundToEven(size * 2 ** 24)
    // The exponent's bias goes from 127 to 15. A carry out of the fraction counts the exponent up.
    const bits = (word & 0x7fffffff) - ((127 - 15) << 23)
    return sign | roundToEven(bits / 2 ** 13)
  })
}

/** The nearest whole number; of two as near, the even one. */
function roundToEven(x: number): number {
  const below = Math.floor(x)
  const beyond = x - below
  return beyond > 0.5 || (beyond === 0.5 && below % 2 === 1) ? below + 1 : below
}
