import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { narrowBinary16, widenBinary16 } from '../dist/formats/half-precision.js'
import { halved } from '../dist/formats/halved.js'
import { readSafetensors, writeSafetensors } from '../dist/formats/safetensors.js'

/** All halves that are not negative, infinity the last; their values ascend with their bits. */
const halves = Uint16Array.from({ length: 0x7c01 }, (_, i) => i)
const values = widenBinary16(halves)

const narrow = (value: number) => narrowBinary16(Float32Array.of(value))[0]!

describe('narrowBinary16', () => {
  test('gives back every half that was widened, signs and infinities included', () => {
    expect(narrowBinary16(values)).toEqual(halves)
    const negative = halves.map(half => half | 0x8000)
    expect(narrowBinary16(widenBinary16(negative))).toEqual(negative)
    expect(widenBinary16(Uint16Array.of(narrow(Number.NaN)))[0]).toBeNaN()
  })

  test('rounds what lies between two halves to the nearer one, and the middle to the even one', () => {
    // The neighbour of the largest half is 65,536 for this purpose; from the middle on it is infinity.
    const above = (i: number) => (i === 0x7bff ? 65536 : values[i + 1]!)
    fc.assert(
      fc.property(fc.nat(0x7bff), fc.double({ min: 0, max: 1, noNaN: true }), (i, share) => {
        const [low, high] = [values[i]!, above(i)]
        const middle = (low + high) / 2
        const value = Math.fround(low + share * (high - low))
        const expected = value < middle || (value === middle && i % 2 === 0) ? i : i + 1
        expect(narrow(value)).toBe(expected)
        expect(narrow(-value)).toBe(expected | 0x8000)
        expect(narrow(middle)).toBe(i % 2 === 0 ? i : i + 1)
      }),
      { numRuns: 2000 },
    )
  })

  test('makes large numbers infinite and the smallest zero, with their signs', () => {
    expect([65519.996, 65520, 3e38, Infinity].map(narrow)).toEqual([0x7bff, 0x7c00, 0x7c00, 0x7c00])
    expect([2 ** -25, 2 ** -149, 1.001 * 2 ** -25].map(narrow)).toEqual([0, 0, 1])
    expect([-0, -1e-30].map(narrow)).toEqual([0x8000, 0x8000])
  })
})

test('a halved checkpoint has rounded floats, everything else as it was, and half the size', () => {
  const floats = Float32Array.from({ length: 3000 }, (_, i) => Math.fround(1 / (i + 1)))
  const bytes = writeSafetensors(
    new Map([
      ['w', { shape: [3, 1000], data: floats }],
      ['d', { shape: [2], data: Float64Array.of(0.1, -3) }],
      ['n', { shape: [2], data: Uint8Array.of(1, 2) }],
    ]),
    { seed: '7' },
  )
  const small = halved(bytes)
  const { tensors, metadata } = readSafetensors(small)
  expect(metadata).toEqual({ seed: '7' })
  expect([...tensors.keys()].sort()).toEqual(['d', 'n', 'w'])
  expect(tensors.get('n')!.data).toEqual(Uint8Array.of(1, 2))
  expect(tensors.get('w')!.shape).toEqual([3, 1000])
  expect(tensors.get('w')!.data).toEqual(widenBinary16(narrowBinary16(floats)))
  expect(tensors.get('d')!.data).toEqual(Float32Array.of(0.0999755859375, -3))
  expect(small.length).toBeLessThan(0.52 * bytes.length)
  expect(halved(small)).toEqual(small)
})

test('a checkpoint with a number that half precision cannot hold is not halved', () => {
  const checkpoint = (...values: number[]) =>
    writeSafetensors(new Map([['a', { shape: [values.length], data: Float32Array.from(values) }]]))
  expect(() => halved(checkpoint(1, -65520))).toThrow(/LACUNA_E_RANGE: tensor a holds -65520/)
  const { tensors } = readSafetensors(halved(checkpoint(65519, -Infinity)))
  expect([...tensors.get('a')!.data]).toEqual([65504, -Infinity])
})
