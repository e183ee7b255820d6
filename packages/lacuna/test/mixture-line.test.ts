import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import type { GaussianMixture, Interval } from '../dist/index.js'
import { matrix, mixtureOf, reference, samples } from './reference/mixtures.js'

const F = (mixture: GaussianMixture, t: number) => mixture.cdf(matrix([t]))[0]!
const log = (mixture: GaussianMixture, t: number) => mixture.logDensity(matrix([t]))[0]!
const massOf = (mixture: GaussianMixture, set: readonly Interval[]) =>
  set.reduce((sum, { lower, upper }) => sum + F(mixture, upper) - F(mixture, lower), 0)

const relative = (value: number, expected: number) =>
  value === expected ? 0 : Math.abs(value - expected) / Math.abs(expected)

const mixtures = samples({ min: 1, max: 1 }).map(({ z, mu, sigma }) => mixtureOf(z, mu, sigma))

describe('a mixture over one output against mpmath', () => {
  for (const each of reference.lines) {
    const mixture = mixtureOf(each.logits, each.means, each.scales)
    const widest = Math.max(...each.scales)

    test(`${each.name}: F, log F and log(1 − F), 35σ below to 30σ above`, () => {
      for (const [i, t] of each.at.entries()) {
        // Rounding (t − μ)/σ = u shifts log Φ by up to 2ε·u², u ≤ 38 where Φ has not underflowed.
        if (each.cdf[i]! > 1e-300) expect(relative(F(mixture, t), each.cdf[i]!)).toBeLessThan(1e-12)
        expect(relative(mixture.logCdf(matrix([t]))[0]!, each.logCdf[i]!)).toBeLessThan(1e-12)
        const survival = mixture.logSurvival(matrix([t]))[0]!
        expect(relative(survival, each.logSurvival[i]!)).toBeLessThan(1e-12)
      }
    })

    test(`${each.name}: quantiles from 10⁻³⁰⁰ to 1 − 2⁻⁵³`, () => {
      for (const [i, p] of reference.probabilities.entries()) {
        const error = Math.abs(mixture.quantile(p)[0]! - each.quantiles[i]!)
        // To 10⁻¹² relative; where the quantile is all but 0, to what the scale leaves open.
        expect(error).toBeLessThan(Math.max(1e-12 * Math.abs(each.quantiles[i]!), 1e-14 * widest))
      }
    })

    test(`${each.name}: every mode, and no other`, () => {
      const found = mixture.modes()[0]!.map(({ location }) => location[0]!)
      expect(found).toHaveLength(each.modes.length)
      for (const [i, t] of found.sort((a, b) => a - b).entries())
        expect(Math.abs(t - each.modes[i]!)).toBeLessThan(1e-12 * (Math.abs(t) + widest))
    })

    test(`${each.name}: highest-density intervals`, () => {
      for (const [i, mass] of reference.masses.entries()) {
        const found = mixture.highestDensityIntervals(mass)[0]!
        expect(found).toHaveLength(each.highestDensity[i]!.length)
        for (const [j, [lower, upper]] of each.highestDensity[i]!.entries()) {
          expect(Math.abs(found[j]!.lower - lower)).toBeLessThan(1e-11 * (Math.abs(lower) + widest))
          expect(Math.abs(found[j]!.upper - upper)).toBeLessThan(1e-11 * (Math.abs(upper) + widest))
        }
      }
    })
  }
})

