import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { GaussianMixture, type M64, Matrix } from '../dist/index.js'
import { matrix, mixtureOf, reference, samples, scaleOf } from './reference/mixtures.js'

const log2pi = Math.log(2 * Math.PI)

/** Checks values to so many relative digits, and exact zeros and infinities exactly. */
function expectClose(values: ArrayLike<number>, expected: readonly number[], relative: number) {
  expect(values.length).toBe(expected.length)
  for (const [i, value] of expected.entries()) {
    if (value === 0 || !Number.isFinite(value)) expect(values[i]! + 0).toBe(value + 0)
    else expect(Math.abs(values[i]! / value - 1)).toBeLessThan(relative)
  }
}

describe('GaussianMixture by hand', () => {
  test('one standard Gaussian over c outputs: −(c/2) log 2π − ½‖t‖²', () => {
    for (const c of [1, 2, 5]) {
      const t = Array.from({ length: c }, (_, k) => k - 0.5)
      const squares = t.reduce((sum, value) => sum + value * value, 0)
      const mixture = mixtureOf([7], new Array(c).fill(0), [1])
      expect(mixture.logDensity(matrix(t))[0]).toBeCloseTo(-(c / 2) * log2pi - squares / 2, 13)
      expect(mixture.posterior(matrix(t)).data).toEqual(Float64Array.of(1))
    }
  })

  test('two components, two outputs, worked out term by term', () => {
    // α = (1/4, 3/4); ‖t − μ₁‖² = 1 + 4 = 5 with σ₁ = 1, ‖t − μ₂‖² = 4 + 1 = 5 with σ₂ = 2.
    const mixture = mixtureOf([0, Math.log(3)], [0, 0, 3, 1], [1, 2])
    const t = matrix([1, 2])
    const phi = [Math.exp(-5 / 2) / (2 * Math.PI), Math.exp(-5 / 8) / (2 * Math.PI * 4)]
    const p = phi[0]! / 4 + (3 * phi[1]!) / 4
    const pi = [phi[0]! / 4 / p, (3 * phi[1]!) / 4 / p]
    expectClose(mixture.logDensity(t), [Math.log(p)], 1e-14)
    expectClose(mixture.posterior(t).data, pi, 1e-14)
    const gradients = mixture.gradients(t)
    expectClose(gradients.weights.data, [-phi[0]! / p, -phi[1]! / p], 1e-14)
    expectClose(
      gradients.means.data,
      [-pi[0]!, -2 * pi[0]!, (2 * pi[1]!) / 4, (-1 * pi[1]!) / 4],
      1e-14,
    )
    expectClose(gradients.scales.data, [pi[0]! * (2 - 5), pi[1]! * (2 / 2 - 5 / 8)], 1e-14)
    expectClose(gradients.logits.data, [1 / 4 - pi[0]!, 3 / 4 - pi[1]!], 1e-13)
    expectClose(mixture.mean().data, [9 / 4, 3 / 4], 1e-14)
    // Within: (1 + 3·4)/4; between: 1/4·3/4·(difference of means)².
    expectClose(mixture.variance().data, [13 / 4 + 27 / 16, 13 / 4 + 3 / 16], 1e-14)
  })

  test('every example has its own mixture, and every output its own column', () => {
    // Two examples, two components, three outputs; σ differs between components, so a mixed-up
    // column of means or scales would show.
    const logits = matrix([0, 1], [2, -1])
    const means = matrix([1, 2, 3, 4, 5, 6], [-1, -2, -3, -4, -5, -6])
    const scales = matrix([0.5, 2], [3, 0.25])
    const t = matrix([1.5, 2, 2], [-4, -5, -5.5])
    const both = GaussianMixture.fromLogits(logits, means, scales)
    for (const row of [0, 1]) {
      const one = mixtureOf([...logits.row(row)], [...means.row(row)], [...scales.row(row)])
      const at = matrix([...t.row(row)])
      expect(both.logDensity(t)[row]).toBe(one.logDensity(at)[0])
      expect(both.gradients(t).means.row(row)).toEqual(one.gradients(at).means.row(0))
      const alpha = 1 / (1 + Math.exp(logits.row(row)[1]! - logits.row(row)[0]!))
      const square = (i: number) =>
        [0, 1, 2].reduce((sum, k) => sum + (t.row(row)[k]! - means.row(row)[3 * i + k]!) ** 2, 0)
      const density = [alpha, 1 - alpha].reduce((sum, weight, i) => {
        const s = scales.row(row)[i]!
        const norm = (2 * Math.PI) ** 1.5 * s ** 3
        return sum + (weight / norm) * Math.exp(-square(i) / (2 * s * s))
      }, 0)
      expect(both.logDensity(t)[row]).toBeCloseTo(Math.log(density), 12)
    }
  })

  test('no examples, no values', () => {
    const none = (cols: number) => new Matrix(0, cols, new Float64Array(0))
    const mixture = GaussianMixture.fromLogits(none(2), none(4), none(2))
    expect([mixture.examples, mixture.components, mixture.outputs]).toEqual([0, 2, 2])
    expect(mixture.logDensity(none(2))).toHaveLength(0)
    expect(mixture.gradients(none(2)).means).toMatchObject({ rows: 0, cols: 4 })
    expect(mixture.modes()).toEqual([])
  })
})

