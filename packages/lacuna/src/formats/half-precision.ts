/**
 * The two 16-bit floating-point formats, widened to float32. Every value of either is a float32, so
 * nothing is rounded; signs of zero and the bits of a NaN stay.
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
