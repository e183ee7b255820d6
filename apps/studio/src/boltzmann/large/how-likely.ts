import type { Filling } from './fill-gap.js'

/** How likely a filling is: its probability, or how it stands to the likeliest that was found. */
export function howLikely({ logP, logRatio }: Filling): string {
  if (logP !== undefined)
    return logP >= Math.log(0.001) ? `${(100 * Math.exp(logP)).toFixed(1)} %` : power(logP)
  return `× ${logRatio >= Math.log(0.01) ? Math.exp(logRatio).toFixed(2) : power(logRatio)}`
}

/** A small number, given its logarithm, by its power of ten: 10⁻⁴. */
function power(log: number): string {
  const digits = [...String(Math.round(-log / Math.LN10))]
  return `10⁻${digits.map(digit => '⁰¹²³⁴⁵⁶⁷⁸⁹'[Number(digit)]).join('')}`
}