describe('GaussianMixture against mpmath, to 10⁻¹² relative', () => {
  for (const each of reference.densities)
    test(each.name, () => {
      const mixture = mixtureOf(each.logits, each.means, each.scales)
      const t = matrix(each.t)
      expectClose(mixture.logDensity(t), [each.logDensity], 1e-14)
      expectClose(mixture.posterior(t).data, each.posterior, 1e-12)
      const gradients = mixture.gradients(t)
      for (const name of ['weights', 'means', 'scales', 'logits'] as const)
        expectClose(gradients[name].data, each.gradients[name].map(Number), 1e-12)
    })

  test('what has no float64 is infinite or an error, never NaN', () => {
    const mixture = mixtureOf([0, 0], [0, 1], [1e-100, 1e-100])
    expect(mixture.logDensity(matrix([1e100]))[0]).toBe(-Infinity)
    expect(() => mixture.posterior(matrix([1e100]))).toThrow(/LACUNA_E_NOT_FINITE.*so far/)
    expect(() => mixture.gradients(matrix([1e100]))).toThrow(/LACUNA_E_NOT_FINITE.*so far/)
    // One component beyond the range, the other not.
    const half = mixtureOf([0, 0], [0, 1e100], [1e-100, 1])
    expect([...half.posterior(matrix([1e100])).data]).toEqual([0, 1])
    expect([...half.gradients(matrix([1e100])).logits.data]).toEqual([0.5, -0.5])
  })
})

