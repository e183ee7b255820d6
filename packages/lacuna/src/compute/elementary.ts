/**
 * Elementary functions in float64 from +, −, ×, ÷ and exact operations on bits alone.
 *
 * IEEE 754 fixes the result of those to the last bit; it does not fix Math.exp, Math.log, Math.sin,
 * Math.cos or Math.tanh, and JavaScript engines disagree on them. Whatever reaches a checkpoint,
 * and every sampler, uses these instead, so that a seed gives the same bits everywhere.
 *
 * Each is accurate to a few units in the last place (tested against Math.* to 4 ulp).
 */

// ln 2 = LN2_HIGH + LN2_LOW; the high part has 32 bits, so that k·LN2_HIGH is exact for |k| < 2²¹.
const LN2_HIGH = 2977044471 / 4294967296
const LN2_LOW = 1.9082149292705877e-10

// π/2 in three parts of 32, 30 and 53 bits; k times the first two is exact for |k| < 2²⁰.
const HALF_PI_1 = 3373259426 / 2147483648
const HALF_PI_2 = 1121027177 / 4294967296 / 4294967296
const HALF_PI_3 = 2.912732056093356e-20

const words = new DataView(new ArrayBuffer(8))

/** 2ᵏ for −1022 ≤ k ≤ 1023, assembled from its exponent bits. */
function powerOfTwo(k: number): number {
  words.setInt32(0, (k + 1023) << 20)
  words.setInt32(4, 0)
  return words.getFloat64(0)
}

/** 1/n! for n = 0 … 19; the factorials up to 18! are exact numbers. */
const inverseFactorial = Array.from({ length: 20 }, (_, n) => {
  let factorial = 1
  for (let k = 2; k <= n; k++) factorial *= k
  return 1 / factorial
})

/** Σ rⁿ⁻¹/n! for n ≥ 1, so that e^r = 1 + r·series(r); |r| ≤ 0.36 leaves an error under 1e-18. */
function expSeries(r: number): number {
  let sum = inverseFactorial[14]!
  for (let n = 13; n >= 1; n--) sum = inverseFactorial[n]! + r * sum
  return sum
}

/** e^x. */
export function exp(x: number): number {
  if (x > 709.782712893384) return Infinity
  if (x < -745.2) return 0
  const k = Math.floor(x / (LN2_HIGH + LN2_LOW) + 0.5)
  const r = x - k * LN2_HIGH - k * LN2_LOW
  const value = 1 + r * expSeries(r)
  if (k > -1022 && k < 1023) return value * powerOfTwo(k)
  // Two factors, because 2ᵏ alone would leave the range of normal numbers at both ends.
  const half = k >> 1
  return value * powerOfTwo(half) * powerOfTwo(k - half)
}

/** e^x − 1, accurate near 0. */
export function expm1(x: number): number {
  return x > -0.36 && x < 0.36 ? x * expSeries(x) : exp(x) - 1
}

/** 1/n. */
const inverse = Array.from({ length: 24 }, (_, n) => 1 / n)

/** 2·artanh(s) = 2(s + s³/3 + s⁵/5 + …) for |s| ≤ 0.18, where the 12th term is under 1e-18. */
function twiceArtanh(s: number): number {
  const square = s * s
  let sum = 0
  for (let n = 23; n >= 3; n -= 2) sum = square * (inverse[n]! + sum)
  return 2 * s + 2 * s * sum
}

/** log x, the natural logarithm: −∞ at 0, NaN below. */
export function log(x: number): number {
  if (x === 0) return -Infinity
  if (!(x > 0) || x === Infinity) return x > 0 ? x : NaN
  let exponent = 0
  if (x < 2.2250738585072014e-308) {
    x *= 18014398509481984 // 2⁵⁴ lifts a subnormal number into the normal range
    exponent = -54
  }
  words.setFloat64(0, x)
  const high = words.getInt32(0)
  exponent += (high >> 20) - 1023
  words.setInt32(0, (high & 0xfffff) | 0x3ff00000)
  let m = words.getFloat64(0)
  if (m > Math.SQRT2) {
    m /= 2
    exponent += 1
  }
  return exponent * LN2_HIGH + (twiceArtanh((m - 1) / (m + 1)) + exponent * LN2_LOW)
}

/** log(1 + x), accurate near 0. */
export function log1p(x: number): number {
  return x > -0.29 && x < 0.41 ? twiceArtanh(x / (2 + x)) : log(1 + x)
}

/** tanh x = (e^{2x} − 1)/(e^{2x} + 1). */
export function tanh(x: number): number {
  if (x < 0) return -tanh(-x)
  if (x > 20) return 1
  const e = expm1(2 * x)
  return e / (e + 2)
}

/** sigm(x) = e^x/(1 + e^x), without overflow. */
export function sigmoid(x: number): number {
  const e = exp(x < 0 ? x : -x)
  return (x < 0 ? e : 1) / (1 + e)
}

/** log(1 + e^x), without overflow: max(x, 0) + log(1 + e^{−|x|}). */
export function softplus(x: number): number {
  return Math.max(x, 0) + log1p(exp(-Math.abs(x)))
}

/** sin on |r| ≤ π/4: its Taylor series, whose first term left out is under 1e-17. */
function sinSeries(r: number): number {
  const square = r * r
  let sum = inverseFactorial[17]!
  for (let n = 15; n >= 3; n -= 2) sum = inverseFactorial[n]! - square * sum
  return r - r * (square * sum)
}

/** cos on |r| ≤ π/4, likewise. */
function cosSeries(r: number): number {
  const square = r * r
  let sum = inverseFactorial[18]!
  for (let n = 16; n >= 2; n -= 2) sum = inverseFactorial[n]! - square * sum
  return 1 - square * sum
}

/** x less the nearest multiple of π/2, and that multiple modulo 4. */
function reduce(x: number): { r: number; quadrant: number } {
  const k = Math.floor(x / (Math.PI / 2) + 0.5)
  return { r: x - k * HALF_PI_1 - k * HALF_PI_2 - k * HALF_PI_3, quadrant: k & 3 }
}

/** sin x for |x| ≤ 10⁶ (radians). */
export function sin(x: number): number {
  const { r, quadrant } = reduce(x)
  const value = quadrant & 1 ? cosSeries(r) : sinSeries(r)
  return quadrant & 2 ? -value : value
}

/** cos x for |x| ≤ 10⁶ (radians). */
export function cos(x: number): number {
  const { r, quadrant } = reduce(x)
  const value = quadrant & 1 ? sinSeries(r) : cosSeries(r)
  return quadrant === 1 || quadrant === 2 ? -value : value
}
