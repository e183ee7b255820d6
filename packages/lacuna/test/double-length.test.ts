import fc from 'fast-check'
import { expect, test } from 'vitest'
import { twoProduct, twoSum } from '../dist/compute/double-length.js'

/** A float64 number as a whole multiple of 2⁻¹⁰⁷⁴. */
function exact(x: number): bigint {
  const words = new DataView(new ArrayBuffer(8))
  words.setFloat64(0, x)
  const bits = words.getBigUint64(0)
  const exponent = (bits >> 52n) & 0x7ffn
  const mantissa = (bits & 0xfffffffffffffn) | (exponent ? 1n << 52n : 0n)
  const size = mantissa << (exponent ? exponent - 1n : 0n)
  return bits >> 63n ? -size : size
}

const number = fc
  .tuple(fc.double({ min: -2, max: 2, noNaN: true }), fc.integer({ min: -200, max: 200 }))
  .map(([x, exponent]) => (Math.abs(x) < 1e-10 ? 0 : x * 2 ** exponent))

test('sum and its error add up to the sum, exactly', () => {
  fc.assert(
    fc.property(number, number, (a, b) => {
      const [sum, error] = twoSum(a, b)
      expect(sum).toBe(a + b)
      expect(exact(sum) + exact(error)).toBe(exact(a) + exact(b))
    }),
    { numRuns: 2000 },
  )
})

test('product and its error add up to the product, exactly', () => {
  fc.assert(
    fc.property(number, number, (a, b) => {
      const [product, error] = twoProduct(a, b)
      expect(product).toBe(a * b)
      expect((exact(product) + exact(error)) << 1074n).toBe(exact(a) * exact(b))
    }),
    { numRuns: 2000 },
  )
})

test('out of range, the error is 0', () => {
  expect(twoProduct(1e200, 1e200)).toEqual([Infinity, 0])
  expect(twoProduct(1e305, 0.1)).toEqual([1e305 * 0.1, 0])
})
