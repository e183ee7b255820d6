/** A range below this has no parts: powers of ten for its ticks would be 0. */
const LEAST = 1e-300

/** Round numbers that divide a range into about so many parts, from its beginning to its end. */
export function ticks(low: number, high: number, parts: number): number[] {
  if (!(high - low > LEAST)) return [low]
  const rough = (high - low) / parts
  const power = 10 ** Math.floor(Math.log10(rough))
  const step = power * ([1, 2, 5, 10].find(factor => factor * power >= rough) ?? 10)
  const first = Math.ceil(low / step - 1e-9)
  const count = Math.floor(high / step + 1e-9) - first + 1
  return Array.from({ length: count }, (_, k) => (first + k) * step)
}

/** A number as it stands at an axis: no more digits than its neighbours need. */
export function tickLabel(value: number, neighbours: readonly number[]): string {
  const gap = Math.abs((neighbours[1] ?? 1) - (neighbours[0] ?? 0))
  const digits = Math.max(0, Math.min(6, -Math.floor(Math.log10(gap || 1) + 1e-9)))
  return (Object.is(value, -0) ? 0 : value).toFixed(digits).replace('-', '−')
}

/** The straight line that takes one range to another, such as values to pixels. */
export function linear(
  [low, high]: readonly [number, number],
  [from, to]: readonly [number, number],
): (value: number) => number {
  const slope = (to - from) / (high - low)
  return value => from + (value - low) * slope
}
