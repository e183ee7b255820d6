/** How outputs of a network are read: m components over c outputs, `shared` of which have one σ. */
export type Layout = { m: number; c: number; shared: number }

/**
 * The error of one example and its slopes (Bishop 1994), in float64 and as the equations stand there,
 * with how far float32 arithmetic may be from them.
 * @param z z^α, z^μ and z^σ of the example
 * @param floor the least log σ
 */
export function mixtureError(
  { m, c, shared }: Layout,
  z: Float32Array,
  t: Float32Array,
  floor: number,
) {
  const EPSILON = 2 ** -24 // the largest relative error of one rounding
  const mu = (i: number, k: number) => z[m + i * c + k]!
  const s = (i: number, k: number) => (i * c + k - (k % shared)) / shared
  const zSigma = (i: number, k: number) => z[m + m * c + s(i, k)]!
  const logScale = (i: number, k: number) => Math.max(floor, zSigma(i, k))
  const u = (i: number, k: number) => (mu(i, k) - t[k]!) / Math.exp(logScale(i, k))
  const each = <T>(n: number, f: (i: number) => T) => Array.from({ length: n }, (_, i) => f(i))
  const sum = (n: number, f: (i: number) => number) => each(n, f).reduce((a, b) => a + b, 0)

  const weights = softmax(each(m, i => z[i]!))
  const joint = each(
    m,
    i => z[i]! - sum(c, k => logScale(i, k) + 0.5 * u(i, k) ** 2 + 0.5 * Math.log(2 * Math.PI)),
  )
  const posterior = softmax(joint)
  const error = weights.logSum - posterior.logSum

  // log αᵢφᵢ may be off by δᵢ, and so log Σ αᵢφᵢ by log Σ πᵢ e^δᵢ; sums of m terms by m roundings.
  const size = (i: number) =>
    Math.abs(z[i]!) + sum(c, k => Math.abs(logScale(i, k)) + 0.5 * u(i, k) ** 2)
  const delta = each(m, i => (c + 10) * EPSILON * size(i))
  const logPosterior = joint.map(value => value - posterior.logSum)
  const offLogSum = softmax(each(m, i => logPosterior[i]! + delta[i]!)).logSum
  const sums = (m + 10) * EPSILON
  const offPosterior = (i: number) => {
    const off = delta[i]! + offLogSum + sums
    const change =
      off < 1 ? posterior.values[i]! * Math.expm1(off) : Math.exp(logPosterior[i]! + off)
    return Math.min(1, change) + Math.exp(-60)
  }

  const slopes: number[] = []
  const bounds: number[] = []
  for (let i = 0; i < m; i++) {
    slopes[i] = weights.values[i]! - posterior.values[i]!
    bounds[i] = weights.values[i]! * sums + offPosterior(i) + EPSILON
    for (let k = 0; k < c; k++) {
      const pull = u(i, k) / Math.exp(logScale(i, k))
      slopes[m + i * c + k] = posterior.values[i]! * pull
      bounds[m + i * c + k] =
        Math.abs(pull) * (offPosterior(i) + 12 * EPSILON * posterior.values[i]!)
      const at = m + m * c + s(i, k)
      const square = u(i, k) ** 2
      slopes[at] = (slopes[at] ?? 0) + posterior.values[i]! * (1 - square)
      bounds[at] =
        (bounds[at] ?? 0) +
        (1 + square) * (offPosterior(i) + (c + 12) * EPSILON * posterior.values[i]!)
    }
  }
  for (let i = 0; i < m; i++)
    for (let k = 0; k < c; k += shared) {
      const at = m + m * c + s(i, k)
      if (zSigma(i, k) < floor && slopes[at]! > 0) slopes[at] = 0
    }
  const largest = Math.max(...z.subarray(0, m).map(Math.abs), ...joint.map(Math.abs))
  const bound = offLogSum + sums + 4 * EPSILON * (largest + c)
  return { error, bound, slopes, bounds }
}

/** e^{xᵢ}/Σⱼ e^{xⱼ}, and log Σⱼ e^{xⱼ}. */
function softmax(x: readonly number[]) {
  const largest = Math.max(...x)
  const sum = x.reduce((total, value) => total + Math.exp(value - largest), 0)
  return {
    values: x.map(value => Math.exp(value - largest) / sum),
    logSum: largest + Math.log(sum),
  }
}
