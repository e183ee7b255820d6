import { exp, log, softplus } from '../compute/elementary.js'
import type { M64 } from '../compute/matrix.js'
import { addSelectedRows, requireBits } from './bits.js'
import type { ConditionalRbm } from './conditional-rbm.js'

/** Beyond this e^t is not multiplied by e^A, lest it leave the range of numbers. */
const LINEAR = 150

/** A running product is turned into its logarithm from here on. */
const FOLD = 1e150

/**
 * The log pseudo-likelihood of outputs given inputs (Besag 1975), one value an example:
 *
 *   Σ_j log p(y_j | x, y without y_j) = Σ_j log sigm(F(x, ỹ_j) − F(x, y)),
 *
 * ỹ_j being y with bit j flipped. Over all bits, and exact: a flip changes the hidden logits
 * t = q + Wᵀx + Uᵀy by ±U_j:, so that F(x, ỹ_j) − F(x, y) = ±b_j + Σ_k (log(1 + e^t_k) −
 * log(1 + e^(t_k ± U_jk))), a product of K factors and one logarithm. For a machine of no inputs it
 * is the pseudo-likelihood of all its visible bits. It needs no log Z, and grows as the machine fits.
 *
 * @throws LACUNA_E_SHAPE, LACUNA_E_NOT_FINITE or LACUNA_E_BITS for unfit examples
 */
export function pseudoLogLikelihood(rbm: ConditionalRbm, x: M64, y: M64): Float64Array {
  const { W, U, outputBias: b, hiddenBias } = rbm
  requireBits('x', x, x.rows, W.rows)
  requireBits('y', y, x.rows, U.rows)
  const on = U.data.map(exp)
  const off = on.map(factor => 1 / factor)
  const inRange = (values: Float64Array) => values.every(value => Math.abs(value) < LINEAR)
  const moderate = inRange(U.data)
  return Float64Array.from({ length: x.rows }, (_, n) => {
    const t = hiddenBias.slice()
    addSelectedRows(t, x.row(n), W)
    addSelectedRows(t, y.row(n), U)
    const base = t.reduce((sum, t_k) => sum + softplus(t_k), 0)
    const odds = moderate && inRange(t) ? t.map(exp) : undefined
    let sum = 0
    for (let j = 0; j < U.rows; j++) {
      const sign = y.row(n)[j] === 1 ? -1 : 1
      const flipped = odds
        ? logFactors(odds, sign === 1 ? on : off, j * odds.length)
        : t.reduce((total, t_k, k) => total + softplus(t_k + sign * U.row(j)[k]!), 0)
      // log sigm(z) = −log(1 + e^−z)
      sum -= softplus(flipped - base + sign * b[j]!)
    }
    return sum
  })
}

/** Σ_k log(1 + e^(t_k ± U_jk)), given e^t and, from `at` on, e^(±U_j:). */
function logFactors(odds: Float64Array, factors: Float64Array, at: number): number {
  let sum = 0
  let product = 1
  for (let k = 0; k < odds.length; k++) {
    product *= 1 + odds[k]! * factors[at + k]!
    if (product > FOLD) {
      sum += log(product)
      product = 1
    }
  }
  return sum + log(product)
}