describe('GaussianMixture’s properties', () => {
  test('an isotropic mixture is the diagonal one with equal scales, and its ∂E/∂σᵢ their sum', () => {
    fc.assert(
      fc.property(samples({ min: 2, max: 3 }), sample => {
        const { m, c, z, mu, t } = sample
        const sigma = sample.sigma.slice(0, m)
        const isotropic = mixtureOf(z, mu, sigma)
        const diagonal = mixtureOf(
          z,
          mu,
          sigma.flatMap(value => new Array(c).fill(value)),
        )
        const at = matrix(t)
        const p = isotropic.logDensity(at)[0]!
        expect(Math.abs(diagonal.logDensity(at)[0]! - p)).toBeLessThan(1e-13 * (1 + Math.abs(p)))
        const [own, split] = [isotropic.gradients(at).scales, diagonal.gradients(at).scales]
        for (let i = 0; i < m; i++) {
          const parts = split.data.subarray(i * c, (i + 1) * c)
          const sum = parts.reduce((a, b) => a + b)
          const size = parts.reduce((a, b) => a + Math.abs(b), 1e-300)
          expect(Math.abs(own.data[i]! - sum) / size).toBeLessThan(1e-10)
        }
      }),
    )
  })

  test('weights and posterior sum to 1; the gradients of the logits to 0', () => {
    fc.assert(
      fc.property(
        samples({ min: 1, max: 3 }),
        fc.double({ min: -1e4, max: 1e4, noNaN: true }),
        (s, far) => {
          const mixture = mixtureOf(
            s.z.map((z, i) => (i === 0 ? z + far : z)),
            s.mu,
            s.sigma,
          )
          const sum = ({ data }: M64) => data.reduce((a, b) => a + b)
          expect(sum(mixture.weights)).toBeCloseTo(1, 14)
          expect(sum(mixture.posterior(matrix(s.t)))).toBeCloseTo(1, 14)
          expect(Math.abs(sum(mixture.gradients(matrix(s.t)).logits))).toBeLessThan(1e-15)
        },
      ),
    )
  })

  test('neither the order of components nor a constant added to the logits matters', () => {
    fc.assert(
      fc.property(samples({ min: 1, max: 3 }), s => {
        const reversed = (values: number[]) => {
          const each = values.length / s.m
          return Array.from({ length: s.m }, (_, i) =>
            values.slice((s.m - 1 - i) * each, (s.m - i) * each),
          ).flat()
        }
        const p = mixtureOf(s.z, s.mu, s.sigma).logDensity(matrix(s.t))[0]!
        const shifted = reversed(s.z.map(z => z + 8))
        const q = mixtureOf(shifted, reversed(s.mu), reversed(s.sigma)).logDensity(matrix(s.t))[0]!
        expect(Math.abs(p - q)).toBeLessThan(1e-13 * (1 + Math.abs(p)))
      }),
    )
  })

  test('mean and variance are the integrals of t·p and (t − mean)²·p', () => {
    fc.assert(
      fc.property(samples({ min: 1, max: 1 }), s => {
        const mixture = mixtureOf(s.z, s.mu, s.sigma)
        // The trapezoidal rule on ±(3 + 16σ): spectrally accurate for a sum of Gaussians, as σ ≥ 0.05 ≥ 2h.
        const h = 0.02
        const integral = (f: (t: number) => number) => {
          let sum = 0
          for (let t = -36; t <= 36; t += h)
            sum += h * f(t) * Math.exp(mixture.logDensity(matrix([t]))[0]!)
          return sum
        }
        const mean = mixture.mean().data[0]!
        expect(integral(() => 1)).toBeCloseTo(1, 10)
        expect(integral(t => t)).toBeCloseTo(mean, 9)
        expect(integral(t => (t - mean) ** 2)).toBeCloseTo(mixture.variance().data[0]!, 8)
      }),
      { numRuns: 10 },
    )
  })
})

describe('marginal and conditional', () => {
  test('p(t₁, t₂) = p(t₁) p(t₂|t₁), whichever outputs are known', () => {
    fc.assert(
      fc.property(samples({ min: 2, max: 4 }), fc.integer({ min: 1, max: 14 }), (s, chosen) => {
        const known = s.t.map((_, k) => k).filter(k => (chosen >> k) & 1)
        fc.pre(known.length > 0 && known.length < s.c)
        const others = s.t.map((_, k) => k).filter(k => !known.includes(k))
        const joint = mixtureOf(s.z, s.mu, s.sigma)
        const given = matrix(known.map(k => s.t[k]!))
        const rest = matrix(others.map(k => s.t[k]!))
        const whole = joint.logDensity(matrix(s.t))[0]!
        const first = joint.marginal(known).logDensity(given)[0]!
        const second = joint.conditional(known, given).logDensity(rest)[0]!
        const size = 1 + Math.abs(first) + Math.abs(second)
        expect(Math.abs(first + second - whole)).toBeLessThan(1e-13 * size)
      }),
    )
  })

  test('a marginal is the density of those outputs, in the order asked for', () => {
    fc.assert(
      fc.property(samples({ min: 3, max: 3 }), s => {
        const marginal = mixtureOf(s.z, s.mu, s.sigma).marginal([2, 0])
        const total = s.z.reduce((sum, z) => sum + Math.exp(z), 0)
        let p = 0
        for (const [i, z] of s.z.entries()) {
          let term = Math.exp(z) / total
          for (const k of [2, 0]) {
            const u = (s.t[k]! - s.mu[3 * i + k]!) / scaleOf(s, i, k)
            term *= Math.exp((-u * u) / 2) / Math.sqrt(2 * Math.PI) / scaleOf(s, i, k)
          }
          p += term
        }
        fc.pre(p > 1e-280)
        const found = marginal.logDensity(matrix([s.t[2]!, s.t[0]!]))[0]!
        expect(Math.abs(found - Math.log(p))).toBeLessThan(1e-12 * (1 + Math.abs(found)))
      }),
    )
  })

  test('a far-away observation leaves weights that still compare rightly', () => {
    // Known output 1,000σ from both: log-weights differ by (1000² − 1000.001²)/2 = −1.0000005.
    const mixture = mixtureOf([0, 0], [0, -1, -0.001, 5], [1, 1])
    const given = mixture.conditional([0], matrix([1000]))
    expect(given.weights.data[0]! / given.weights.data[1]!).toBeCloseTo(Math.exp(1.0000005), 9)
    expect([...given.means.data]).toEqual([-1, 5])
  })
})

