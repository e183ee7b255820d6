import { twoProduct } from './double-length.js'
import { exp, log, log1p } from './elementary.js'

/**
 * The standard normal distribution in float64, accurate relatively in both tails:
 *
 *   φ(x) = e^{−x²/2}/√(2π),   Φ(x) = ∫_{−∞}^{x} φ,   R(x) = (1 − Φ(x))/φ(x), Mills' ratio.
 *
 * From elementary.ts and + − × ÷ √ alone, so the bits do not depend on the engine. Each is accurate
 * to a few units in the last place (tested to 10⁻¹⁵ relative against 50-digit values; φ and Φ to
 * where they leave the normal numbers, near x = −37.5; the logarithm and R everywhere).
 */

/** ½ log 2π. */
export const HALF_LOG_TWO_PI = 0.9189385332046728
const SQRT_TWO_PI = 2.5066282746310002

/** φ(x). The rounding of x² is put back, as it would be multiplied by x²/2. */
export function normalDensity(x: number): number {
  const [square, error] = twoProduct(x, x)
  return (exp(-square / 2) * (1 - error / 2)) / SQRT_TWO_PI
}

/**
 * The trapezoidal rule's step. Its error for Mills' ratio is under e^{−2π²/h²} = e^{−41.8}, beside the
 * pole's share, which is known and subtracted.
 */
const STEP = 11 / 16
/** φ(kh) and (kh)² for k = 1 … 13; the next term would be under 10⁻²⁰. */
const nodes = Array.from({ length: 13 }, (_, k) => {
  const v = STEP * (k + 1)
  return { density: normalDensity(v), square: v * v }
})

/**
 * Mills' ratio R(x) = (1 − Φ(x))/φ(x) for x ≥ 1.
 *
 * It is the integral R(x) = x ∫ φ(v)/(x² + v²) dv over the real line. The trapezoidal rule converges
 * exponentially on it; what the sum has too much of, the residues at v = ±ix, is known in closed
 * form: √(2π) e^{x²/2}/(e^{2πx/h} − 1), which no longer counts once x > 2π/h.
 */
export function millsRatio(x: number): number {
  if (x > 1e8) return 1 / x // R(x) = 1/x·(1 − 1/x² + …)
  const square = x * x
  let sum = normalDensity(0) / (2 * square)
  for (const node of nodes) sum += node.density / (square + node.square)
  const trapezoid = 2 * STEP * x * sum
  const turn = (2 * Math.PI * x) / STEP
  if (x > 9) return trapezoid
  return trapezoid - (SQRT_TWO_PI * exp(square / 2 - turn)) / (1 - exp(-turn))
}

/** Φ(x) − ½ = φ(x)·(x + x³/3 + x⁵/(3·5) + x⁷/(3·5·7) + …) for |x| ≤ 1, every term of one sign. */
function centralPart(x: number): number {
  const square = x * x
  let sum = 1
  for (let n = 31; n >= 3; n -= 2) sum = 1 + (square / n) * sum
  return normalDensity(x) * x * sum
}

/** Φ(x). */
export function normalCdf(x: number): number {
  if (x < -1) return x === -Infinity ? 0 : normalDensity(x) * millsRatio(-x)
  return x > 1 ? 1 - normalCdf(-x) : 0.5 + centralPart(x)
}

/** log Φ(x), also where Φ(x) itself would underflow or round to 1. */
export function logNormalCdf(x: number): number {
  if (x < -1) return x === -Infinity ? x : log(millsRatio(-x)) - HALF_LOG_TWO_PI - (x / 2) * x
  return x > 1 ? log1p(-normalCdf(-x)) : log(normalCdf(x))
}

/** φ(x)/Φ(x), the slope of log Φ. */
export function logNormalCdfSlope(x: number): number {
  if (x < -1) return x === -Infinity ? Infinity : 1 / millsRatio(-x)
  return normalDensity(x) / normalCdf(x)
}

/**
 * The x at which log Φ(x) is `logP` ≤ log ½: the quantile in the lower tail; the upper one is its
 * reflection.
 *
 * log Φ is concave, so a step of Newton's method from the left of the root stays on its left: the
 * steps rise until rounding stops them. The start is on the left, as Φ(−x) ≤ ½ e^{−x²/2}.
 */
export function lowerNormalQuantile(logP: number): number {
  let x = 0 - Math.sqrt(Math.max(0, -2 * (logP + Math.LN2)))
  for (;;) {
    const next = x + (logP - logNormalCdf(x)) / logNormalCdfSlope(x)
    if (!(next > x)) return x
    x = next
  }
}
