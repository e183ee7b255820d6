import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { implicitQr, type Sweep } from '../dist/compute/implicit-qr.js'
import { rotate } from './reference/kernels.js'
import { noise } from './reference/noise.js'

/** The eigenvalues, and GᵀI by the rotations that were written down. */
function solved(diagonal: readonly number[], beside: readonly number[], room: number) {
  const n = diagonal.length
  const [d, e] = [Float64Array.from(diagonal), Float64Array.from(beside)]
  const vectors = Float64Array.from({ length: n * n }, (_, at) => (at % (n + 1) === 0 ? 1 : 0))
  const sweeps: Sweep[] = []
  implicitQr(d, e, new Float64Array(room), some => {
    for (const { first, rotations } of some) {
      sweeps.push({ first, rotations: rotations.slice() })
      const rows = vectors.subarray(n * first, n * (first + rotations.length / 2 + 1))
      rows.set(rotate(rows, n, rotations))
    }
  })
  return { values: d, beside: e, vectors, sweeps }
}

describe('implicitQr', () => {
  test('finds 2 − 2 cos(kπ/(n + 1)) of the second difference, −1 2 −1', () => {
    for (const n of [1, 2, 3, 10, 100]) {
      const diagonal = new Array(n).fill(2)
      const { values, beside } = solved(diagonal, new Array(n - 1).fill(-1), 2 * n)
      const exact = diagonal.map((_, k) => 2 - 2 * Math.cos(((k + 1) * Math.PI) / (n + 1)))
      for (const [k, value] of values.sort().entries())
        expect(Math.abs(value - exact[k]!)).toBeLessThan(3e-15)
      expect(beside.every(value => value === 0)).toBe(true)
    }
  })

  test('T vᵢ = λᵢ vᵢ, however often the rotations are taken over', () => {
    const property = fc.property(fc.integer({ min: 1, max: 20 }), fc.integer(), (n, seed) => {
      const random = noise(seed)
      const diagonal = Array.from({ length: n }, random)
      const beside = Array.from({ length: n - 1 }, random)
      const { values, vectors, sweeps } = solved(diagonal, beside, 10_000)
      for (let i = 0; i < n; i++)
        for (let j = 0; j < n; j++) {
          const v = (at: number) => (at < 0 || at >= n ? 0 : vectors[i * n + at]!)
          const Tv =
            (beside[j - 1] ?? 0) * v(j - 1) + diagonal[j]! * v(j) + (beside[j] ?? 0) * v(j + 1)
          expect(Math.abs(Tv - values[i]! * v(j))).toBeLessThan(1e-14)
        }
      const little = solved(diagonal, beside, 2 * (n - 1))
      expect(little).toEqual({ values, vectors, sweeps, beside: little.beside })
    })
    fc.assert(property, { numRuns: 60 })
  })

  test('needs no sweep where nothing stands beside the diagonal, or what rounding leaves', () => {
    const { values, sweeps } = solved([3, -1, 2], [2 ** -54, 0], 6)
    expect([...values]).toEqual([3, -1, 2])
    expect(sweeps).toEqual([])
  })

  test('gives up on what does not converge, with a code', () => {
    expect(() => solved([1, 2, 3], [1, Number.NaN], 100)).toThrow(/LACUNA_E_NOT_CONVERGED.*2 of 3/)
  })
})
