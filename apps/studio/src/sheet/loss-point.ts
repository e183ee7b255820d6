import { contrastiveLosses, type LossParameters } from 'lacuna'
import type { Compared } from './comparison.js'

/** The energies of a true and a contrastive image. */
export interface LossPoint {
  readonly eTrue: number
  readonly eContrastive: number
}

/** How far each energy may be moved. */
export const ENERGY = 6

/** The constants that other losses have; the log-loss looks at none. */
const unit: LossParameters = { margin: 1, beta: 1, ceiling: 1 }

const { log } = contrastiveLosses

/** Step of the central differences. */
const STEP = 2 ** -16

/**
 * The error of such a difference: |ℓ‴| ≤ 1/(6√3), and ℓ ≤ 2·ENERGY + 1 has a few roundings.
 */
const SLOPE_BOUND = (STEP * STEP * 0.0963) / 6 + (4 * (2 * ENERGY + 1) * Number.EPSILON) / STEP

/** ℓ(d). */
export function lossAt(d: number): number {
  return log.value(d, 0, unit)
}

/** ℓ as the library computes it, beside −log of the probability of the true image, as defined. */
export function compareLoss({ eTrue, eContrastive }: LossPoint): Compared[] {
  const [a, b] = [Math.exp(-eTrue), Math.exp(-eContrastive)]
  return [
    {
      name: 'ℓ(d)',
      closed: log.value(eTrue, eContrastive, unit),
      other: -Math.log(a / (a + b)),
      // The logarithm of a quotient near 1 has ε, and a few more of exp's argument.
      bound: 8 * (1 + ENERGY) * Number.EPSILON,
    },
  ]
}

/** Both slopes in closed form, beside central differences of the value. */
export function compareSlopes({ eTrue, eContrastive }: LossPoint): Compared[] {
  const byTrue = (e: number) => log.value(e, eContrastive, unit)
  const byContrastive = (e: number) => log.value(eTrue, e, unit)
  return [
    {
      name: '∂ℓ/∂E⁺',
      closed: log.slopeTrue(eTrue, eContrastive, unit),
      other: slope(byTrue, eTrue),
      bound: SLOPE_BOUND,
    },
    {
      name: '∂ℓ/∂E⁻',
      closed: log.slopeContrastive(eTrue, eContrastive, unit),
      other: slope(byContrastive, eContrastive),
      bound: SLOPE_BOUND,
    },
  ]
}

/** log(1 + e^d) as written, and as it is computed. */
export function asWritten(d: number): { d: number; written: number; computed: number } {
  return { d, written: Math.log(1 + Math.exp(d)), computed: lossAt(d) }
}

/** What the wrong answers give, in the order of docs/theory: of the loss, and of ∂ℓ/∂E⁻. */
export function lossSlips({ eTrue, eContrastive }: LossPoint, statement: '3l' | '3s'): number[] {
  const d = eTrue - eContrastive
  const sigm = (t: number) => 1 / (1 + Math.exp(-t))
  return statement === '3l'
    ? [lossAt(-d), -Math.log(sigm(d)), Math.log(1 + Math.exp(d))]
    : [sigm(d), sigm(-d), sigm(d) * sigm(-d)]
}

function slope(f: (e: number) => number, e: number): number {
  return (f(e + STEP) - f(e - STEP)) / (2 * STEP)
}
