import fc from 'fast-check'
import { expect, test } from 'vitest'
import { OrthogonalStrips } from '../dist/compute/orthogonal-strips.js'
import { tridiagonalise } from '../dist/compute/tridiagonalisation.js'
import { Workspace } from '../dist/compute/workspace.js'
import { noise } from './reference/noise.js'

/** T and the rows of Qᵀ for A, given row by row. */
function reduced(n: number, entries: ArrayLike<number>) {
  const workspace = new Workspace()
  const a = workspace.doubles(n * n)
  a.set(entries)
  const { diagonal, beside, reflections } = tridiagonalise(workspace, a, n)
  const Q = new OrthogonalStrips(workspace, n)
  Q.reflect(reflections)
  const rows = Array.from({ length: n }, (_, i) => {
    const row = new Float64Array(n)
    Q.copyRow(i, row)
    return row
  })
  return { diagonal, beside, reflections, rows }
}

test('is the example of Golub & Van Loan, section 8.3.1, up to the sign beside the diagonal', () => {
  const { diagonal, beside } = reduced(3, [1, 3, 4, 3, 2, 8, 4, 8, 3])
  // With c = 3/5 and s = 4/5: T₂₂ = 2c² + 16cs + 3s², T₃₂ = cs + 8(s² − c²), T₃₃ = 2s² − 16cs + 3c².
  for (const [i, value] of [1, 10.32, -5.32].entries()) expect(diagonal[i]).toBeCloseTo(value, 14)
  expect(beside[0]).toBeCloseTo(-5, 14)
  expect(Math.abs(beside[1]!)).toBeCloseTo(1.76, 14)
})

test('T = QᵀAQ, with Q orthogonal and its first column e₀', () => {
  const property = fc.property(fc.integer({ min: 1, max: 24 }), fc.integer(), (n, seed) => {
    const random = noise(seed)
    const A = Array.from({ length: n }, () => new Float64Array(n))
    for (let i = 0; i < n; i++) for (let j = i; j < n; j++) A[i]![j] = A[j]![i] = random()
    const { diagonal, beside, rows } = reduced(
      n,
      A.flatMap(row => [...row]),
    )
    const dot = (x: Float64Array, y: Float64Array) => x.reduce((sum, xi, i) => sum + xi * y[i]!, 0)
    const most = 4 * n * 2 ** -53 * n
    for (let i = 0; i < n; i++) {
      const Aq = Float64Array.from(A, row => dot(row, rows[i]!))
      for (let j = 0; j < n; j++) {
        const T = i === j ? diagonal[i]! : Math.abs(i - j) === 1 ? beside[Math.min(i, j)]! : 0
        expect(Math.abs(dot(rows[j]!, Aq) - T)).toBeLessThan(most)
        expect(Math.abs(dot(rows[i]!, rows[j]!) - (i === j ? 1 : 0))).toBeLessThan(most)
      }
    }
    expect([...rows[0]!]).toEqual(rows.map((_, i) => (i === 0 ? 1 : 0)))
  })
  fc.assert(property, { numRuns: 60 })
})

test('leaves what is tridiagonal as it is, without a reflection', () => {
  const { diagonal, beside, reflections } = reduced(4, [
    ...[1, 5, 0, 0],
    ...[5, 2, -6, 0],
    ...[0, -6, 3, 0],
    ...[0, 0, 0, 4],
  ])
  expect([...diagonal, ...beside]).toEqual([1, 2, 3, 4, 5, -6, 0])
  expect(reflections).toEqual([])
})

test('takes entries whose squares have lost their digits for 0, so that reflections stay orthogonal', () => {
  // 3² + 4² = 5² in multiples of 10⁻³²⁴, of which float64 has only every fifth.
  const { rows, reflections } = reduced(3, [1, 3e-162, 4e-162, 3e-162, 1, 0.5, 4e-162, 0.5, 1])
  expect(reflections).toEqual([])
  expect(rows.map(row => [...row])).toEqual([
    [1, 0, 0],
    [0, 1, 0],
    [0, 0, 1],
  ])
})
