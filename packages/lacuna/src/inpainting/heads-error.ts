import { exp, log } from '../compute/elementary.js'
import { HOLE } from './window.js'
import type { ErrorWeights } from './window-recipes.js'

/** How the heads of a generator did on a batch. */
export interface HeadsError {
  /** The mean of the examples' errors. */
  readonly error: number
  /** The mean squared error of each example's best head. */
  readonly best: number
}

/**
 * The error of a generator that gives K answers q₁ … q_K for each hole, with logits a₁ … a_K, when
 * the truth is p:
 *
 *   err = λ(ρ·min_k MSE_k + (1 − ρ)·mean_k MSE_k) + χ·(log Σ_k e^{a_k} − a_{k*}),
 *
 * MSE_k = ‖q_k − p‖²/36, k* the head with the least. As only the best head has to come near, heads
 * divide the possible answers among them (Guzman-Rivera, Batra & Kohli 2012, "Multiple choice
 * learning"); the share 1 − ρ keeps those alive that are never best. The last term is the cross-entropy
 * of k* under softmax(a), so that a head's weight becomes the probability that it is the nearest to
 * the truth. With K = 1 it is λ·MSE.
 *
 * @param answers n×K·36 pixels
 * @param logits row i begins at i·stride + K·36
 * @param truth n×36 pixels
 * @param slopes ∂err/∂q, and behind it ∂err/∂a if K > 1, of the mean over the batch: n rows, `stride`
 *   floats apart, written
 */
export function headsError(
  answers: Float32Array,
  logits: Float32Array,
  truth: Float32Array,
  n: number,
  heads: number,
  stride: number,
  { reconstruction, best, choice }: ErrorWeights,
  slopes: Float32Array,
): HeadsError {
  const pixels = heads * HOLE
  const squares = new Float64Array(heads)
  let [errors, bests] = [0, 0]
  for (let i = 0; i < n; i++) {
    const [q, p, row] = [i * pixels, i * HOLE, i * stride]
    let [nearest, total] = [0, 0]
    for (let k = 0; k < heads; k++) {
      let sum = 0
      for (let j = 0; j < HOLE; j++) {
        const difference = answers[q + k * HOLE + j]! - truth[p + j]!
        slopes[row + k * HOLE + j] = difference
        sum += difference * difference
      }
      squares[k] = sum / HOLE
      total += sum / HOLE
      if (squares[k]! < squares[nearest]!) nearest = k
    }
    for (let k = 0; k < heads; k++) {
      const share = (k === nearest ? best : 0) + (1 - best) / heads
      const factor = (reconstruction * share * 2) / HOLE / n
      for (let j = 0; j < HOLE; j++) slopes[row + k * HOLE + j]! *= factor
    }
    bests += squares[nearest]!
    errors += reconstruction * (best * squares[nearest]! + ((1 - best) * total) / heads)
    if (heads === 1) continue
    const weights = headWeights(logits, row + pixels, heads)
    errors -= choice * log(weights[nearest]!)
    for (let k = 0; k < heads; k++)
      slopes[row + pixels + k] = (choice * (weights[k]! - (k === nearest ? 1 : 0))) / n
  }
  return { error: errors / n, best: bests / n }
}

/** softmax(a), from the K logits that begin at `start`. */
export function headWeights(logits: Float32Array, start: number, heads: number): Float64Array {
  let largest = -Infinity
  for (let k = 0; k < heads; k++) largest = Math.max(largest, logits[start + k]!)
  const weights = new Float64Array(heads)
  let sum = 0
  for (let k = 0; k < heads; k++) {
    weights[k] = exp(logits[start + k]! - largest)
    sum += weights[k]!
  }
  for (let k = 0; k < heads; k++) weights[k]! /= sum
  return weights
}
