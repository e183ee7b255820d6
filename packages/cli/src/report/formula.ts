import { contrastiveLosses, type LossName } from 'lacuna'

// What stands in an exponent: e^d, e^−βd, e^−E⁻.
const EXPONENT = /\^(−?β?[dE]⁻?)/g

/** The formula of a loss as HTML. */
export function lossAsHtml(loss: LossName): string {
  return contrastiveLosses[loss].formula.replace(EXPONENT, '<sup>$1</sup>')
}

/** The formula of a loss as the content of an SVG text. */
export function lossAsSvg(loss: LossName): string {
  return contrastiveLosses[loss].formula.replace(
    EXPONENT,
    '<tspan dy="-5" font-size="10">$1</tspan><tspan dy="5">\u200b</tspan>',
  )
}
