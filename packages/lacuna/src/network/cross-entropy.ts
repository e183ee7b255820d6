import { exp, log, sigmoid, softplus } from '../compute/elementary.js'

/**
 * The cross-entropy of a classifier's outputs z and the classes that are right, and its derivatives.
 * With several outputs, one a class, p = softmax(z) and for class y
 *
 *   −log p_y = log Σⱼ e^zⱼ − z_y,   ∂/∂zⱼ = pⱼ − [j = y];
 *
 * with one output, p(y = 1) = sigm(z) and for y ∈ {0, 1}
 *
 *   −log p_y = log(1 + e^z) − y·z,   ∂/∂z = sigm(z) − y.
 *
 * In float64, as there are only a few numbers an example.
 *
 * @param z n rows of outputs
 * @param labels n classes
 * @param slopes receives the derivatives of the mean over the n examples, n rows
 * @returns the sum over the n examples, in nats
 */
export function crossEntropy(
  z: Float32Array,
  labels: Uint8Array,
  n: number,
  outputs: number,
  slopes: Float32Array,
): number {
  let sum = 0
  for (let i = 0; i < n; i++) {
    const y = labels[i]!
    const row = z.subarray(i * outputs, (i + 1) * outputs)
    if (outputs === 1) {
      sum += softplus(row[0]!) - y * row[0]!
      slopes[i] = (sigmoid(row[0]!) - y) / n
      continue
    }
    const largest = row.reduce((a, b) => Math.max(a, b))
    let total = 0
    for (const z_j of row) total += exp(z_j - largest)
    const logTotal = largest + log(total)
    sum += logTotal - row[y]!
    for (let j = 0; j < outputs; j++)
      slopes[i * outputs + j] = (exp(row[j]! - logTotal) - (j === y ? 1 : 0)) / n
  }
  return sum
}

/** The most probable class: that of the largest output, or with one output 1 where it is above 0. */
export function mostProbableClass(z: Float32Array): number {
  if (z.length === 1) return z[0]! > 0 ? 1 : 0
  let best = 0
  for (let j = 1; j < z.length; j++) if (z[j]! > z[best]!) best = j
  return best
}
