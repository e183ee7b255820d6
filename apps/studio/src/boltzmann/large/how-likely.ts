import type { Filling } from './fill-gap.js'

/** How likely a filling is: its probability, or how it stands to the likeliest that was found. */
export function howLikely({ p, relative }: Filling): string {
  if (p !== undefined) return p >= 0.0005 ? `${(100 * p).toFixed(1)} %` : `${power(p)}`
  return relative >= 0.01 ? `× ${relative.toFixed(2)}` : `× ${power(relative)}`
}

/** A small number by its power of ten: 10⁻⁴. */
function power(value: number): string {
  if (value === 0) return '0'
  const digits = [...String(Math.round(-Math.log10(value)))]
  return `10⁻${digits.map(digit => '⁰¹²³⁴⁵⁶⁷⁸⁹'[Number(digit)]).join('')}`
}
