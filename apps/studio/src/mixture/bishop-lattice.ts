import { Matrix } from 'lacuna'

/** Two neighbours among Fibonacci's numbers. */
const [POINTS, STRIDE] = [987, 610] as const

/** Points of Bishop's problem that are spread evenly over it. */
export interface Lattice {
  readonly x: Matrix<Float64Array>
  readonly t: Matrix<Float64Array>
}

/**
 * A Fibonacci lattice of the strip x = t + 0.3 sin 2πt + u, 0 < t < 1, |u| < 0.1, over which x and t
 * are uniform: the mean of −log p(t|x) over its points is the error on the whole problem, to some
 * thousandths of a nat. As many random points would be off by some hundredths.
 */
export function bishopLattice(): Lattice {
  const [x, t] = [new Float64Array(POINTS), new Float64Array(POINTS)]
  for (let k = 0; k < POINTS; k++) {
    t[k] = (k + 0.5) / POINTS
    const u = 0.2 * ((((k * STRIDE) % POINTS) + 0.5) / POINTS) - 0.1
    x[k] = t[k]! + 0.3 * Math.sin(2 * Math.PI * t[k]!) + u
  }
  return { x: new Matrix(POINTS, 1, x), t: new Matrix(POINTS, 1, t) }
}
