import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { philox, Random } from '../dist/compute/random.js'

/** Philox4x32-10 in BigInt arithmetic, written from the paper's definition. */
function philoxReference(counter: number[], key: number[]): number[] {
  let [c0, c1, c2, c3] = counter.map(BigInt) as [bigint, bigint, bigint, bigint]
  let [k0, k1] = key.map(BigInt) as [bigint, bigint]
  const mask = 0xffffffffn
  for (let round = 0; round < 10; round++) {
    const p0 = 0xd2511f53n * c0
    const p1 = 0xcd9e8d57n * c2
    const next = [(p1 >> 32n) ^ c1 ^ k0, p1 & mask, (p0 >> 32n) ^ c3 ^ k1, p0 & mask]
    ;[c0, c1, c2, c3] = next as [bigint, bigint, bigint, bigint]
    k0 = (k0 + 0x9e3779b9n) & mask
    k1 = (k1 + 0xbb67ae85n) & mask
  }
  return [c0, c1, c2, c3].map(Number)
}

const word = fc.integer({ min: 0, max: 0xffffffff })

describe('philox', () => {
  test('gives the known answers of the published test vectors', () => {
    expect([...philox(Uint32Array.of(0, 0, 0, 0), 0, 0)]).toEqual([
      0x6627e8d5, 0xe169c58d, 0xbc57ac4c, 0x9b00dbd8,
    ])
    const ones = 0xffffffff
    expect([...philox(Uint32Array.of(ones, ones, ones, ones), ones, ones)]).toEqual([
      0x408f276d, 0x41c83b0e, 0xa20bc7c6, 0x6d5451fd,
    ])
  })

  test('agrees with exact integer arithmetic', () => {
    fc.assert(
      fc.property(fc.tuple(word, word, word, word), fc.tuple(word, word), (counter, key) => {
        expect([...philox(Uint32Array.from(counter), key[0], key[1])]).toEqual(
          philoxReference(counter, key),
        )
      }),
    )
  })
})

describe('Random', () => {
  test('is a function of seed, stream and step, and of nothing else', () => {
    const draw = (seed: number, stream: number, step: number) => {
      const random = new Random(seed, stream, step)
      return Array.from({ length: 9 }, () => random.bits())
    }
    expect(draw(3, 1, 4)).toEqual(draw(3, 1, 4))
    const others = [draw(4, 1, 4), draw(3, 2, 4), draw(3, 1, 5), draw(3 + 2 ** 32, 1, 4)]
    for (const other of others) expect(other).not.toEqual(draw(3, 1, 4))
  })

  test('integer covers −4 … 4 evenly (χ² with 8 degrees of freedom, 99.9 % point)', () => {
    const random = new Random(1)
    const counts = new Map<number, number>()
    const n = 90_000
    for (let i = 0; i < n; i++) {
      const value = random.integer(-4, 5)
      counts.set(value, (counts.get(value) ?? 0) + 1)
    }
    expect([...counts.keys()].sort((a, b) => a - b)).toEqual([-4, -3, -2, -1, 0, 1, 2, 3, 4])
    let chi2 = 0
    for (const count of counts.values()) chi2 += (count - n / 9) ** 2 / (n / 9)
    expect(chi2).toBeLessThan(26.12)
  })

  test('uniform stays in [0, 1) and fills it: mean 1/2, variance 1/12', () => {
    const random = new Random(2)
    const values = Array.from({ length: 100_000 }, () => random.uniform())
    expect(Math.min(...values.slice(0, 50_000))).toBeGreaterThanOrEqual(0)
    expect(values.every(v => v < 1)).toBe(true)
    const mean = values.reduce((a, b) => a + b) / values.length
    const variance = values.reduce((a, b) => a + (b - mean) ** 2, 0) / values.length
    expect(Math.abs(mean - 0.5)).toBeLessThan(4 * Math.sqrt(1 / 12 / values.length))
    expect(Math.abs(variance - 1 / 12)).toBeLessThan(4 * Math.sqrt(1 / 180 / values.length))
  })

  test('normal has mean 0, variance 1, kurtosis 3', () => {
    const random = new Random(3)
    const n = 100_000
    let [m1, m2, m4] = [0, 0, 0]
    for (let i = 0; i < n; i++) {
      const z = random.normal()
      m1 += z / n
      m2 += z ** 2 / n
      m4 += z ** 4 / n
    }
    expect(Math.abs(m1)).toBeLessThan(4 / Math.sqrt(n))
    expect(Math.abs(m2 - 1)).toBeLessThan(4 * Math.sqrt(2 / n))
    expect(Math.abs(m4 - 3)).toBeLessThan(4 * Math.sqrt(96 / n))
  })

  test('refuses seeds and ranges that it cannot honour', () => {
    for (const seed of [-1, 0.5, NaN, 2 ** 53]) expect(() => new Random(seed)).toThrow(/_E_OPTION/)
    const random = new Random(0)
    expect(() => random.integer(3, 3)).toThrow(/_E_OPTION/)
    expect(() => random.integer(0, 1.5)).toThrow(/_E_OPTION/)
  })
})
