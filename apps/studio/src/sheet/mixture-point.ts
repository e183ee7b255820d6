import { GaussianMixture, type M64, Matrix, Random } from 'lacuna'
import { compareGradient, type MixtureParameter, type MixturePoint } from 'lacuna/verification'
import type { Compared } from './comparison.js'
import { index } from './number-text.js'

/** Components and outputs of the mixture that can be moved: three Gaussians over a plane. */
export const [COMPONENTS, OUTPUTS] = [3, 2]

/** How far each number may be moved; all have two digits. */
export const ranges = { z: [-3, 3], mu: [-3, 3], sigma: [0.3, 2], t: [-3, 3] } as const

/** A mixture with an outcome, from a seed. */
export function drawMixture(seed: number): MixturePoint {
  const random = new Random(seed)
  const draw = (count: number, [low, high]: readonly [number, number]) =>
    Array.from({ length: count }, () => twoDigits(low + (high - low) * random.uniform()))
  return {
    z: draw(COMPONENTS, [-0.7, 0.7]),
    mu: draw(COMPONENTS * OUTPUTS, [-2, 2]),
    sigma: draw(COMPONENTS, [0.6, 1.4]),
    t: draw(OUTPUTS, [-1.2, 1.2]),
  }
}

/** A number as it is kept in a link. */
export function twoDigits(value: number): number {
  return Math.round(value * 100) / 100 || 0
}

/** The point with one number moved, within its range. */
export function moved(
  point: MixturePoint,
  name: keyof MixturePoint,
  at: number,
  value: number,
): MixturePoint {
  const [low, high] = ranges[name]
  const kept = twoDigits(Math.min(high, Math.max(low, value)))
  return { ...point, [name]: point[name].map((old, i) => (i === at ? kept : old)) }
}

/** What the mixture says at the point: of each component α, φ and π, and E. */
export interface MixtureValues {
  readonly alpha: readonly number[]
  readonly phi: readonly number[]
  readonly pi: readonly number[]
  readonly error: number
}

export function valuesAt(point: MixturePoint): MixtureValues {
  const [mixture, t] = [mixtureOf(point), row(point.t)]
  const alpha = [...mixture.weights.data]
  const pi = [...mixture.posterior(t).data]
  const error = -mixture.logDensity(t)[0]!
  // αᵢφᵢ = πᵢp
  const phi = pi.map((share, i) => (share * Math.exp(-error)) / alpha[i]!)
  return { alpha, phi, pi, error }
}

/** The gradient of E that each statement of exercise 1 is about. */
const parameters = { '1ai': 'alpha', '1aii': 'mu', '1b': 'z', '1s': 'sigma' } as const

export type MixtureStatement = keyof typeof parameters

const symbols: Record<MixtureParameter, string> = { alpha: 'α', mu: 'μ', z: 'z', sigma: 'σ' }

/** Closed form and central difference of every entry of a statement's gradient. */
export function compareMixture(point: MixturePoint, statement: MixtureStatement): Compared[] {
  const parameter = parameters[statement]
  return compareGradient(point, parameter).map(({ closed, difference, tolerance }, at) => {
    const place =
      parameter === 'mu' ? index(Math.floor(at / OUTPUTS) + 1, (at % OUTPUTS) + 1) : index(at + 1)
    return {
      name: `∂E/∂${symbols[parameter]}${place}`,
      closed,
      other: difference,
      bound: tolerance,
    }
  })
}

/** ∂E/∂μ of each component, an arrow of the plane. */
export function meanGradients(point: MixturePoint): [number, number][] {
  const { means } = mixtureOf(point).gradients(row(point.t))
  return Array.from({ length: COMPONENTS }, (_, i) => [means.data[2 * i]!, means.data[2 * i + 1]!])
}

/** ∂E/∂σ of each component. */
export function scaleGradients(point: MixturePoint): number[] {
  return [...mixtureOf(point).gradients(row(point.t)).scales.data]
}

/**
 * What the wrong answers of a statement give for component i (and output 1), in the order in which
 * docs/theory lists them.
 */
export function mixtureSlips(
  point: MixturePoint,
  statement: MixtureStatement,
  i: number,
): number[] {
  const { alpha, phi, pi } = valuesAt(point)
  const [a, share, s] = [alpha[i]!, pi[i]!, point.sigma[i]!]
  const u = point.mu[i * OUTPUTS]! - point.t[0]!
  const square = point.t.reduce((sum, t, k) => sum + (t - point.mu[i * OUTPUTS + k]!) ** 2, 0)
  const c = OUTPUTS
  switch (statement) {
    case '1ai':
      return [share / a, -phi[i]!, -share, 1 - share / a]
    case '1aii':
      return [(-share * u) / s ** 2, u / s ** 2, (a * u) / s ** 2, (share * u) / s]
    case '1b':
      return [share - a, -share, -share * (1 - a), -share / a]
    case '1s':
      return [
        (-share * square) / s ** 3,
        share * (1 / s - square / s ** 3),
        share * (c / s - square / s ** 2),
        share * (square / s ** 3 - c / s),
      ]
  }
}

function mixtureOf({ z, mu, sigma }: MixturePoint): GaussianMixture {
  return GaussianMixture.fromLogits(row(z), row(mu), row(sigma))
}

function row(values: readonly number[]): M64 {
  return new Matrix(1, values.length, Float64Array.from(values))
}
