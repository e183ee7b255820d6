import { describe, expect, test } from 'vitest'
import { GaussianMixture, Matrix, Random } from '../dist/index.js'
import { mixtureOf } from './reference/mixtures.js'

/** n copies of a mixture of two components over two outputs, all parameters distinct. */
const logits = [0, Math.log(3)]
const means = [-1, 10, 2, 40]
const scales = [0.5, 1, 2, 0.25] // σ₁₁, σ₁₂, σ₂₁, σ₂₂

function copies(n: number, isotropic: boolean): GaussianMixture {
  const repeat = (values: readonly number[]) =>
    new Matrix(
      n,
      values.length,
      Float64Array.from({ length: n * values.length }, (_, i) => values[i % values.length]!),
    )
  return GaussianMixture.fromLogits(
    repeat(logits),
    repeat(means),
    repeat(isotropic ? [0.5, 2] : scales),
  )
}

const n = 40_000

/** Mean and variance of the column `k` of the rows that `component` (by output 1: below or above 25) drew. */
function statistics(t: Matrix<Float64Array>, component: number, k: number) {
  const rows = Array.from({ length: n }, (_, i) => t.row(i)).filter(
    row => row[1]! < 25 === (component === 0),
  )
  const count = rows.length
  const mean = rows.reduce((sum, row) => sum + row[k]!, 0) / count
  const variance = rows.reduce((sum, row) => sum + (row[k]! - mean) ** 2, 0) / count
  return { count, mean, variance }
}

describe('sample', () => {
  for (const isotropic of [false, true])
    for (const temperature of [1, 0.5])
      test(`${isotropic ? 'isotropic' : 'diagonal'}, τ = ${temperature}: share, mean and variance of every component and output, within 4 standard errors`, () => {
        const t = copies(n, isotropic).sample(new Random(4), { temperature })
        // αᵢ^{1/τ}, normalised: (1/4, 3/4) at τ = 1, (1/10, 9/10) at τ = ½.
        const share = temperature === 1 ? [1 / 4, 3 / 4] : [1 / 10, 9 / 10]
        for (const i of [0, 1])
          for (const k of [0, 1]) {
            const sigma = (isotropic ? [0.5, 0.5, 2, 2] : scales)[2 * i + k]!
            const spread = temperature * sigma * sigma
            const { count, mean, variance } = statistics(t, i, k)
            const p = share[i]!
            expect(Math.abs(count / n - p)).toBeLessThan(4 * Math.sqrt((p * (1 - p)) / n))
            expect(Math.abs(mean - means[2 * i + k]!)).toBeLessThan(4 * Math.sqrt(spread / count))
            expect(Math.abs(variance / spread - 1)).toBeLessThan(4 * Math.sqrt(2 / count))
          }
      })

  test('outputs of one component are independent', () => {
    const t = copies(n, false).sample(new Random(9))
    const rows = Array.from({ length: n }, (_, i) => t.row(i)).filter(row => row[1]! > 25)
    const product = rows.reduce(
      (sum, row) => sum + ((row[0]! - 2) / 2) * ((row[1]! - 40) / 0.25),
      0,
    )
    expect(Math.abs(product / rows.length)).toBeLessThan(4 / Math.sqrt(rows.length))
  })

  test('follows its own distribution function: the PIT is uniform (Kolmogorov–Smirnov, 0.1 %)', () => {
    const mixture = copies(n, true).marginal([0])
    const pit = mixture.cdf(mixture.sample(new Random(12))).sort()
    const largest = pit.reduce((most, u, i) => Math.max(most, (i + 1) / n - u, u - i / n), 0)
    expect(largest).toBeLessThan(1.95 / Math.sqrt(n))
  })

  test('a low temperature gives the mean of the heaviest component', () => {
    const mixture = mixtureOf([0, 1, -1], [1, 2, 3, 4, 5, 6], [1, 1, 1])
    for (const temperature of [1e-12, 1e-300]) {
      const { data } = mixture.sample(new Random(1), { temperature })
      expect(data[0]).toBeCloseTo(3, 4)
      expect(data[1]).toBeCloseTo(4, 4)
    }
  })

  test('takes as many random words for every example: what one draws never shifts another', () => {
    const two = (first: number) =>
      GaussianMixture.fromLogits(
        new Matrix(2, 2, Float64Array.of(first, 0, 0, 0)),
        new Matrix(2, 2, Float64Array.of(5, 6, -1, 1)),
        new Matrix(2, 2, Float64Array.of(1, 1, 1, 1)),
      ).sample(new Random(3)).data[1]
    expect(two(100)).toBe(two(-100))
  })

  test('refuses temperatures that are none', () => {
    const mixture = mixtureOf([0], [0], [1])
    for (const temperature of [0, -1, NaN, Infinity])
      expect(() => mixture.sample(new Random(1), { temperature })).toThrow(/LACUNA_E_OPTION.*temp/)
  })
})
