import fc from 'fast-check'
import { EigenvalueDecomposition } from 'ml-matrix'
import { describe, expect, test } from 'vitest'
import { type M64, Matrix } from '../dist/compute/matrix.js'
import { symmetricEigen } from '../dist/compute/symmetric-eigen.js'
import { noise } from './reference/noise.js'

const EPSILON = 2 ** -53

/** The symmetric matrix with these entries for i ≤ j. */
function symmetric(n: number, entry: (i: number, j: number) => number): M64 {
  const matrix = new Matrix(n, n, new Float64Array(n * n))
  for (let i = 0; i < n; i++)
    for (let j = i; j < n; j++) matrix.row(i)[j] = matrix.row(j)[i] = entry(i, j)
  return matrix
}

const dot = (x: Float64Array, y: Float64Array) => x.reduce((sum, xi, i) => sum + xi * y[i]!, 0)

/**
 * A vᵢ = λᵢ vᵢ, VVᵀ = I, λ₁ ≥ λ₂ ≥ …, Σ λᵢ = trace A and Σ λᵢ² = Σ a², each within what n roundings of
 * the largest |λ| may be off.
 */
function expectDecomposed(a: M64): ReturnType<typeof symmetricEigen> {
  const n = a.rows
  const found = symmetricEigen(a)
  const { values, vectors: V } = found
  const norm = values.reduce((most, value) => Math.max(most, Math.abs(value)), 0)
  const most = 8 * Math.max(n, 4) * EPSILON
  for (let i = 0; i < n; i++) {
    for (let j = 0; j < n; j++) {
      const off = dot(a.row(j), V.row(i)) / norm - (values[i]! / norm) * V.row(i)[j]!
      if (norm > 0 && !(Math.abs(off) <= most))
        expect.fail(`A v and λ v differ by ${off} of ‖A‖ at (${i}, ${j})`)
      expect(Math.abs(dot(V.row(i), V.row(j)) - (i === j ? 1 : 0))).toBeLessThanOrEqual(most)
    }
    if (i > 0) expect(values[i]!).toBeLessThanOrEqual(values[i - 1]!)
  }
  if (norm === 0) return found
  const trace = Array.from(values, (_, i) => a.row(i)[i]! / norm).reduce((x, y) => x + y, 0)
  expect(Math.abs(values.reduce((sum, x) => sum + x / norm, 0) - trace)).toBeLessThan(n * most)
  const squares = (x: Float64Array) => x.reduce((sum, value) => sum + (value / norm) ** 2, 0)
  expect(Math.abs(squares(values) - squares(a.data))).toBeLessThan(n * most)
  return found
}

describe('symmetricEigen, solved by hand', () => {
  test('of (2 1; 1 2): 3 along (1, 1), 1 along (1, −1)', () => {
    const { values, vectors } = symmetricEigen(symmetric(2, (i, j) => (i === j ? 2 : 1)))
    expect(values[0]).toBeCloseTo(3, 14)
    expect(values[1]).toBeCloseTo(1, 14)
    expect(vectors.row(0)[0]! * vectors.row(0)[1]!).toBeCloseTo(1 / 2, 14)
    expect(vectors.row(1)[0]! * vectors.row(1)[1]!).toBeCloseTo(-1 / 2, 14)
  })

  test('of (2 0 0; 0 3 4; 0 4 9): 11, 2 and 1', () => {
    const { values, vectors } = symmetricEigen(
      new Matrix(3, 3, Float64Array.of(2, 0, 0, 0, 3, 4, 0, 4, 9)),
    )
    for (const [i, value] of [11, 2, 1].entries()) expect(values[i]).toBeCloseTo(value, 14)
    expect(vectors.row(0)[2]! / vectors.row(0)[1]!).toBeCloseTo(2, 13)
    expect(vectors.row(1).map(Math.abs)).toEqual(Float64Array.of(1, 0, 0))
    expect(vectors.row(2)[1]! / vectors.row(2)[2]!).toBeCloseTo(-2, 13)
  })

  test('of one number, of none, and of zeros', () => {
    const { values, vectors } = symmetricEigen(new Matrix(1, 1, Float64Array.of(-7)))
    expect([...values, ...vectors.data]).toEqual([-7, 1])
    expect(symmetricEigen(new Matrix(0, 0, new Float64Array(0))).values).toHaveLength(0)
    const zero = expectDecomposed(symmetric(5, () => 0))
    expect([...zero.values]).toEqual([0, 0, 0, 0, 0])
  })

  test('of a diagonal matrix: its entries, sorted, along the axes', () => {
    const { values, vectors } = symmetricEigen(
      symmetric(4, (i, j) => (i === j ? [3, -1, 7, 0][i]! : 0)),
    )
    expect([...values]).toEqual([7, 3, 0, -1])
    expect([...vectors.data]).toEqual([0, 0, 1, 0, 1, 0, 0, 0, 0, 0, 0, 1, 0, 1, 0, 0])
  })
})

