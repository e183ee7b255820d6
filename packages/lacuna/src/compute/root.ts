/** A function's value at a point, its slope there, and the rounding error its value may carry. */
export type Evaluation = {
  readonly value: number
  readonly slope: number
  readonly noise: number
}

/**
 * A root of f between two points where it has opposite signs: Newton's method, kept inside the
 * bracket by bisection. It ends when the value is within its own rounding error (after one last
 * step), or when no number is left between the ends: what float64 can tell about the root.
 *
 * @param f value, slope and rounding error at a point
 * @param negative where f ≤ 0
 * @param positive where f ≥ 0, on either side of `negative`
 */
export function findRoot(f: (t: number) => Evaluation, negative: number, positive: number): number {
  let below = negative
  let above = positive
  let t = below / 2 + above / 2
  let reach = Math.abs(above - below)
  for (;;) {
    const { value, slope, noise } = f(t)
    if (value < 0) below = t
    else above = t
    const low = Math.min(below, above)
    const high = Math.max(below, above)
    const newton = t - value / slope
    const inside = newton >= low && newton <= high
    if (Math.abs(value) <= noise) return inside ? newton : t
    // A Newton step counts only if it is at most half the last one: so the search always ends.
    const next = inside && Math.abs(newton - t) <= reach / 2 ? newton : low / 2 + high / 2
    if (next === t || next === low || next === high) return next
    reach = Math.abs(next - t)
    t = next
  }
}
