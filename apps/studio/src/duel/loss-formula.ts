import { contrastiveLosses, type LossName } from 'lacuna'

/** What stands in an exponent: e^d, e^−βd, e^−E⁻. */
const EXPONENT = /\^(−?β?[dE]⁻?)/g

/** The formula of a loss as HTML. */
export function lossFormula(loss: LossName): string {
  return contrastiveLosses[loss].formula.replace(EXPONENT, '<sup>$1</sup>')
}

/** Where the loss is when the energies are equal, for losses with such a place: log 2 for the log-loss. */
export function lossAtEquality(loss: LossName): { value: number; label: string } | undefined {
  if (loss === 'log' || loss === 'nll') return { value: Math.LN2, label: 'log 2' }
  if (loss === 'mce' || loss === 'mee') return { value: 0.5, label: '½' }
  if (loss === 'hinge') return { value: 1, label: 'm = 1' }
  return undefined
}