describe('symmetricEigen, by what must hold', () => {
  test('of random matrices', () => {
    const property = fc.property(fc.integer({ min: 1, max: 40 }), fc.integer(), (n, seed) => {
      const random = noise(seed)
      expectDecomposed(symmetric(n, random))
    })
    fc.assert(property, { numRuns: 60 })
  })

  test('of a larger one', () => {
    expectDecomposed(symmetric(101, noise(5)))
  })

  test('of few values again and again: Σ vvᵀ over a value’s vectors is its projection', () => {
    // I − 2ppᵀ/pᵀp is −1 along p and 1 on everything else.
    const n = 30
    const p = Float64Array.from({ length: n }, noise(3))
    const { values, vectors } = expectDecomposed(
      symmetric(n, (i, j) => (i === j ? 1 : 0) - (2 * p[i]! * p[j]!) / dot(p, p)),
    )
    for (let i = 0; i < n; i++) expect(values[i]).toBeCloseTo(i < n - 1 ? 1 : -1, 13)
    const last = vectors.row(n - 1)
    expect(dot(last, p) ** 2 / dot(p, p)).toBeCloseTo(1, 13)
  })

  test('of the matrix of ones: n along (1, …, 1), else 0', () => {
    const { values } = expectDecomposed(symmetric(25, () => 1))
    expect(values[0]).toBeCloseTo(25, 12)
    for (const value of values.subarray(1)) expect(Math.abs(value)).toBeLessThan(1e-13)
  })

  test('of Gram matrices of fewer vectors than entries: rank many values above 0', () => {
    const property = fc.property(fc.integer({ min: 1, max: 10 }), fc.integer(), (rank, seed) => {
      const random = noise(seed)
      const x = Array.from({ length: rank }, () => Float64Array.from({ length: 24 }, random))
      const { values } = expectDecomposed(
        symmetric(24, (i, j) => x.reduce((sum, xr) => sum + xr[i]! * xr[j]!, 0)),
      )
      for (const value of values.subarray(rank))
        expect(Math.abs(value)).toBeLessThan(1e-13 * values[0]!)
    })
    fc.assert(property, { numRuns: 30 })
  })

  test('of entries from 1 down to 10⁻³⁰⁰, in either order, and of Hilbert’s matrix', () => {
    const random = noise(8)
    const factors = Array.from({ length: 20 }, random)
    for (const step of [1, -1]) {
      const size = (i: number) => 10 ** (-15 * (step > 0 ? i : 19 - i))
      expectDecomposed(symmetric(20, (i, j) => size(i) * size(j) * (factors[i]! + factors[j]! + 2)))
    }
    expectDecomposed(symmetric(12, (i, j) => 1 / (i + j + 1)))
  })

  test('of a matrix times a power of two: the values times it, the vectors to the bit', () => {
    const whole = (power: number) => {
      const random = noise(9)
      return symmetric(17, () => power * Math.round(1000 * random()))
    }
    const { values, vectors } = symmetricEigen(whole(1))
    // The first is the least number that there is, so that values are rounded to multiples of it.
    for (const power of [2 ** -1074, 2 ** -900, 2 ** -40, 2, 2 ** 1000]) {
      const scaled = symmetricEigen(whole(power))
      expect(scaled.vectors.data).toEqual(vectors.data)
      expect(scaled.values).toEqual(values.map(value => value * power))
    }
  })
})

test('symmetricEigen gives what ml-matrix gives', () => {
  const property = fc.property(fc.integer({ min: 2, max: 30 }), fc.integer(), (n, seed) => {
    const a = symmetric(n, noise(seed))
    const rows = Array.from({ length: n }, (_, i) => a.row(i))
    const other = new EigenvalueDecomposition(rows, { assumeSymmetric: true })
    const theirs = other.realEigenvalues.reverse()
    const { values, vectors } = symmetricEigen(a)
    for (let i = 0; i < n; i++) {
      expect(Math.abs(values[i]! - theirs[i]!)).toBeLessThan(n * 1e-14)
      // A direction is as sure as its value is far from the others.
      const gaps = Array.from(values, (value, j) =>
        i === j ? Infinity : Math.abs(value - values[i]!),
      )
      const v = Float64Array.from(other.eigenvectorMatrix.getColumn(n - 1 - i))
      const cosine = Math.abs(dot(vectors.row(i), v))
      expect(1 - cosine).toBeLessThan(1e-14 + (n * 1e-15) / Math.min(...gaps))
    }
  })
  fc.assert(property, { numRuns: 60 })
})

test('symmetricEigen reads the upper triangle alone, and leaves the matrix as it was', () => {
  const a = symmetric(9, noise(4))
  const whole = symmetricEigen(a)
  for (let i = 0; i < 9; i++) a.row(i).fill(77, 0, i)
  const before = a.data.slice()
  expect(symmetricEigen(a)).toEqual(whole)
  expect(a.data).toEqual(before)
})

test('symmetricEigen refuses what is not square or not finite', () => {
  const oblong = new Matrix(2, 3, new Float64Array(6))
  expect(() => symmetricEigen(oblong)).toThrow(/LACUNA_E_SHAPE.*3×3.*2×3/)
  for (const value of [Number.NaN, Infinity, -Infinity])
    expect(() => symmetricEigen(symmetric(3, (i, j) => i + j && value))).toThrow(
      /LACUNA_E_NOT_FINITE.*row 0, column 1/,
    )
})