describe('the distribution function', () => {
  test('rises from 0 to 1, and its logarithm and that of the rest agree with it', () => {
    fc.assert(
      fc.property(mixtures, fc.double({ min: -9, max: 9, noNaN: true }), (mixture, t) => {
        const p = F(mixture, t)
        expect(F(mixture, t + 0.01)).toBeGreaterThanOrEqual(p)
        expect(Math.exp(mixture.logCdf(matrix([t]))[0]!)).toBeCloseTo(p, 14)
        expect(Math.exp(mixture.logSurvival(matrix([t]))[0]!)).toBeCloseTo(1 - p, 14)
        expect(F(mixture, -1e6)).toBe(0)
        expect(F(mixture, 1e6)).toBeCloseTo(1, 14)
      }),
    )
  })

  test('has the density as its slope', () => {
    fc.assert(
      fc.property(mixtures, fc.double({ min: -4, max: 4, noNaN: true }), (mixture, t) => {
        const h = 1e-5
        const slope = (F(mixture, t + h) - F(mixture, t - h)) / (2 * h)
        // Truncation: h²/6·max|p″| ≤ h²/6·0.4/σ³, σ ≥ 0.05; rounding: ε/h.
        const error = ((h * h) / 6) * (0.4 / 0.05 ** 3) + 2.3e-16 / h
        expect(Math.abs(slope - Math.exp(log(mixture, t)))).toBeLessThan(error)
      }),
    )
  })

  test('is undone by the quantile, one probability for all or one for each', () => {
    fc.assert(
      fc.property(mixtures, fc.double({ min: 1e-9, max: 1 - 1e-9, noNaN: true }), (mixture, p) => {
        const t = mixture.quantile(p)[0]!
        expect(Math.abs(F(mixture, t) - p)).toBeLessThan(2e-14 * Math.max(p, 0.1))
        expect(mixture.quantile(Float64Array.of(p))[0]).toBe(t)
      }),
    )
  })

  test('of a distant pair: flat between, and the quantile says something in between', () => {
    const mixture = mixtureOf([0, 0], [-1e6, 1e6], [1, 1])
    expect(F(mixture, 0)).toBe(0.5)
    expect(Math.abs(mixture.quantile(0.5)[0]!)).toBeLessThan(1e6)
    expect(mixture.quantile(0.25)[0]).toBe(-1e6)
    expect(mixture.quantile(0.75)[0]).toBe(1e6)
  })
})

describe('intervals', () => {
  const masses = fc.double({ min: 0.01, max: 0.999, noNaN: true })

  test('central: the mass, with as much below as above', () => {
    fc.assert(
      fc.property(mixtures, masses, (mixture, mass) => {
        const [interval] = mixture.centralInterval(mass)
        expect(Math.abs(massOf(mixture, [interval!]) - mass)).toBeLessThan(1e-13)
        expect(Math.abs(F(mixture, interval!.lower) - (1 - mass) / 2)).toBeLessThan(1e-13)
      }),
    )
  })

  test('highest density: the mass; one density at all ends, more inside, less outside', () => {
    fc.assert(
      fc.property(mixtures, masses, (mixture, mass) => {
        const [set] = mixture.highestDensityIntervals(mass)
        expect(Math.abs(massOf(mixture, set!) - mass)).toBeLessThan(1e-12)
        const level = log(mixture, set![0]!.lower)
        for (const { lower, upper } of set!) {
          expect(lower).toBeLessThan(upper)
          for (const end of [lower, upper])
            expect(Math.abs(log(mixture, end) - level)).toBeLessThan(1e-8)
        }
        for (let i = 0; i <= 400; i++) {
          const t = -8 + i / 25
          const inside = set!.some(({ lower, upper }) => t > lower && t < upper)
          if (inside) expect(log(mixture, t)).toBeGreaterThan(level - 1e-8)
          else expect(log(mixture, t)).toBeLessThan(level + 1e-8)
        }
        const [central] = mixture.centralInterval(mass)
        const length = set!.reduce((sum, { lower, upper }) => sum + upper - lower, 0)
        expect(length).toBeLessThan(central!.upper - central!.lower + 1e-9)
      }),
      { numRuns: 60 },
    )
  })

  test('of one Gaussian: both are μ ± zσ', () => {
    const z = 1.959963984540054
    const mixture = mixtureOf([0], [5], [2])
    for (const { lower, upper } of [
      mixture.centralInterval(0.95)[0]!,
      mixture.highestDensityIntervals(0.95)[0]![0]!,
    ]) {
      expect(lower).toBeCloseTo(5 - 2 * z, 12)
      expect(upper).toBeCloseTo(5 + 2 * z, 12)
    }
  })

  test('of two apart: two intervals where the central one is one', () => {
    const mixture = mixtureOf([0, 0], [-5, 5], [1, 1])
    expect(mixture.highestDensityIntervals(0.9)[0]).toHaveLength(2)
    expect(mixture.highestDensityIntervals(1 - 1e-7)[0]).toHaveLength(1)
  })
})
