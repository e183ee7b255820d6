import { readFileSync } from 'node:fs'
import fc from 'fast-check'
import { GaussianMixture, type M64, Matrix } from '../../dist/index.js'

/** One example's mixture and an outcome, with what mpmath makes of them to 60 digits or more. */
interface DensityCase {
  name: string
  logits: number[]
  means: number[]
  scales: number[]
  t: number[]
  logDensity: number
  posterior: number[]
  gradients: Record<'weights' | 'means' | 'scales' | 'logits', (number | '-Infinity')[]>
}

interface LineCase {
  name: string
  logits: number[]
  means: number[]
  scales: number[]
  at: number[]
  cdf: number[]
  logCdf: number[]
  logSurvival: number[]
  quantiles: number[]
  modes: number[]
  highestDensity: [number, number][][]
}

/** Made by fixtures/gaussian-mixture.py. */
export const reference = JSON.parse(
  readFileSync(new URL('../fixtures/gaussian-mixture.json', import.meta.url), 'utf8'),
) as {
  densities: DensityCase[]
  lines: LineCase[]
  probabilities: number[]
  masses: number[]
}

/** A matrix of float64 values from its rows. */
export function matrix(...rows: readonly (readonly number[])[]): M64 {
  return new Matrix(rows.length, rows[0]!.length, Float64Array.from(rows.flat()))
}

/** The mixture of one example. */
export function mixtureOf(
  logits: readonly number[],
  means: readonly number[],
  scales: readonly number[],
): GaussianMixture {
  return GaussianMixture.fromLogits(matrix(logits), matrix(means), matrix(scales))
}

/** Parameters of one example's mixture, as plain numbers, and an outcome. */
export interface Sample {
  m: number
  c: number
  z: number[]
  mu: number[]
  sigma: number[]
  t: number[]
}

const numbers = (length: number, min: number, max: number) =>
  fc.array(fc.double({ min, max, noNaN: true }), { minLength: length, maxLength: length })

/** Any mixture of up to five components over `outputs` outputs, isotropic or diagonal. */
export const samples = (outputs: { min: number; max: number }): fc.Arbitrary<Sample> =>
  fc
    .record({ m: fc.integer({ min: 1, max: 5 }), c: fc.integer(outputs), diagonal: fc.boolean() })
    .chain(({ m, c, diagonal }) =>
      fc.record({
        m: fc.constant(m),
        c: fc.constant(c),
        z: numbers(m, -5, 5),
        mu: numbers(m * c, -3, 3),
        sigma: numbers(diagonal ? m * c : m, 0.05, 2),
        t: numbers(c, -4, 4),
      }),
    )

/** σᵢₖ of a sample, isotropic or diagonal. */
export const scaleOf = ({ mu, sigma, c }: Sample, i: number, k: number): number =>
  sigma.length === mu.length ? sigma[i * c + k]! : sigma[i]!
