import { exp, sigmoid, softplus } from '../compute/elementary.js'
import { requireKnown } from '../compute/known-options.js'
import { LacunaError } from '../errors.js'

/**
 * The losses of energy-based learning for one true and one contrastive answer
 * (LeCun, Chopra, Hadsell, Ranzato & Huang 2006, "A tutorial on energy-based learning", table 1).
 *
 * Each pushes down the energy of the true example, E⁺, and most push up that of the contrastive
 * one, E⁻; d = E⁺ − E⁻ is negative where the model is right. With a single contrastive answer the
 * tutorial's general forms of `perceptron`, `nll` and `mee` reduce to the ones here; at β = 1 `nll`
 * equals `log` and `mee` equals `mce`. `energy` never looks at E⁻, so a generator trained against
 * it receives no gradient.
 */
export interface ContrastiveLoss {
  /** The equation, in the notation above. */
  readonly formula: string
  /**
   * The gap −d that the loss asks for before it is content, as in the tutorial's table: `none` (it
   * asks for no gap), `0`, `m` (the parameter) or `> 0` (any gap; more is always better).
   */
  readonly margin: 'none' | '0' | 'm' | '> 0'
  /** ℓ(E⁺, E⁻). */
  value(eTrue: number, eContrastive: number, p: LossParameters): number
  /** ∂ℓ/∂E⁺. At a kink the value of the flat side is taken. */
  slopeTrue(eTrue: number, eContrastive: number, p: LossParameters): number
  /** ∂ℓ/∂E⁻. */
  slopeContrastive(eTrue: number, eContrastive: number, p: LossParameters): number
}

/** What the losses may depend on beside the two energies; a loss ignores those not in its formula. */
export interface LossParameters {
  /** m, the gap demanded by `hinge` and the height demanded by `square-square`; default 1. */
  readonly margin: number
  /** β > 0, the inverse temperature of `nll`, `mee` and the weight in `square-exponential`; default 1. */
  readonly beta: number
  /** M > 0, the value at which `lvq2` stops growing; default 1. */
  readonly ceiling: number
}

/** A loss that depends on d = E⁺ − E⁻ alone, from ℓ(d) and ℓ′(d). */
function ofDifference(
  formula: string,
  margin: ContrastiveLoss['margin'],
  value: (d: number, p: LossParameters) => number,
  slope: (d: number, p: LossParameters) => number,
): ContrastiveLoss {
  return {
    formula,
    margin,
    value: (eTrue, eContrastive, p) => value(eTrue - eContrastive, p),
    slopeTrue: (eTrue, eContrastive, p) => slope(eTrue - eContrastive, p),
    slopeContrastive: (eTrue, eContrastive, p) => -slope(eTrue - eContrastive, p),
  }
}

/** (E⁺)² with a term that pushes E⁻ up, from that term r(E⁻) and r′(E⁻). */
function squarePlus(
  formula: string,
  margin: ContrastiveLoss['margin'],
  repulsion: (e: number, p: LossParameters) => number,
  slope: (e: number, p: LossParameters) => number,
): ContrastiveLoss {
  return {
    formula,
    margin,
    value: (eTrue, eContrastive, p) => eTrue * eTrue + repulsion(eContrastive, p),
    slopeTrue: eTrue => 2 * eTrue,
    slopeContrastive: (_, eContrastive, p) => slope(eContrastive, p),
  }
}

const square = (t: number) => t * t

/** sigm(t)(1 − sigm(t)), written so that neither factor cancels. */
const sigmoidSlope = (t: number) => sigmoid(t) * sigmoid(-t)

/** The name of one of the ten losses. */
export type LossName =
  | 'energy'
  | 'perceptron'
  | 'hinge'
  | 'log'
  | 'lvq2'
  | 'mce'
  | 'square-square'
  | 'square-exponential'
  | 'nll'
  | 'mee'

