import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { type M64, Matrix } from '../dist/compute/matrix.js'
import { Random } from '../dist/compute/random.js'
import { calibration, crps } from '../dist/mixture/calibration.js'
import { GaussianMixture } from '../dist/mixture/gaussian-mixture.js'

const matrix = (rows: number, cols: number, value: (i: number) => number): M64 =>
  new Matrix(
    rows,
    cols,
    Float64Array.from({ length: rows * cols }, (_, i) => value(i)),
  )

/** n different mixtures of 3 components; `narrow` multiplies their scales. */
function mixtures(n: number, narrow = 1): GaussianMixture {
  const random = new Random(3)
  const logits = matrix(n, 3, () => random.normal())
  const means = matrix(n, 3, () => 2 * random.normal())
  return GaussianMixture.fromLogits(
    logits,
    means,
    matrix(n, 3, () => narrow * (0.2 + random.uniform())),
  )
}

/** χ² of a histogram against a flat one. */
function chiSquare(histogram: Uint32Array): number {
  const even = histogram.reduce((a, b) => a + b) / histogram.length
  return histogram.reduce((sum, count) => sum + (count - even) ** 2 / even, 0)
}

describe('calibration', () => {
  const n = 20_000
  const truth = mixtures(n)
  const t = truth.sample(new Random(7))

  test('of the truth: flat transforms (χ², 9 degrees of freedom, 99.9 %), nominal coverage', () => {
    const { histogram, coverage } = calibration(truth, t)
    expect(histogram.reduce((a, b) => a + b)).toBe(n)
    expect(chiSquare(histogram)).toBeLessThan(27.88)
    expect(coverage.map(({ level }) => level)).toEqual([0.5, 0.8, 0.95])
    for (const { level, share } of coverage)
      expect(Math.abs(share - level)).toBeLessThan(4 * Math.sqrt((level * (1 - level)) / n))
  })

  test('finds out densities that are too narrow, and one that lies to one side', () => {
    const overconfident = mixtures(n, 0.5)
    const { histogram, coverage, crps: score } = calibration(overconfident, t)
    expect(chiSquare(histogram)).toBeGreaterThan(1000)
    // Too many of the outputs lie in the outermost bins: a U.
    expect(Math.min(histogram[0]!, histogram[9]!)).toBeGreaterThan(
      1.2 * Math.max(...histogram.subarray(1, 9)),
    )
    for (const { level, share } of coverage) expect(share).toBeLessThan(level - 0.03)
    expect(score).toBeGreaterThan(calibration(truth, t).crps) // the score is proper
    const shifted = t.data.map(value => value + 0.5)
    const toOneSide = calibration(truth, new Matrix(n, 1, shifted)).histogram
    expect(toOneSide[9]).toBeGreaterThan(1.5 * toOneSide[0]!)
  })

  test('coverage counts what lies in the central intervals', () => {
    const few = mixtures(300)
    const at = few.sample(new Random(8))
    const { share } = calibration(few, at, { levels: [0.7] }).coverage[0]!
    const within = few
      .centralInterval(0.7)
      .filter(({ lower, upper }, i) => lower <= at.data[i]! && at.data[i]! <= upper)
    expect(share).toBe(within.length / 300)
  })

  test('puts transforms of 0 and 1 into the outer bins', () => {
    const one = GaussianMixture.fromLogits(
      matrix(2, 1, () => 0),
      matrix(2, 1, () => 0),
      matrix(2, 1, () => 1),
    )
    const { histogram } = calibration(
      one,
      matrix(2, 1, i => 1000 * i - 500),
      { bins: 4 },
    )
    expect([...histogram]).toEqual([1, 0, 0, 1])
  })

  test('refuses unfit outputs and options', () => {
    expect(() =>
      calibration(
        truth,
        matrix(3, 1, () => 0),
      ),
    ).toThrow(/LACUNA_E_SHAPE/)
    expect(() =>
      crps(
        truth,
        matrix(n, 1, () => NaN),
      ),
    ).toThrow(/LACUNA_E_NOT_FINITE/)
    expect(() => calibration(truth, t, { levels: [1] })).toThrow(/LACUNA_E_OPTION/)
    expect(() => calibration(truth, t, { bins: 0 })).toThrow(/LACUNA_E_OPTION/)
    const two = GaussianMixture.fromLogits(
      matrix(1, 1, () => 0),
      matrix(1, 2, () => 0),
      matrix(1, 1, () => 1),
    )
    expect(() =>
      crps(
        two,
        matrix(1, 2, () => 0),
      ),
    ).toThrow(/LACUNA_E_SHAPE/)
    const none = GaussianMixture.fromLogits(
      matrix(0, 1, () => 0),
      matrix(0, 1, () => 0),
      matrix(0, 1, () => 1),
    )
    expect(() =>
      calibration(
        none,
        matrix(0, 1, () => 0),
      ),
    ).toThrow(/LACUNA_E_SHAPE/)
  })
})

describe('crps', () => {
  test('of one Gaussian is σ(z(2Φ(z) − 1) + 2φ(z) − 1/√π)', () => {
    // The value at z = 0: √(2/π) − 1/√π = 0.2336949772…
    const at = (mean: number, scale: number, t: number) =>
      crps(
        GaussianMixture.fromLogits(
          matrix(1, 1, () => 0),
          matrix(1, 1, () => mean),
          matrix(1, 1, () => scale),
        ),
        matrix(1, 1, () => t),
      )[0]!
    expect(at(0, 1, 0)).toBeCloseTo(Math.SQRT2 / Math.sqrt(Math.PI) - 1 / Math.sqrt(Math.PI), 14)
    expect(at(5, 3, 5)).toBeCloseTo(3 * at(0, 1, 0), 14)
    expect(at(0, 1, 50)).toBeCloseTo(50 - 1 / Math.sqrt(Math.PI), 12)
  })

  test('is the integral of (F(s) − [s ≥ t])²', () => {
    fc.assert(
      fc.property(fc.nat(199), fc.double({ min: -6, max: 6, noNaN: true }), (row, t) => {
        const all = mixtures(200)
        const pick = ({ cols, data }: M64) =>
          new Matrix(1, cols, data.slice(row * cols, (row + 1) * cols))
        const one = GaussianMixture.fromLogits(
          pick(all.logWeights),
          pick(all.means),
          pick(all.scales),
        )
        // The midpoint rule, split at the jump; the tails beyond ±16 hold less than 10⁻¹².
        const integral = (from: number, to: number, jump: number) => {
          const steps = 400
          const width = (to - from) / steps
          const many = (values: M64) =>
            matrix(steps, values.cols, i => values.data[i % values.cols]!)
          const F = GaussianMixture.fromLogits(
            many(one.logWeights),
            many(one.means),
            many(one.scales),
          ).cdf(matrix(steps, 1, i => from + (i + 0.5) * width))
          return F.reduce((sum, p) => sum + (p - jump) ** 2 * width, 0)
        }
        const expected = integral(-16, t, 0) + integral(t, 16, 1)
        const found = crps(
          one,
          matrix(1, 1, () => t),
        )[0]!
        // h²/24 times the jump of the integrand's slope, 2Fp + 2(1 − F)p ≤ 2p ≤ 4, with h ≤ 0.055.
        expect(Math.abs(found - expected)).toBeLessThan((0.055 ** 2 / 24) * 4)
      }),
      { numRuns: 40 },
    )
  })
})
