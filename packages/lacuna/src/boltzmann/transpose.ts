import { type M64, Matrix } from '../compute/matrix.js'

/** Aᵀ, in memory of its own. */
export function transpose(A: M64): M64 {
  const transposed = new Matrix(A.cols, A.rows, new Float64Array(A.data.length))
  for (let j = 0; j < A.rows; j++)
    for (let k = 0; k < A.cols; k++) transposed.data[k * A.rows + j] = A.data[j * A.cols + k]!
  return transposed
}
