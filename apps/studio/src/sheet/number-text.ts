const superscripts = '⁰¹²³⁴⁵⁶⁷⁸⁹'

/** A small or large number as a power of ten: 2.3·10⁻¹¹; plain 0 for 0. */
export function scientific(value: number): string {
  if (value === 0) return '0'
  if (!Number.isFinite(value)) return Number.isNaN(value) ? 'no number' : `${sign(value)}∞`
  const [digits, exponent] = value.toExponential(1).split('e') as [string, string]
  const power = [...String(Math.abs(Number(exponent)))].map(digit => superscripts[Number(digit)])
  return `${digits.replace('-', '−')}·10${Number(exponent) < 0 ? '⁻' : ''}${power.join('')}`
}

/** A number with six digits behind the point, or as a power of ten where these would not show it. */
export function sixDigits(value: number): string {
  if (!Number.isFinite(value)) return scientific(value)
  const size = Math.abs(value)
  if (size >= 1e5 || (size < 1e-4 && size > 0)) return scientific(value)
  return value.toFixed(6).replace('-', '−')
}

/** The number of a component or unit as an index: ₁, ₂, ₁₂. */
export function index(...numbers: number[]): string {
  return numbers.map(number => String.fromCharCode(0x2080 + number)).join('')
}

function sign(value: number): string {
  return value < 0 ? '−' : ''
}
