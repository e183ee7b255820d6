import { describe, expect, test } from 'vitest'
import { Matrix } from '../dist/compute/matrix.js'
import { Random } from '../dist/compute/random.js'
import { kMeans } from '../dist/mixture/k-means.js'

/** n points with standard deviation `spread` round each of the corners of a square of side 10. */
function corners(n: number, spread: number): Matrix {
  const random = new Random(5)
  const t = new Matrix(4 * n, 2)
  for (let i = 0; i < 4 * n; i++)
    t.row(i).set([
      10 * (i & 1) + spread * random.normal(),
      10 * ((i >> 1) & 1) + spread * random.normal(),
    ])
  return t
}

describe('k-means', () => {
  test('finds well separated clouds, each once, whatever the seed', () => {
    const n = 200
    for (let seed = 0; seed < 20; seed++) {
      const { centres, spread } = kMeans(corners(n, 0.5), 4, new Random(seed))
      const found = [0, 1, 2, 3].map(k => [...centres.subarray(2 * k, 2 * k + 2)])
      const rounded = found.map(point => String(point.map(v => 10 * Math.round(v / 10))))
      expect(rounded.sort()).toEqual(['0,0', '0,10', '10,0', '10,10'])
      for (const value of found.flat())
        expect(Math.abs(value - 10 * Math.round(value / 10))).toBeLessThan(
          (4.5 * 0.5) / Math.sqrt(n),
        )
      // 8n squares of normal numbers, whose mean has the relative standard deviation √(2/8n).
      expect(Math.abs((spread / 0.5) ** 2 - 1)).toBeLessThan(4.5 * Math.sqrt(2 / (8 * n)))
    }
  })

  test('with one centre it is the mean and the standard deviation', () => {
    const { centres, spread } = kMeans(
      new Matrix(4, 1, Float32Array.of(1, 2, 3, 6)),
      1,
      new Random(1),
    )
    expect([...centres]).toEqual([3])
    expect(spread).toBeCloseTo(Math.sqrt(14 / 4), 14)
  })

  test('with more centres than different rows, every row is a centre and nothing is NaN', () => {
    const t = new Matrix(4, 1, Float32Array.of(1, 1, 2, 2))
    const { centres, spread } = kMeans(t, 5, new Random(1))
    expect(new Set(centres)).toEqual(new Set([1, 2]))
    expect(spread).toBe(0)
  })
})
