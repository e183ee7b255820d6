import { Activation, type Kernels, Mode } from '../compute/kernels.js'
import { type M64, Matrix, requireFinite } from '../compute/matrix.js'
import { Workspace } from '../compute/workspace.js'
import { Images } from '../data/images.js'
import { LacunaError } from '../errors.js'

/** μ = 1/n Σ x and C = 1/(n − 1) Σ (x − μ)(x − μ)ᵀ over n examples. */
export type Moments = { readonly mean: Float64Array; readonly covariance: M64 }

/**
 * Mean and covariance of examples.
 * @param x n×p examples, or images (which are scaled to [−1, 1])
 * @throws LACUNA_E_SHAPE if there are fewer than two; LACUNA_E_NOT_FINITE if a value is not, or so large
 *   that its square is not
 */
export function momentsOf(x: Matrix | Images): Moments {
  const n = x instanceof Images ? x.count : x.rows
  if (n < 2)
    throw new LacunaError(
      'LACUNA_E_SHAPE',
      `a covariance needs at least 2 examples, not ${n}`,
      'Pass more rows.',
    )
  if (x instanceof Images) return imageMoments(x)
  requireFinite('x', x)
  const moments = rowMoments(x)
  requireFinite('the covariance of x', moments.covariance)
  return moments
}

/** Images that go through `addByteProducts` at a time, and after how many its sums are taken over. */
const BLOCK = 128
const MOST = 65536

/**
 * The moments of images, x = p/127.5 − 1 for bytes p. All sums are of whole numbers, and exact:
 *
 *   C_ij = (n Σ pᵢpⱼ − Σ pᵢ Σ pⱼ) / (n(n − 1) 127.5²).
 *
 * A further pixel that is 1 in every image gives Σ pᵢ along with the products.
 */
function imageMoments(images: Images): Moments {
  const { count: n, pixels: bytes } = images
  const pixels = images.height * images.width
  const cols = 8 * Math.ceil((pixels + 1) / 8)
  const workspace = new Workspace()
  const sums = workspace.words(cols * cols)
  const rows = workspace.bytes(BLOCK * cols)
  const scratch = workspace.bytes(258 * cols)
  const products = new Float64Array(cols * cols)
  for (let start = 0; start < n; start += BLOCK) {
    const end = Math.min(n, start + BLOCK)
    if (end < start + BLOCK) rows.fill(0)
    for (let i = start; i < end; i++) {
      const at = (i - start) * cols
      rows.set(bytes.subarray(i * pixels, (i + 1) * pixels), at)
      rows[at + pixels] = 1
    }
    workspace.kernels.addByteProducts(sums.byteOffset, rows.byteOffset, cols, scratch.byteOffset)
    if (end === n || end % MOST === 0) {
      for (let i = 0; i < sums.length; i++) products[i]! += sums[i]!
      sums.fill(0)
    }
  }
  const total = Float64Array.from({ length: pixels }, (_, i) => products[i * cols + pixels]!)
  const covariance = symmetric(pixels, (i, j) => {
    const product = products[i * cols + j]!
    return (n * product - total[i]! * total[j]!) / n / (n - 1) / (127.5 * 127.5)
  })
  return { mean: total.map(sum => sum / n / 127.5 - 1), covariance }
}

/** Rows that are multiplied at a time: so few that float32 is exact enough for their sums. */
const SHORT = 32

/**
 * The moments of the rows of x, from sums over few centred rows in float32 that are added up in
 * float64: components far down have nearly equal variances and turn into one another at the least
 * error of C.
 */
function rowMoments(x: Matrix): Moments {
  const { rows: n, cols } = x
  const mean = columnMeans(x)
  const workspace = new Workspace()
  const rows = workspace.floats(SHORT * cols)
  const part = workspace.floats(cols * cols)
  const sum = workspace.doubles(cols * cols)
  for (let start = 0; start < n; start += SHORT) {
    const { data, rows: count } = x.slice(start, start + SHORT)
    for (let i = 0; i < data.length; i += cols)
      for (let j = 0; j < cols; j++) rows[i + j] = data[i + j]! - mean[j]!
    upperProduct(workspace.kernels, part, rows, count, cols)
    workspace.kernels.addToDoubles(sum.byteOffset, part.byteOffset, cols * cols)
  }
  return { mean, covariance: symmetric(cols, (i, j) => sum[i * cols + j]! / (n - 1)) }
}

function columnMeans({ rows, cols, data }: Matrix): Float64Array {
  const sums = new Float64Array(cols)
  for (let i = 0; i < data.length; i += cols)
    for (let j = 0; j < cols; j++) sums[j]! += data[i + j]!
  return sums.map(sum => sum / rows)
}

/** The upper triangle of ZᵀZ: bands of rows, each from its own diagonal on, half the whole work. */
function upperProduct(
  kernels: Kernels,
  into: Float32Array,
  rows: Float32Array,
  n: number,
  cols: number,
): void {
  const { store } = Mode
  const { identity } = Activation
  const band = 96
  for (let i = 0; i < cols; i += band) {
    const C = into.byteOffset + 4 * (i * cols + i)
    const Z = rows.byteOffset + 4 * i
    const [height, width] = [Math.min(band, cols - i), cols - i]
    kernels.product(C, cols, height, width, n, Z, 1, cols, Z, cols, 1, store, 1, 0, identity)
  }
}

/** The symmetric n×n matrix with these entries for i ≤ j. */
function symmetric(n: number, entry: (i: number, j: number) => number): M64 {
  const matrix = new Matrix(n, n, new Float64Array(n * n))
  for (let i = 0; i < n; i++)
    for (let j = i; j < n; j++) matrix.data[i * n + j] = matrix.data[j * n + i] = entry(i, j)
  return matrix
}
