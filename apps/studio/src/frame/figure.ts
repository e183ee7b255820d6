/** A number with so many digits behind the point and a proper minus; a dash where there is none. */
export function figure(value: number | undefined, digits: number): string {
  return value === undefined ? '–' : value.toFixed(digits).replace('-', '−')
}
