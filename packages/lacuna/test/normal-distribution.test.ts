import { readFileSync } from 'node:fs'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import {
  logNormalCdf,
  logNormalCdfSlope,
  lowerNormalQuantile,
  millsRatio,
  normalCdf,
  normalDensity,
} from '../dist/compute/normal-distribution.js'

/** Made by fixtures/gaussian-mixture.py, with mpmath, to 60 digits. */
const { normal } = JSON.parse(
  readFileSync(new URL('./fixtures/gaussian-mixture.json', import.meta.url), 'utf8'),
) as {
  normal: { x: number[]; cdf: number[]; logCdf: number[] } & Record<
    'far' | 'mills',
    [number, number][]
  >
}

const relative = (value: number, reference: number) =>
  Math.abs(value - reference) / Math.abs(reference)

describe('the standard normal distribution', () => {
  test('Φ and log Φ are right to 10⁻¹⁵ relative, from −37.4 to 12', () => {
    for (const [i, x] of normal.x.entries()) {
      // Φ(−38) is subnormal: it has fewer digits.
      if (x > -37.5) expect(relative(normalCdf(x), normal.cdf[i]!)).toBeLessThan(1e-15)
      expect(relative(logNormalCdf(x), normal.logCdf[i]!)).toBeLessThan(1e-15)
    }
  })

  test('log Φ goes on where Φ underflows', () => {
    for (const [x, value] of normal.far) {
      expect(normalCdf(x)).toBe(0)
      expect(relative(logNormalCdf(x), value)).toBeLessThan(1e-15)
    }
    expect(relative(logNormalCdf(-1e150), -5e299)).toBeLessThan(1e-15)
  })

  test('Mills’ ratio is right to 10⁻¹⁵ relative from 1 on, and 1/x far out', () => {
    for (const [x, value] of normal.mills)
      expect(relative(millsRatio(x), value)).toBeLessThan(1e-15)
    expect(millsRatio(1e160)).toBe(1e-160)
    expect(relative(millsRatio(0.999999e8), millsRatio(1.000001e8))).toBeLessThan(3e-6)
  })

  test('limits', () => {
    expect(normalCdf(-Infinity)).toBe(0)
    expect(normalCdf(Infinity)).toBe(1)
    expect(normalCdf(0)).toBe(0.5)
    expect(logNormalCdf(-Infinity)).toBe(-Infinity)
    expect(logNormalCdf(Infinity)).toBe(-0)
    expect(normalDensity(0)).toBeCloseTo(1 / Math.sqrt(2 * Math.PI), 16)
    expect(lowerNormalQuantile(Math.log(0.5))).toBeCloseTo(0, 15)
  })

  test('the quantile undoes log Φ, in the far tail too', () => {
    fc.assert(
      fc.property(fc.double({ min: -1e4, max: -1e-3, noNaN: true }), x => {
        // As a relative error of x: near 0 as much as log Φ itself leaves open.
        const error = Math.abs(lowerNormalQuantile(logNormalCdf(x)) - x)
        expect(error).toBeLessThan(1e-15 * (2 - x))
      }),
    )
  })

  test('the slope of log Φ is its derivative', () => {
    fc.assert(
      fc.property(fc.double({ min: -30, max: 8, noNaN: true }), x => {
        const h = 1e-5
        const difference = (logNormalCdf(x + h) - logNormalCdf(x - h)) / (2 * h)
        // Truncation h²/6·|(log Φ)‴| < 10⁻¹⁰, rounding ε·|log Φ|/h < 10⁻⁸.
        expect(Math.abs(logNormalCdfSlope(x) - difference)).toBeLessThan(1e-8)
      }),
    )
  })
})
