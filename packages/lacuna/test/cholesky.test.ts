import fc from 'fast-check'
import { expect, test } from 'vitest'
import { cholesky, choleskySolve } from '../dist/compute/cholesky.js'
import { Random } from '../dist/compute/random.js'

/** A symmetric matrix with the given eigenvalues in spirit: Σ dᵢ vᵢvᵢᵀ with random vᵢ. */
function symmetric(n: number, d: readonly number[], seed: number): Float64Array {
  const random = new Random(seed)
  const a = new Float64Array(n * n)
  for (const weight of d) {
    const v = Array.from({ length: n }, () => random.normal())
    for (let i = 0; i < n; i++) for (let j = 0; j < n; j++) a[i * n + j]! += weight * v[i]! * v[j]!
  }
  return a
}

const quadratic = (a: Float64Array, n: number, x: Float64Array) =>
  x.reduce((sum, xi, i) => sum + x.reduce((row, xj, j) => row + xi * a[i * n + j]! * xj, 0), 0)

test('LLᵀ is A, and the solution solves', () => {
  fc.assert(
    fc.property(fc.integer({ min: 1, max: 6 }), fc.nat(1000), (n, seed) => {
      const a = symmetric(n, new Array(2 * n).fill(1), seed)
      const found = cholesky(a, n)
      if (!('factor' in found)) throw new Error('A is positive definite')
      const L = found.factor
      const b = Float64Array.from({ length: n }, (_, i) => i - 1.5)
      const x = choleskySolve(L, n, b)
      for (let i = 0; i < n; i++) {
        for (let j = 0; j <= i; j++) {
          let product = 0
          for (let k = 0; k <= j; k++) product += L[i * n + k]! * L[j * n + k]!
          expect(product).toBeCloseTo(a[i * n + j]!, 12)
        }
        let Ax = 0
        for (let j = 0; j < n; j++) Ax += a[i * n + j]! * x[j]!
        expect(Ax).toBeCloseTo(b[i]!, 6)
      }
    }),
  )
})

test('where A is not positive definite, the direction does not curve up', () => {
  fc.assert(
    fc.property(fc.integer({ min: 1, max: 6 }), fc.nat(1000), (n, seed) => {
      const a = symmetric(n, [...new Array(n - 1).fill(1), -0.5], seed)
      const found = cholesky(a, n)
      if (!('direction' in found)) throw new Error('A has a negative eigenvalue')
      expect(Math.max(...found.direction.map(Math.abs))).toBeGreaterThan(0)
      const size = found.direction.reduce((sum, x) => sum + x * x, 0)
      expect(quadratic(a, n, found.direction)).toBeLessThan(1e-9 * size)
    }),
  )
})
