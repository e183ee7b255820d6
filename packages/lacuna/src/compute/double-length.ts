/**
 * Error-free transformations: the rounding error of one sum or product, itself as a number (Dekker
 * 1971, "A floating-point technique for extending the available precision"). An exponent of
 * −500,000 rounded to 53 bits is off by 3·10⁻¹¹, and so is its exponential, relatively; with the
 * error carried along, ratios of such densities keep all their digits.
 */

/** a + b as [sum, error], so that sum + error = a + b exactly (Knuth's TwoSum). */
export function twoSum(a: number, b: number): [number, number] {
  const sum = a + b
  const fromB = sum - a
  return [sum, a - (sum - fromB) + (b - fromB)]
}

const SPLITTER = 134217729 // 2²⁷ + 1

/** The upper 26 bits of a, so that products of such halves are exact (Veltkamp). */
function upperHalf(a: number): number {
  const scaled = SPLITTER * a
  return scaled - (scaled - a)
}

/**
 * a·b as [product, error], so that product + error = a·b exactly. Where |a|, |b| or |a·b| is over
 * 10³⁰⁰ the error comes out as 0, which it is not; under 10⁻²⁹⁰ it may underflow.
 */
export function twoProduct(a: number, b: number): [number, number] {
  const product = a * b
  const a1 = upperHalf(a)
  const b1 = upperHalf(b)
  const a2 = a - a1
  const b2 = b - b1
  const error = a2 * b2 - (product - a1 * b1 - a2 * b1 - a1 * b2)
  return [product, Number.isFinite(error) ? error : 0]
}
