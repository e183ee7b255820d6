import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import type { GaussianMixture } from '../dist/index.js'
import { matrix, mixtureOf, type Sample, samples, scaleOf } from './reference/mixtures.js'

/** The density up to a factor, straight from its definition. */
function density(s: Sample, t: readonly number[]): number {
  return s.z.reduce((sum, z, i) => {
    let term = Math.exp(z)
    for (let k = 0; k < s.c; k++) {
      const sigma = scaleOf(s, i, k)
      term *= Math.exp(-(((t[k]! - s.mu[i * s.c + k]!) / sigma) ** 2) / 2) / sigma
    }
    return sum + term
  }, 0)
}

const log = (mixture: GaussianMixture, t: ArrayLike<number>) =>
  mixture.logDensity(matrix(Array.from(t)))[0]!

describe('modes over one output', () => {
  test('are those that a fine grid sees', () => {
    fc.assert(
      fc.property(samples({ min: 1, max: 1 }), s => {
        const modes = mixtureOf(s.z, s.mu, s.sigma).modes()[0]!
        const found = modes.map(({ location }) => location[0]!).sort((a, b) => a - b)
        const h = 0.002 // σ ≥ 0.05
        const p = Array.from({ length: 3101 }, (_, i) => density(s, [-3.1 + h * i]))
        const seen: number[] = []
        let rising = true
        for (let i = 1; i < p.length; i++) {
          if (p[i]! < p[i - 1]! && rising) seen.push(-3.1 + h * (i - 1))
          if (p[i] !== p[i - 1]) rising = p[i]! > p[i - 1]!
        }
        // Beside one another as near as the grid is fine, two may be seen as one: leave such cases out.
        fc.pre(found.every((t, i) => i === 0 || t - found[i - 1]! > 4 * h))
        expect(found).toHaveLength(seen.length)
        for (const [i, t] of seen.entries()) expect(Math.abs(found[i]! - t)).toBeLessThan(2 * h)
      }),
      { numRuns: 150 },
    )
  })

  test('of two equal Gaussians: one up to a distance of 2σ, two from there on', () => {
    const pair = (half: number) => mixtureOf([0, 0], [-half, half], [1, 1]).modes()[0]!
    for (const half of [0, 0.5, 0.9999, 1]) {
      expect(pair(half)).toHaveLength(1)
      expect(Math.abs(pair(half)[0]!.location[0]!)).toBeLessThan(1e-5)
    }
    // Near the fork they lie at ±√(6(d − 1)), d half the distance; far on, at the means.
    expect(pair(1 + 1e-6)).toHaveLength(2)
    expect(Math.abs(pair(1 + 1e-6)[0]!.location[0]!)).toBeCloseTo(Math.sqrt(6e-6), 6)
    expect(Math.abs(pair(8)[0]!.location[0]!)).toBeCloseTo(8, 12)
  })

  test('spikes of 10⁻⁶ a million from one another, on a slab', () => {
    const modes = mixtureOf([0, 0, 3], [-1e6, 1e6, 3], [1e-6, 1e-6, 1e3]).modes()[0]!
    expect(modes.map(({ location }) => location[0])).toEqual([-1e6, 1e6, 3])
    expect(modes[2]!.weight).toBeCloseTo(Math.exp(3) / (2 + Math.exp(3)), 14)
  })

  test('components in one place make one mode', () => {
    const [mode, ...others] = mixtureOf([0, 1, 2], [4, 4, 4], [1, 2, 3]).modes()[0]!
    expect(others).toEqual([])
    expect(mode!.location[0]).toBe(4)
    expect(mode!.weight).toBeCloseTo(1, 15)
  })
})