describe('GaussianMixture refuses', () => {
  const one = matrix([0, 0])
  const make = GaussianMixture.fromLogits
  test.each<[string, RegExp, () => unknown]>([
    ['no components', /_E_SHAPE/, () => make(matrix([]), matrix([]), matrix([]))],
    ['no outputs', /_E_SHAPE/, () => make(one, matrix([]), one)],
    [
      'means that do not divide',
      /_E_SHAPE.*3 means.*2 comp/,
      () => make(one, matrix([1, 2, 3]), one),
    ],
    ['other rows of means', /_E_SHAPE.*means/, () => make(one, matrix([1, 2], [3, 4]), one)],
    ['other scales', /_E_SHAPE.*scales/, () => make(one, matrix([1, 2, 3, 4]), matrix([1, 1, 1]))],
    ['a NaN logit', /_E_NOT_FINITE.*logits.*column 1/, () => make(matrix([0, NaN]), one, one)],
    ['an infinite mean', /_E_NOT_FINITE.*means/, () => make(one, matrix([0, Infinity]), one)],
    ['a NaN scale', /_E_NOT_FINITE.*scales/, () => make(one, one, matrix([NaN, 1]))],
    ['σ = 0', /_E_OPTION.*scales holds 0 at row 0, column 0/, () => make(one, one, one)],
    ['σ < 0', /_E_OPTION.*-1.*column 1/, () => make(one, one, matrix([1, -1]))],
    ['σ without a square', /_E_OPTION.*1e-200/, () => make(one, one, matrix([1, 1e-200]))],
  ])('%s', (_, error, build) => {
    expect(build).toThrow(error)
  })

  const plane = mixtureOf([0], [0, 0], [1])
  const line = mixtureOf([0], [0], [1])
  test.each<[string, RegExp, () => unknown]>([
    ['t of another width', /_E_SHAPE.*t must be 1×2/, () => plane.logDensity(matrix([1]))],
    ['t of another length', /_E_SHAPE/, () => plane.posterior(matrix([1, 1], [2, 2]))],
    ['a NaN in t', /_E_NOT_FINITE.*t holds NaN/, () => plane.gradients(matrix([1, NaN]))],
    ['cdf over two outputs', /_E_SHAPE.*one output/, () => plane.cdf(matrix([1, 1]))],
    ['quantiles of two outputs', /_E_SHAPE.*one output/, () => plane.quantile(0.5)],
    ['intervals of two outputs', /_E_SHAPE.*one output/, () => plane.centralInterval(0.5)],
    ['regions of two outputs', /_E_SHAPE.*one output/, () => plane.highestDensityIntervals(0.5)],
    ['the quantile 0', /_E_OPTION.*p must/, () => line.quantile(0)],
    ['the quantile 1', /_E_OPTION/, () => line.quantile(1)],
    ['the quantile NaN', /_E_OPTION/, () => line.quantile(NaN)],
    ['too many probabilities', /_E_SHAPE.*2 prob/, () => line.quantile(Float64Array.of(0.1, 0.2))],
    ['mass 1', /_E_OPTION.*mass/, () => line.centralInterval(1)],
    ['mass −0.1', /_E_OPTION.*mass/, () => line.highestDensityIntervals(-0.1)],
    ['a marginal over nothing', /_E_OPTION/, () => plane.marginal([])],
    ['an output twice', /_E_OPTION/, () => plane.marginal([1, 1])],
    ['an output that is not there', /_E_OPTION.*to 1, not 2/, () => plane.marginal([2])],
    ['every output given', /_E_OPTION/, () => plane.conditional([0, 1], matrix([1, 1]))],
    ['the wrong number given', /_E_SHAPE/, () => plane.conditional([0], matrix([1, 1]))],
  ])('%s', (_, error, ask) => {
    expect(ask).toThrow(error)
  })
})
