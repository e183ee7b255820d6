import { exp, log } from '../compute/elementary.js'

/** A running product is turned into its logarithm from here on; twice that is still finite. */
const FOLD = 1e300

/**
 * Σ_k log(1 + e^(t_k + factor·r_k)). Since log(1 + e^o) = max(o, 0) + log(1 + e^−|o|), and the second
 * terms' arguments lie between 1 and 2, one logarithm serves for the product of a thousand of them.
 */
export function softplusSum(t: Float64Array, r: Float64Array, factor = 1): number {
  let sum = 0
  let product = 1
  for (let k = 0; k < t.length; k++) {
    const o = t[k]! + factor * r[k]!
    if (o > 0) sum += o
    product *= 1 + exp(o > 0 ? -o : o)
    if (product > FOLD) {
      sum += log(product)
      product = 1
    }
  }
  return sum + log(product)
}
