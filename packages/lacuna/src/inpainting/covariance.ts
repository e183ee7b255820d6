import { Activation, type Kernels, Mode } from '../compute/kernels.js'
import { Matrix, requireFinite } from '../compute/matrix.js'
import { Workspace } from '../compute/workspace.js'
import { Images } from '../data/images.js'
import { LacunaError } from '../errors.js'

/** The first two moments of n examples of p values. */
export interface Moments {
  /** μ = 1/n Σ x. */
  readonly mean: Float64Array
  /** C = 1/(n − 1) Σ (x − μ)(x − μ)ᵀ, p×p, both triangles. */
  readonly covariance: Float64Array
}

/**
 * Mean and covariance of examples.
 * @param x n×p examples, or images (which are scaled to [−1, 1])
 * @throws LACUNA_E_SHAPE if there are fewer than two; LACUNA_E_NOT_FINITE
 */
export function momentsOf(x: Matrix | Images): Moments {
  const [n, pixels] = x instanceof Images ? [x.count, x.height * x.width] : [x.rows, x.cols]
  if (n < 2)
    throw new LacunaError(
      'LACUNA_E_SHAPE',
      `a covariance needs at least 2 examples, not ${n}`,
      'Pass more rows.',
    )
  if (x instanceof Matrix) requireFinite('x', x)
  const mean = columnMeans(x, n, pixels)
  return { mean, covariance: covarianceMatrix(x, n, pixels, mean) }
}

function columnMeans(x: Matrix | Images, n: number, pixels: number): Float64Array {
  const sums = new Float64Array(pixels)
  const values = x instanceof Images ? x.pixels : x.data
  for (let i = 0; i < n * pixels; i += pixels)
    for (let j = 0; j < pixels; j++) sums[j]! += values[i + j]!
  return sums.map(sum => (x instanceof Images ? sum / n / 127.5 - 1 : sum / n))
}

/** out = x − μ, row by row. */
export function subtractMean(out: Float32Array, x: Float32Array, mean: Float64Array): void {
  for (let i = 0; i < x.length; i += mean.length)
    for (let j = 0; j < mean.length; j++) out[i + j] = x[i + j]! - mean[j]!
}

/**
 * C, from sums over chunks of rows in float32 that are added up in float64. Components far down have
 * nearly equal variances and turn into one another at the least error of C, so the sums must be good:
 *
 * - of images they are exact: with whole numbers q = p − 128, 512 products of at most 2¹⁴ stay
 *   within float32's 24 bits, and x = (q + ½)/127.5, so that C is the covariance of q over 127.5²;
 * - of other numbers they are short, over centred rows.
 */
function covarianceMatrix(
  x: Matrix | Images,
  n: number,
  pixels: number,
  mean: Float64Array,
): Float64Array {
  const workspace = new Workspace()
  const most = x instanceof Images ? 512 : 32
  const rows = workspace.floats(most * pixels)
  const chunk = workspace.floats(pixels * pixels)
  const sum = workspace.doubles(pixels * pixels)
  for (let start = 0; start < n; start += most) {
    const count = Math.min(most, n - start)
    if (x instanceof Images) {
      const { pixels: bytes } = x.slice(start, start + count)
      for (let i = 0; i < bytes.length; i++) rows[i] = bytes[i]! - 128
    } else subtractMean(rows, x.slice(start, start + count).data, mean)
    upperProduct(workspace.kernels, chunk, rows, count, pixels)
    workspace.kernels.addToDoubles(sum.byteOffset, chunk.byteOffset, pixels * pixels)
  }
  const scale = x instanceof Images ? 127.5 * 127.5 : 1
  const offset = mean.map(value => (x instanceof Images ? 127.5 * value - 0.5 : 0))
  const covariance = new Float64Array(pixels * pixels)
  for (let i = 0; i < pixels; i++)
    for (let j = i; j < pixels; j++) {
      const value = (sum[i * pixels + j]! - n * offset[i]! * offset[j]!) / scale / (n - 1)
      covariance[i * pixels + j] = value
      covariance[j * pixels + i] = value
    }
  return covariance
}

/** The upper triangle of ZᵀZ: bands of rows, each from its own diagonal on, half the whole work. */
function upperProduct(
  kernels: Kernels,
  into: Float32Array,
  rows: Float32Array,
  n: number,
  pixels: number,
): void {
  const { store } = Mode
  const { identity } = Activation
  const band = 96
  for (let i = 0; i < pixels; i += band) {
    const C = into.byteOffset + 4 * (i * pixels + i)
    const Z = rows.byteOffset + 4 * i
    const [height, width] = [Math.min(band, pixels - i), pixels - i]
    kernels.product(C, pixels, height, width, n, Z, 1, pixels, Z, pixels, 1, store, 1, 0, identity)
  }
}
