/** Float32 numbers in [−1, 1) that depend on the seed alone: a linear congruential generator. */
export function noise(seed: number): () => number {
  let state = seed
  return () => {
    state = (Math.imul(state, 1664525) + 1013904223) | 0
    return Math.fround(state / 2147483648)
  }
}
