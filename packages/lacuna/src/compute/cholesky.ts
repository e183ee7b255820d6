/**
 * Cholesky's decomposition A = LLᵀ of a symmetric n×n matrix, row by row. Where A is not positive
 * definite there is none; then it gives a direction along which A does not curve up.
 *
 * @param a A, row-major; only the lower triangle is read
 * @returns the `factor` L (lower triangle, row-major), or a `direction` x ≠ 0 with xᵀAx ≤ 0
 */
export function cholesky(
  a: Float64Array,
  n: number,
): { factor: Float64Array } | { direction: Float64Array } {
  const L = new Float64Array(n * n)
  for (let i = 0; i < n; i++) {
    for (let j = 0; j <= i; j++) {
      let rest = a[i * n + j]!
      for (let k = 0; k < j; k++) rest -= L[i * n + k]! * L[j * n + k]!
      if (j < i) L[i * n + j] = rest / L[j * n + j]!
      else if (rest > 0) L[i * n + i] = Math.sqrt(rest)
      else {
        // x = (−A₁₁⁻¹a₁, 1, 0, …) with the part factored so far: xᵀAx is the pivot, which is ≤ 0.
        const direction = new Float64Array(n)
        for (let k = 0; k < i; k++) direction[k] = -L[i * n + k]!
        backSubstitute(L, n, i, direction)
        direction[i] = 1
        return { direction }
      }
    }
  }
  return { factor: L }
}

/** Solves Lᵀx = b in place, L being the upper left `size`×`size` part of the n×n factor. */
function backSubstitute(L: Float64Array, n: number, size: number, b: Float64Array): void {
  for (let i = size - 1; i >= 0; i--) {
    for (let k = i + 1; k < size; k++) b[i]! -= L[k * n + i]! * b[k]!
    b[i]! /= L[i * n + i]!
  }
}

/** Solves LLᵀx = b: x, n values. */
export function choleskySolve(L: Float64Array, n: number, b: Float64Array): Float64Array {
  const x = Float64Array.from(b)
  for (let i = 0; i < n; i++) {
    for (let k = 0; k < i; k++) x[i]! -= L[i * n + k]! * x[k]!
    x[i]! /= L[i * n + i]!
  }
  backSubstitute(L, n, n, x)
  return x
}

/** L⁻¹ of a lower triangular n×n matrix, itself lower triangular: row i of LX = 1 solved for Xᵢ. */
export function invertTriangular(L: Float64Array, n: number): Float64Array {
  const X = new Float64Array(n * n)
  for (let i = 0; i < n; i++) {
    const [row, pivot] = [i * n, L[i * n + i]!]
    for (let k = 0; k < i; k++) {
      const factor = L[row + k]! / pivot
      for (let j = 0; j <= k; j++) X[row + j]! -= factor * X[k * n + j]!
    }
    X[row + i] = 1 / pivot
  }
  return X
}
