import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import {
  cos,
  exp,
  expm1,
  log,
  log1p,
  sigmoid,
  sin,
  softplus,
  tanh,
} from '../dist/compute/elementary.js'

/** Distance of two numbers in units in the last place of the second. */
function ulps(value: number, reference: number): number {
  if (Object.is(value, reference) || (Number.isNaN(value) && Number.isNaN(reference))) return 0
  const magnitude = Math.max(Math.abs(reference), 2.2250738585072014e-308)
  const ulp = 2 ** (Math.floor(Math.log2(magnitude)) - 52)
  return Math.abs(value - reference) / ulp
}

const cases = [
  { own: exp, reference: Math.exp, low: -708, high: 709.7 },
  { own: expm1, reference: Math.expm1, low: -40, high: 40 },
  { own: log, reference: Math.log, low: 1e-300, high: 1e300 },
  { own: log1p, reference: Math.log1p, low: -0.999, high: 1e3 },
  { own: tanh, reference: Math.tanh, low: -25, high: 25 },
]

describe('elementary functions', () => {
  for (const { own, reference, low, high } of cases)
    test(`${own.name} is within 4 ulp of Math.${own.name} on [${low}, ${high}]`, () => {
      fc.assert(
        fc.property(fc.double({ min: low, max: high, noNaN: true }), x => {
          expect(ulps(own(x), reference(x))).toBeLessThanOrEqual(4)
        }),
        { numRuns: 5000 },
      )
    })

  for (const [own, reference] of [
    [sin, Math.sin],
    [cos, Math.cos],
  ] as const)
    test(`${own.name} is within one ulp of 1 of Math.${own.name} for |x| ≤ 10⁶`, () => {
      fc.assert(
        fc.property(fc.double({ min: -1e6, max: 1e6, noNaN: true }), x => {
          expect(Math.abs(own(x) - reference(x))).toBeLessThanOrEqual(2.3e-16)
        }),
        { numRuns: 5000 },
      )
    })

  test('limits: overflow, underflow, zero, infinities, NaN', () => {
    expect(exp(710)).toBe(Infinity)
    expect(exp(-Infinity)).toBe(0)
    expect(exp(-745)).toBe(5e-324)
    expect(exp(NaN)).toBeNaN()
    expect(log(0)).toBe(-Infinity)
    expect(log(-1)).toBeNaN()
    expect(log(Infinity)).toBe(Infinity)
    expect(ulps(log(5e-324), Math.log(5e-324))).toBeLessThanOrEqual(4)
    expect(tanh(Infinity)).toBe(1)
    expect(tanh(-Infinity)).toBe(-1)
    expect(sigmoid(-1000)).toBe(0)
    expect(sigmoid(1000)).toBe(1)
    expect(softplus(1000)).toBe(1000)
    expect(softplus(-1000)).toBe(0)
    expect(ulps(softplus(0), Math.LN2)).toBeLessThanOrEqual(1)
  })
})
