/** What the kernels compute, in plain float64 loops: the yardstick of their tests. */

/** A factor of a product: element (i, j) is data[i·row + j·col]. */
export type Strided = { data: Float32Array; row: number; col: number }

/** A·B, row after row, and |A|·|B|, to which the rounding errors of its sums are proportional. */
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

/** Σᵢ x[i,j] and Σᵢ |x[i,j]| for each column j: a product with a row of ones. */
export function columnSums(rows: number, cols: number, x: Float32Array) {
  const ones = { data: new Float32Array(rows).fill(1), row: 0, col: 1 }
  return product(1, cols, rows, ones, { data: x, row: cols, col: 1 })
}

export const sigmoid = (x: number) => {
  const e = Math.exp(-Math.abs(x))
  return (x < 0 ? e : 1) / (1 + e)
}
export const softplus = (x: number) => Math.max(x, 0) + Math.log1p(Math.exp(-Math.abs(x)))

/** Each activation as a function of x, and its derivative as a function of y = act(x). */
export const activations = {
  identity: { value: (x: number) => x, slope: (_: number) => 1 },
  hardtanh: {
    value: (x: number) => Math.max(-1, Math.min(1, x)),
    slope: (y: number) => (Math.abs(y) < 1 ? 1 : 0),
  },
  tanh: { value: Math.tanh, slope: (y: number) => 1 - y * y },
  sigmoid: { value: sigmoid, slope: (y: number) => y * (1 - y) },
  relu: { value: (x: number) => Math.max(0, x), slope: (y: number) => (y > 0 ? 1 : 0) },
  leakyRelu: {
    value: (x: number) => (x > 0 ? x : 0.2 * x),
    slope: (y: number) => (y > 0 ? 1 : 0.2),
  },
}

export type ActivationName = keyof typeof activations
export const activationNames = Object.keys(activations) as ActivationName[]

/** 1 where the word's 24 highest bits, as a fraction of 1, are below p; else 0. */
export function bernoulli(p: Float32Array, random: { bits(): number }): number[] {
  return Array.from(p, p_i => ((random.bits() >>> 8) / 2 ** 24 < p_i ? 1 : 0))
}

/** The lists of a matrix of bits, row by row: where in a table of sums the groups that are not 0 find theirs. */
export function groupsOf(rows: number, cols: number, bit: (i: number, p: number) => number) {
  return Array.from({ length: rows }, (_, i) => {
    const entries: { block: number; entry: number }[] = []
    for (let g = 0; 4 * g < cols; g++) {
      const four = [0, 1, 2, 3].map(l => (4 * g + l < cols ? bit(i, 4 * g + l) : 0))
      const number = four.reduce((sum, b, l) => sum + 2 ** l * b)
      if (number > 0) entries.push({ block: g >> 7, entry: 128 * (number + 16 * (g % 128)) })
    }
    return entries
  })
}

/** A − vwᵀ − wvᵀ, symmetric n×n, and its product with u. */
export function updateAndMultiply(
  n: number,
  A: (i: number, j: number) => number,
  [v, w, u]: readonly [Float64Array, Float64Array, Float64Array],
) {
  const updated = new Float64Array(n * n)
  const y = new Float64Array(n)
  for (let i = 0; i < n; i++)
    for (let j = 0; j < n; j++) {
      updated[i * n + j] = A(i, j) - v[i]! * w[j]! - w[i]! * v[j]!
      y[i]! += updated[i * n + j]! * u[j]!
    }
  return { updated, y }
}

/** X − τ v(vᵀX) for an n×cols matrix X. */
export function reflect(x: Float64Array, v: Float64Array, tau: number): Float64Array {
  const cols = x.length / v.length
  const products = Array.from({ length: cols }, (_, c) =>
    v.reduce((sum, value, i) => sum + value * x[i * cols + c]!, 0),
  )
  return x.map((value, at) => value - tau * v[Math.floor(at / cols)]! * products[at % cols]!)
}

/** X with the rows k and k + 1 rotated by (c, s), one pair of rotations after the other. */
export function rotate(x: Float64Array, cols: number, rotations: Float64Array): Float64Array {
  const out = x.slice()
  for (let k = 0; k < rotations.length / 2; k++) {
    const [c, s] = [rotations[2 * k]!, rotations[2 * k + 1]!]
    for (let j = 0; j < cols; j++) {
      const [a, b] = [out[k * cols + j]!, out[(k + 1) * cols + j]!]
      out[k * cols + j] = c * a + s * b
      out[(k + 1) * cols + j] = c * b - s * a
    }
  }
  return out
}

/** Σ b_ri b_rj over the rows of bytes, for all pairs of columns. */
export function byteProducts(bytes: Uint8Array, cols: number): Float64Array {
  const sums = new Float64Array(cols * cols)
  for (let start = 0; start < bytes.length; start += cols)
    for (let i = 0; i < cols; i++)
      for (let j = 0; j < cols; j++) sums[i * cols + j]! += bytes[start + i]! * bytes[start + j]!
  return sums
}
