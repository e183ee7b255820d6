/** A point that a stroke passes through; at a corner its direction may jump. */
export type Knot = { readonly x: number; readonly y: number; readonly corner: boolean }

/** A point on a drawn line. */
export type Point = { readonly x: number; readonly y: number }

/** The square root of the distance of two points: their distance in parameter, floored above 0. */
function parameterStep(a: Point, b: Point): number {
  const dx = b.x - a.x
  const dy = b.y - a.y
  return Math.sqrt(Math.sqrt(dx * dx + dy * dy) + 1e-6)
}

/** The point beyond `a` that continues the line from `b` through `a`. */
function mirror(a: Point, b: Point): Point {
  return { x: 2 * a.x - b.x, y: 2 * a.y - b.y }
}

const mix = (a: Point, b: Point, t: number): Point => ({
  x: a.x + t * (b.x - a.x),
  y: a.y + t * (b.y - a.y),
})

/**
 * A smooth curve through all knots: the centripetal Catmull–Rom spline, evaluated by Barry and
 * Goldman's pyramid (1988). Knot i has the parameter tᵢ₊₁ = tᵢ + |Pᵢ₊₁ − Pᵢ|^½, with which the curve
 * has no cusps or loops of its own (Yuksel, Schaefer & Keyser 2011). At a corner the curve ends and
 * starts afresh; beyond each end the line is continued straight.
 *
 * @param knots at least two
 * @param spacing about how far apart the points returned may be, in the knots' unit
 */
export function splineThrough(knots: readonly Knot[], spacing: number): Point[] {
  const points: Point[] = [knots[0]!]
  for (let i = 0; i + 1 < knots.length; i++) {
    const p1 = knots[i]!
    const p2 = knots[i + 1]!
    const p0 = i === 0 || p1.corner ? mirror(p1, p2) : knots[i - 1]!
    const p3 = i + 2 === knots.length || p2.corner ? mirror(p2, p1) : knots[i + 2]!
    const t1 = parameterStep(p0, p1)
    const t2 = t1 + parameterStep(p1, p2)
    const t3 = t2 + parameterStep(p2, p3)
    const pieces = Math.ceil(((t2 - t1) * (t2 - t1)) / spacing)
    for (let n = 1; n <= pieces; n++) {
      const t = t1 + ((t2 - t1) * n) / pieces
      const a1 = mix(p0, p1, t / t1)
      const a2 = mix(p1, p2, (t - t1) / (t2 - t1))
      const a3 = mix(p2, p3, (t - t2) / (t3 - t2))
      const b1 = mix(a1, a2, t / t2)
      const b2 = mix(a2, a3, (t - t1) / (t3 - t1))
      points.push(mix(b1, b2, (t - t1) / (t2 - t1)))
    }
  }
  return points
}
