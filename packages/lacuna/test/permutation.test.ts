import fc from 'fast-check'
import { expect, test } from 'vitest'
import { permutation } from '../dist/compute/permutation.js'
import { Random } from '../dist/compute/random.js'

test('holds every number once, and is the same for the same seed', () => {
  fc.assert(
    fc.property(fc.nat(200), fc.nat(), (n, seed) => {
      const order = permutation(n, new Random(seed))
      expect([...order].sort((a, b) => a - b)).toEqual(Array.from({ length: n }, (_, i) => i))
      expect(permutation(n, new Random(seed))).toEqual(order)
    }),
  )
})

test('gives each of the 24 orders of four equally often (χ², 23 degrees of freedom, 99.9 %)', () => {
  const random = new Random(1)
  const counts = new Map<string, number>()
  const draws = 24_000
  for (let i = 0; i < draws; i++) {
    const order = String(permutation(4, random))
    counts.set(order, (counts.get(order) ?? 0) + 1)
  }
  expect(counts.size).toBe(24)
  let chi2 = 0
  for (const count of counts.values()) chi2 += (count - draws / 24) ** 2 / (draws / 24)
  expect(chi2).toBeLessThan(49.73)
})
