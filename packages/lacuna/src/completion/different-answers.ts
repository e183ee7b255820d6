import { Matrix } from '../compute/matrix.js'

/** Two answers are the same for people if their mean squared difference in the hole is less. */
const SAME = 0.1

/**
 * Which of several completions of one image to show as different answers: from the first on, each
 * that differs from all those before it that are shown.
 *
 * @param completed k×pixels, the best first
 * @param hole 1 where pixels were missing
 * @param n the most there may be
 * @returns their row numbers
 */
export function differentAnswers(completed: Matrix, hole: Float32Array, n: number): number[] {
  const shown: number[] = []
  for (let k = 0; k < completed.rows && shown.length < n; k++)
    if (shown.every(i => difference(completed.row(i), completed.row(k), hole) >= SAME))
      shown.push(k)
  return shown
}

/** Some rows of a matrix, copied. */
export function rowsOf(x: Matrix, rows: readonly number[]): Matrix {
  const chosen = new Matrix(rows.length, x.cols)
  for (const [k, i] of rows.entries()) chosen.row(k).set(x.row(i))
  return chosen
}

/** The mean of (a − b)² over the hole. */
function difference(a: Float32Array, b: Float32Array, hole: Float32Array): number {
  let [sum, missing] = [0, 0]
  for (let j = 0; j < hole.length; j++) {
    if (!hole[j]) continue
    const d = a[j]! - b[j]!
    sum += d * d
    missing++
  }
  return sum / missing
}
