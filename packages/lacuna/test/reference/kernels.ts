/** What each kernel computes, in plain float64 loops: the yardstick of the kernels' tests. */

type Vector = ArrayLike<number>

/** A factor's element (i, j) is data[i·row + j·col]. */
export type Strided = { data: Vector; row: number; col: number }

/** P[i·n + j] = Σₚ A[i,p]·B[p,j], and Σₚ |A[i,p]|·|B[p,j]|, to which rounding errors are proportional. */
export function product(m: number, n: number, k: number, a: Strided, b: Strided) {
  const sums = new Float64Array(m * n)
  const sizes = new Float64Array(m * n)
  for (let i = 0; i < m; i++)
    for (let j = 0; j < n; j++)
      for (let p = 0; p < k; p++) {
        const term = a.data[i * a.row + p * a.col]! * b.data[p * b.row + j * b.col]!
        sums[i * n + j]! += term
        sizes[i * n + j]! += Math.abs(term)
      }
  return { sums, sizes }
}

export const activations = {
  identity: (x: number) => x,
  hardtanh: (x: number) => Math.max(-1, Math.min(1, x)),
  tanh: (x: number) => Math.tanh(x),
  sigmoid: (x: number) => 1 / (1 + Math.exp(-x)),
  relu: (x: number) => Math.max(0, x),
  leakyRelu: (x: number) => (x > 0 ? x : 0.2 * x),
}

export type ActivationName = keyof typeof activations

/** act′ through the output y = act(x). */
export const derivatives: Record<ActivationName, (y: number) => number> = {
  identity: () => 1,
  hardtanh: y => (Math.abs(y) < 1 ? 1 : 0),
  tanh: y => 1 - y * y,
  sigmoid: y => y * (1 - y),
  relu: y => (y > 0 ? 1 : 0),
  leakyRelu: y => (y > 0 ? 1 : 0.2),
}

/** Σᵢ x[i,j] and Σᵢ |x[i,j]| for each column j. */
export function columnSums(x: Vector, rows: number, cols: number) {
  const sums = new Float64Array(cols)
  const sizes = new Float64Array(cols)
  for (let i = 0; i < rows; i++)
    for (let j = 0; j < cols; j++) {
      sums[j]! += x[i * cols + j]!
      sizes[j]! += Math.abs(x[i * cols + j]!)
    }
  return { sums, sizes }
}

export const softplus = (x: number) => Math.max(x, 0) + Math.log1p(Math.exp(-Math.abs(x)))
export const blend = (x: number, y: number, mask: number) => x * (1 - mask) + y * mask
export const pixel = (p: number) => Math.fround(p / 127.5 - 1)