describe('modes over several outputs', () => {
  test('are stationary, above all around them, densest first, and share the weight', () => {
    fc.assert(
      fc.property(samples({ min: 1, max: 3 }), s => {
        const mixture = mixtureOf(s.z, s.mu, s.sigma)
        const [modes] = mixture.modes()
        expect(modes!.reduce((sum, { weight }) => sum + weight, 0)).toBeCloseTo(1, 14)
        for (const [i, mode] of modes!.entries()) {
          expect(mode.logDensity).toBe(log(mixture, mode.location))
          if (i > 0) expect(mode.logDensity).toBeLessThanOrEqual(modes![i - 1]!.logDensity)
          // ∂ log p/∂tₖ = −Σᵢ ∂E/∂(−μᵢₖ): the gradients of the means sum to 0.
          const { data } = mixture.gradients(matrix([...mode.location])).means
          for (let k = 0; k < s.c; k++) {
            const column = data.filter((_, at) => at % s.c === k)
            const size = column.reduce(
              (sum, value) => sum + Math.abs(value),
              1 / Math.min(...s.sigma),
            )
            expect(Math.abs(column.reduce((a, b) => a + b)) / size).toBeLessThan(1e-9)
          }
          for (let direction = 0; direction < 2 * s.c; direction++) {
            const beside = Float64Array.from(mode.location)
            beside[direction >> 1]! += direction & 1 ? 1e-3 : -1e-3
            expect(log(mixture, beside)).toBeLessThan(mode.logDensity)
          }
        }
      }),
    )
  })

  test('over two outputs are those that a grid sees', () => {
    fc.assert(
      fc.property(samples({ min: 2, max: 2 }), s => {
        const wide = { ...s, sigma: s.sigma.map(value => 0.4 + value / 2) }
        const modes = mixtureOf(wide.z, wide.mu, wide.sigma).modes()[0]!
        const near = (a: Float64Array, b: readonly number[], by: number) =>
          a.every((value, k) => Math.abs(value - b[k]!) < by)
        const n = 121
        const at = (i: number) => -3.03 + (6.06 * i) / (n - 1)
        const p = Array.from({ length: n * n }, (_, i) =>
          density(wide, [at(Math.floor(i / n)), at(i % n)]),
        )
        const around = [-n - 1, -n, -n + 1, -1, 1, n - 1, n, n + 1]
        for (let i = n; i < n * (n - 1); i++) {
          if (i % n === 0 || i % n === n - 1) continue
          if (around.every(step => p[i]! > p[i + step]!)) {
            const peak = [at(Math.floor(i / n)), at(i % n)]
            expect(modes.some(({ location }) => near(location, peak, 0.3))).toBe(true)
          }
        }
      }),
      { numRuns: 30 },
    )
  })

  test('a triangle of equal Gaussians has a fourth mode at its centre from σ = 1/√2 of its radius on', () => {
    const triangle = (sigma: number) => {
      const corners = [0, 1, 2].map(k => (2 * Math.PI * k) / 3)
      const means = corners.flatMap(angle => [Math.cos(angle), Math.sin(angle)])
      return mixtureOf([0, 0, 0], means, [sigma, sigma, sigma]).modes()[0]!
    }
    // At the centre the curvature is −1/σ² + 1/(2σ⁴): a maximum if and only if σ² > ½.
    expect(triangle(0.7)).toHaveLength(3)
    const four = triangle(0.715)
    expect(four.map(({ weight }) => Math.round(3 * weight))).toEqual([1, 1, 1, 0])
    for (const value of four[3]!.location) expect(Math.abs(value)).toBeLessThan(1e-12)
    expect(triangle(0.9)).toHaveLength(1)
  })

  test('two long Gaussians that cross at a right angle have a third mode where they cross', () => {
    const [crossing, ...ends] = mixtureOf([0, 0], [0, 0, 2, 2], [3, 0.05, 0.05, 3]).modes()[0]!
    expect(crossing!.weight).toBe(0)
    expect(crossing!.location[0]).toBeCloseTo(2, 2)
    expect(crossing!.location[1]).toBeCloseTo(0, 2)
    expect(ends).toHaveLength(2)
  })

  test('a start on a saddle goes on to a maximum', () => {
    // A light component whose mean is the saddle between two heavy ones.
    const modes = mixtureOf([0, 0, -20], [-2, 0, 2, 0, 0, 0], [1, 1, 1]).modes()[0]!
    expect(modes).toHaveLength(2)
    for (const { location } of modes) expect(Math.abs(location[0]!)).toBeGreaterThan(1.5)
  })
})
