import { exp, log } from '../compute/elementary.js'
import type { M64 } from '../compute/matrix.js'
import { softplusSum } from './softplus-sum.js'

/** t = q + xW for one example x of real numbers. */
export function hiddenLogits(x: ArrayLike<number>, W: M64, q: Float64Array): Float64Array {
  const t = q.slice()
  for (let i = 0; i < x.length; i++) {
    const x_i = x[i]!
    if (x_i === 0) continue // as most pixels are
    const row = W.row(i)
    for (let k = 0; k < t.length; k++) t[k]! += x_i * row[k]!
  }
  return t
}

/**
 * b_y + Σ_k log(1 + e^(t_k + U_yk)) for every class y: log p(y|x) up to a constant, and −F(x,y) − aᵀx.
 */
export function classScores(t: Float64Array, U: M64, b: Float64Array): Float64Array {
  return b.map((b_y, y) => b_y + softplusSum(t, U.row(y)))
}

/** scores − log Σ_y e^scores_y. */
export function logSoftmax(scores: Float64Array): Float64Array {
  const most = scores.reduce((a, b) => Math.max(a, b))
  const logSum = most + log(scores.reduce((sum, score) => sum + exp(score - most), 0))
  return scores.map(score => score - logSum)
}
