import type { Matrix } from '../compute/matrix.js'
import type { Random } from '../compute/random.js'

/** Rounds of Lloyd's algorithm after the start; more hardly move the centres of a start. */
const ROUNDS = 10

/**
 * k centres of the rows of t: chosen by k-means++ (Arthur & Vassilvitskii 2007: each next centre is
 * a row drawn with probability proportional to its squared distance from the centres so far), then
 * moved to the means of their rows a few times (Lloyd).
 *
 * @returns the centres, k×c, and the root mean square distance, per coordinate, of rows to theirs
 */
export function kMeans(
  t: Matrix,
  k: number,
  random: Random,
): { centres: Float64Array; spread: number } {
  const { cols: c, data } = t
  const centres = new Float64Array(k * c)
  const distance = new Float64Array(t.rows).fill(Infinity)
  let next = Math.floor(random.uniform() * t.rows)
  for (let centre = 0; centre < k; centre++) {
    centres.set(t.row(next), centre * c)
    let total = 0
    for (let row = 0; row < t.rows; row++) {
      distance[row] = Math.min(distance[row]!, squaredDistance(data, row, centres, centre, c))
      total += distance[row]!
    }
    let left = random.uniform() * total
    next = 0
    while (next < t.rows - 1 && left >= distance[next]!) left -= distance[next++]!
  }

  let spread = 0
  for (let round = 0; round <= ROUNDS; round++) {
    const sums = new Float64Array(k * c)
    const counts = new Float64Array(k)
    let total = 0
    for (let row = 0; row < t.rows; row++) {
      let best = 0
      let least = Infinity
      for (let centre = 0; centre < k; centre++) {
        const d = squaredDistance(data, row, centres, centre, c)
        if (d < least) {
          best = centre
          least = d
        }
      }
      total += least
      counts[best]!++
      for (let j = 0; j < c; j++) sums[best * c + j]! += data[row * c + j]!
    }
    spread = Math.sqrt(total / t.rows / c)
    // A centre that lost all its rows stays where it is.
    if (round < ROUNDS)
      for (let i = 0; i < k * c; i++) {
        const count = counts[Math.floor(i / c)]!
        if (count > 0) centres[i] = sums[i]! / count
      }
  }
  return { centres, spread }
}

/** ‖t − μ‖² of a row t of `data` and a row μ of `centres`, c numbers each. */
function squaredDistance(
  data: Float32Array,
  row: number,
  centres: Float64Array,
  centre: number,
  c: number,
): number {
  let sum = 0
  for (let j = 0; j < c; j++) {
    const d = data[row * c + j]! - centres[centre * c + j]!
    sum += d * d
  }
  return sum
}
