import { describe, expect, test } from 'vitest'
import { Matrix } from '../dist/compute/matrix.js'
import { Random } from '../dist/compute/random.js'
import { Standardisation } from '../dist/mixture/standardisation.js'

describe('Standardisation', () => {
  test('knows mean and standard deviation by hand', () => {
    const x = new Matrix(4, 2, Float32Array.of(1, 10, 2, 10, 3, 30, 6, 30))
    const { mean, scale } = Standardisation.of(x)
    expect([...mean]).toEqual([3, 20])
    expect(scale[0]).toBeCloseTo(Math.sqrt((4 + 1 + 0 + 9) / 4), 14)
    expect(scale[1]).toBeCloseTo(10, 14)
  })

  test('brings columns to mean 0 and variance 1, far from 0 too', () => {
    const random = new Random(1)
    const n = 1000
    const x = new Matrix(n, 3)
    for (let i = 0; i < n; i++)
      x.row(i).set([random.normal(), 2000 + random.normal(), 1e-20 * random.normal()])
    const y = Standardisation.of(x).apply(x)
    for (let j = 0; j < 3; j++) {
      let [m1, m2] = [0, 0]
      for (let i = 0; i < n; i++) {
        m1 += y.row(i)[j]! / n
        m2 += y.row(i)[j]! ** 2 / n
      }
      expect(Math.abs(m1)).toBeLessThan(1e-6)
      expect(Math.abs(m2 - 1)).toBeLessThan(1e-6)
    }
  })

  test('only shifts a constant column, be it never so awkward a number', () => {
    const x = new Matrix(1001, 2)
    for (let i = 0; i < 1001; i++) x.row(i).set([0.1, 123456.7])
    const scaling = Standardisation.of(x)
    expect([...scaling.scale]).toEqual([1, 1])
    expect(scaling.apply(x).data.every(value => Math.abs(value) < 1e-6)).toBe(true)
  })

  test('a common scale is the root mean square of the columns’', () => {
    const scaling = new Standardisation(Float64Array.of(5, 6), Float64Array.of(1, 7))
    const common = scaling.withCommonScale()
    expect([...common.scale]).toEqual([5, 5])
    expect(common.mean).toEqual(scaling.mean)
  })
})
