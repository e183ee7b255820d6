import { permutation } from '../compute/permutation.js'
import { Random, Stream } from '../compute/random.js'

/** The step of the stream of orders that splits; those behind it order the examples of each epoch. */
const SPLIT = 0

/**
 * How training splits n examples: the numbers of those kept aside to judge by, and of the others.
 * @param validation the share that is kept aside, rounded down
 * @param seed the model's
 */
export function splitExamples(
  n: number,
  validation: number,
  seed: number,
): { held: Uint32Array; trained: Uint32Array } {
  const order = permutation(n, new Random(seed, Stream.order, SPLIT))
  const held = Math.floor(validation * n)
  return { held: order.subarray(0, held), trained: order.subarray(held) }
}
