/**
 * An identity of the theory, evaluated both ways at random points: one row of what `lacuna verify`
 * prints.
 */
export interface Identity {
  /** The identity, as the sheet numbers and writes it. */
  readonly identity: string
  /** What the closed form was compared with, and at how many points. */
  readonly method: string
  /** The error that came nearest to its tolerance, or exceeded it most. */
  readonly error: number
  /** What the method's own error can be at that point. */
  readonly tolerance: number
  /** Whether every error was within its tolerance. */
  readonly ok: boolean
}

/** How far two values of the same thing are apart, and how far the method alone can put them. */
export interface Comparison {
  readonly error: number
  readonly tolerance: number
}

/** The verdict on an identity: its worst comparison, measured by error over tolerance. A NaN fails. */
export function judge(
  identity: string,
  method: string,
  comparisons: Iterable<Comparison>,
): Identity {
  let worst: Comparison = { error: 0, tolerance: 0 }
  let greatest = -1
  for (const each of comparisons) {
    const ratio = each.error === 0 ? 0 : each.error / each.tolerance
    if (ratio <= greatest) continue
    worst = each
    greatest = Number.isNaN(ratio) ? Infinity : ratio
  }
  const { error, tolerance } = worst
  return { identity, method, error, tolerance, ok: error <= tolerance }
}

/**
 * (f(x + h) − f(x − h))/(2h), the denominator as rounded. It differs from f′(x) by at most
 * h²/6·max|f‴| + δ/h, if δ bounds the rounding error of f.
 */
export function centralDifference(f: (x: number) => number, x: number, h: number): number {
  const above = x + h
  const below = x - h
  return (f(above) - f(below)) / (above - below)
}

/** The bound on the error of `centralDifference`. */
export function centralDifferenceError(h: number, third: number, rounding: number): number {
  return ((h * h) / 6) * third + rounding / h
}