/** The ten losses by name. */
export const contrastiveLosses: Readonly<Record<LossName, ContrastiveLoss>> = {
  energy: {
    formula: 'E⁺',
    margin: 'none',
    value: eTrue => eTrue,
    slopeTrue: () => 1,
    slopeContrastive: () => 0,
  },
  perceptron: ofDifference(
    'max(0, d)',
    '0',
    d => Math.max(0, d),
    d => (d > 0 ? 1 : 0),
  ),
  hinge: ofDifference(
    'max(0, m + d)',
    'm',
    (d, p) => Math.max(0, p.margin + d),
    (d, p) => (p.margin + d > 0 ? 1 : 0),
  ),
  log: ofDifference('log(1 + e^d)', '> 0', softplus, sigmoid),
  lvq2: ofDifference(
    'min(M, max(0, d))',
    '0',
    (d, p) => Math.min(p.ceiling, Math.max(0, d)),
    (d, p) => (d > 0 && d < p.ceiling ? 1 : 0),
  ),
  mce: ofDifference('1/(1 + e^−d)', '> 0', sigmoid, sigmoidSlope),
  'square-square': squarePlus(
    '(E⁺)² + max(0, m − E⁻)²',
    'm',
    (e, p) => square(Math.max(0, p.margin - e)),
    (e, p) => -2 * Math.max(0, p.margin - e),
  ),
  'square-exponential': squarePlus(
    '(E⁺)² + β e^−E⁻',
    '> 0',
    (e, p) => p.beta * exp(-e),
    (e, p) => -p.beta * exp(-e),
  ),
  nll: ofDifference(
    'log(1 + e^βd)/β',
    '> 0',
    (d, p) => softplus(p.beta * d) / p.beta,
    (d, p) => sigmoid(p.beta * d),
  ),
  mee: ofDifference(
    '1/(1 + e^−βd)',
    '> 0',
    (d, p) => sigmoid(p.beta * d),
    (d, p) => p.beta * sigmoidSlope(p.beta * d),
  ),
}

/** The ten names, in the order of the table. */
export const lossNames = Object.keys(contrastiveLosses) as readonly LossName[]

/** A loss by name, and its parameters where they are not to be 1. */
export interface LossChoice {
  readonly loss?: LossName
  readonly margin?: number
  readonly beta?: number
  readonly ceiling?: number
}

/** The keys of a `LossChoice`. */
export const lossOptions = ['loss', 'margin', 'beta', 'ceiling'] as const

/**
 * A loss with its parameters filled in; `log`, the sheet's, by default.
 * @throws LACUNA_E_OPTION for an unknown name or option, a margin that is negative or not finite, or β or M not above 0
 *
 * @example
 * ```ts
 * const { loss, parameters } = chooseLoss({ loss: 'hinge', margin: 2 })
 * loss.value(0.5, 1, parameters) // max(0, 2 + 0.5 − 1) = 1.5
 * ```
 */
export function chooseLoss(choice: LossChoice = {}): {
  loss: ContrastiveLoss
  parameters: LossParameters
} {
  requireKnown('chooseLoss', choice, lossOptions)
  const { loss: name = 'log', margin = 1, beta = 1, ceiling = 1 } = choice
  if (!Object.hasOwn(contrastiveLosses, name))
    throw new LacunaError(
      'LACUNA_E_OPTION',
      `there is no loss named '${name}'`,
      `Choose one of ${lossNames.join(', ')}.`,
    )
  const allowed: [string, number, boolean][] = [
    ['margin', margin, margin >= 0],
    ['beta', beta, beta > 0],
    ['ceiling', ceiling, ceiling > 0],
  ]
  for (const [option, value, inRange] of allowed)
    if (!inRange || !Number.isFinite(value))
      throw new LacunaError(
        'LACUNA_E_OPTION',
        `${option} = ${value} is out of range`,
        'The margin is at least 0; beta and the ceiling are above 0; all are finite.',
      )
  return { loss: contrastiveLosses[name], parameters: { margin, beta, ceiling } }
}
