import { mixtureIdentities } from 'lacuna/verification'
import { describe, expect, test } from 'vitest'
import { centralDifference, centralDifferenceError, judge } from '../dist/compute/identity.js'
import { Random } from '../dist/index.js'

describe('the identities of the sheet’s exercise 1', () => {
  test('hold at random points, within the error of the finite differences', () => {
    for (const seed of [1, 2, 3])
      for (const row of mixtureIdentities(new Random(seed), 100)) {
        expect(row.ok, row.identity).toBe(true)
        expect(row.error).toBeGreaterThan(0)
        // The tolerance is tight: a closed form wrong in the seventh digit would not pass.
        expect(row.tolerance, row.identity).toBeLessThan(1e-6)
      }
  })

  test('are drawn from the seed alone', () => {
    expect(mixtureIdentities(new Random(5), 10)).toEqual(mixtureIdentities(new Random(5), 10))
    expect(mixtureIdentities(new Random(5), 10)).not.toEqual(mixtureIdentities(new Random(6), 10))
  })

  test('need at least one point', () => {
    for (const points of [0, 1.5, NaN, 1e9])
      expect(() => mixtureIdentities(new Random(1), points)).toThrow(/LACUNA_E_OPTION.*points/)
  })
})

describe('the verdict on an identity', () => {
  test('is the comparison worst for its tolerance, and a NaN fails', () => {
    const comparisons = [
      { error: 5, tolerance: 100 },
      { error: 2, tolerance: 4 },
    ]
    expect(judge('a', 'b', comparisons)).toEqual({
      identity: 'a',
      method: 'b',
      error: 2,
      tolerance: 4,
      ok: true,
    })
    expect(judge('a', 'b', [...comparisons, { error: 3, tolerance: 2 }]).ok).toBe(false)
    for (const error of [NaN, Infinity])
      expect(judge('a', 'b', [{ error, tolerance: 1 }, ...comparisons]).ok).toBe(false)
  })

  test('a central difference errs by no more than the bound, and not by much less', () => {
    const f = (x: number) => x ** 3 // f‴ = 6 everywhere: truncation is exactly h²
    const error = Math.abs(centralDifference(f, 0.5, 1e-2) - 0.75)
    const bound = centralDifferenceError(1e-2, 6, 2e-16)
    expect(error).toBeLessThanOrEqual(bound)
    expect(error).toBeGreaterThan(0.99 * bound)
  })
})
