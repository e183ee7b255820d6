import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { Random } from '../dist/compute/random.js'
import { Workspace } from '../dist/compute/workspace.js'

const workspace = new Workspace()
const { kernels } = workspace
const out = workspace.floats(80)
const words = new Uint32Array(out.buffer, out.byteOffset, out.length)
const GUARD = 123456789

const word = fc.integer({ min: 0, max: 0xffffffff })
const seed = fc.maxSafeNat()
const low = (value: number) => value % 2 ** 32
const high = (value: number) => Math.floor(value / 2 ** 32)

describe('random kernels', () => {
  test('randomBits gives the words that Random draws from any one on, and touches n of them', () => {
    fc.assert(
      fc.property(fc.nat(70), fc.nat(70), seed, word, word, (n, offset, key, stream, step) => {
        words.fill(GUARD)
        kernels.randomBits(out.byteOffset, n, low(key), high(key), stream, step, offset)
        const random = new Random(key, stream, step)
        for (let i = 0; i < offset; i++) random.bits()
        expect([...words.subarray(0, n)]).toEqual(Array.from({ length: n }, () => random.bits()))
        expect(words[n]).toBe(GUARD)
      }),
    )
  })

  test('randomUniform is low + (high − low)·u, rounded to float32 after each operation', () => {
    const bound = fc.float({ min: -1000, max: 1000, noNaN: true })
    fc.assert(
      fc.property(fc.nat(70), seed, bound, bound, (n, key, from, to) => {
        words.fill(GUARD)
        kernels.randomUniform(out.byteOffset, n, low(key), high(key), 3, 4, from, to)
        const random = new Random(key, 3, 4)
        const width = Math.fround(to - from)
        for (let i = 0; i < n; i++) {
          const u = (random.bits() >>> 8) / 2 ** 24
          expect(out[i]).toBe(Math.fround(from + Math.fround(width * u)))
        }
        expect(words[n]).toBe(GUARD)
      }),
    )
  })

  test('randomUniform fills [−2, 3): mean 1/2, variance 25/12', () => {
    const n = 100_000
    const values = workspace.floats(n)
    kernels.randomUniform(values.byteOffset, n, 1, 0, 0, 0, -2, 3)
    expect(values.every(value => value >= -2 && value <= 3)).toBe(true)
    const mean = values.reduce((a, b) => a + b) / n
    const variance = values.reduce((a, b) => a + (b - mean) ** 2, 0) / n
    expect(Math.abs(mean - 0.5)).toBeLessThan(4 * Math.sqrt(25 / 12 / n))
    expect(Math.abs(variance - 25 / 12)).toBeLessThan(4 * 25 * Math.sqrt(1 / 180 / n))
  })
})
