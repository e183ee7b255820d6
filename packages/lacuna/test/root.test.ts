import fc from 'fast-check'
import { expect, test } from 'vitest'
import { findRoot } from '../dist/compute/root.js'

/** A function, its slope and its rounding error, and how often they were asked for. */
function counted(f: (t: number) => number, slope: (t: number) => number, noise = 0) {
  const calls = { count: 0 }
  const evaluate = (t: number) => {
    calls.count++
    return { value: f(t), slope: slope(t), noise }
  }
  return { evaluate, calls }
}

test('finds cube roots to the last digits, whichever end is negative', () => {
  fc.assert(
    fc.property(fc.double({ min: 1e-8, max: 1e8, noNaN: true }), a => {
      const { evaluate, calls } = counted(
        t => t * t * t - a,
        t => 3 * t * t,
        4 * Number.EPSILON * a,
      )
      expect(Math.abs(findRoot(evaluate, 0, 1e9) / Math.cbrt(a) - 1)).toBeLessThan(1e-15)
      expect(calls.count).toBeLessThan(100)
      const falling = counted(
        t => a - t * t * t,
        t => -3 * t * t,
      )
      expect(Math.abs(findRoot(falling.evaluate, 1e9, 0) / Math.cbrt(a) - 1)).toBeLessThan(1e-15)
    }),
  )
})

test('ends where Newton’s method alone would run away, circle or stand still', () => {
  const away = counted(
    t => Math.atan(t - 3),
    t => 1 / (1 + (t - 3) ** 2),
  )
  expect(findRoot(away.evaluate, -1e6, 1e7)).toBeCloseTo(3, 12)
  const flat = counted(
    t => Math.sign(t - 0.3),
    () => 0,
  )
  expect(Math.abs(findRoot(flat.evaluate, -1, 1) - 0.3)).toBeLessThan(1e-15)
  expect(flat.calls.count).toBeLessThan(80)
  const infinite = counted(
    t => (t > 2 ? 1 : -Infinity),
    () => NaN,
  )
  expect(findRoot(infinite.evaluate, 0, 5)).toBeCloseTo(2, 14)
})
