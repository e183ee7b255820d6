import { HOLE } from './window.js'

/** Answers nearer to each other than this, by mean squared error, count as one. */
const SAME = 0.1

/** Answers that are less likely than this are not given. */
const UNLIKELY = 0.1

/** An answer among several: which head gave it, and how likely it is. */
export interface DistinctAnswer {
  readonly head: number
  /** The probability that it is the nearest of all answers to the truth. */
  readonly weight: number
}

/**
 * The answers of several heads that are worth telling apart, likeliest first. Going from the likeliest
 * head to the least likely, one that is nearly the same as an answer before it adds its weight to that;
 * then answers of less than a tenth are dropped. What is missing to 1 is the probability of those.
 *
 * @param answers pixels of the heads, one head behind the other, from place `start` on
 * @param weights of the heads, which add up to 1
 */
export function distinctAnswers(
  answers: Float32Array,
  start: number,
  weights: Float64Array,
): DistinctAnswer[] {
  const order = [...weights.keys()].sort((a, b) => weights[b]! - weights[a]! || a - b)
  const found: { head: number; weight: number }[] = []
  for (const head of order) {
    const same = found.find(other => distance(answers, start, head, other.head) < SAME)
    if (same) same.weight += weights[head]!
    else found.push({ head, weight: weights[head]! })
  }
  found.sort((a, b) => b.weight - a.weight)
  return found.filter(({ weight }, i) => i === 0 || weight >= UNLIKELY)
}

/** The mean squared difference of two heads' pixels. */
function distance(answers: Float32Array, start: number, k: number, l: number): number {
  let sum = 0
  for (let j = 0; j < HOLE; j++) {
    const difference = answers[start + k * HOLE + j]! - answers[start + l * HOLE + j]!
    sum += difference * difference
  }
  return sum / HOLE
}
