import { Matrix as Dense, EigenvalueDecomposition } from 'ml-matrix'
import { Activation, type Kernels, Mode } from '../compute/kernels.js'
import { type M64, Matrix, requireFinite, requireShape } from '../compute/matrix.js'
import { requireWhole } from '../compute/options.js'
import { Workspace } from '../compute/workspace.js'
import { Images } from '../data/images.js'
import { LacunaError } from '../errors.js'

/** Rows that go through the kernels at a time. */
const CHUNK = 128

/**
 * Principal component analysis: the orthonormal directions v₁, v₂, … of greatest variance, in
 * descending order. With C = 1/(n − 1) Σ (x − μ)(x − μ)ᵀ they are C's eigenvectors, C vᵢ = λᵢ vᵢ.
 * The sign of each is fixed by making its entry of largest magnitude positive.
 *
 * @example
 * ```ts
 * const components = PrincipalComponents.fit(images)
 * const completed = paste(z, components.reconstruct(z, 60), mask)
 * ```
 */
export class PrincipalComponents {
  /** μ, the mean of the training data. */
  readonly mean: Float64Array
  /** λᵢ, the variance along each component, descending. */
  readonly variances: Float64Array
  /** vᵢ, one a row. */
  readonly components: M64

  /** Where reconstructions are computed; made by the first. */
  #projection: Projection | undefined

  private constructor(mean: Float64Array, variances: Float64Array, components: M64) {
    this.mean = mean
    this.variances = variances
    this.components = components
  }

  /**
   * Finds all components of the rows of x; about five seconds for 60,000 images of 784 pixels.
   * @param x n×pixels examples, or images (which are scaled to [−1, 1])
   * @throws LACUNA_E_SHAPE if there are fewer than two examples; LACUNA_E_NOT_FINITE
   */
  static fit(x: Matrix | Images): PrincipalComponents {
    const [n, pixels] = x instanceof Images ? [x.count, x.height * x.width] : [x.rows, x.cols]
    if (n < 2)
      throw new LacunaError(
        'LACUNA_E_SHAPE',
        `principal components need at least 2 examples, not ${n}`,
        'Pass more rows.',
      )
    if (x instanceof Matrix) requireFinite('x', x)
    const mean = columnMeans(x, n, pixels)
    const covariance = covarianceMatrix(x, n, pixels, mean)
    const { realEigenvalues, eigenvectorMatrix } = new EigenvalueDecomposition(covariance, {
      assumeSymmetric: true,
    })
    // Ascending there, descending here; what rounding left below zero is zero.
    const variances = Float64Array.from(realEigenvalues, value => Math.max(0, value)).reverse()
    const components = new Matrix(pixels, pixels, new Float64Array(pixels * pixels))
    for (let i = 0; i < pixels; i++)
      components.row(i).set(withFixedSign(eigenvectorMatrix.getColumn(pixels - 1 - i)))
    return new PrincipalComponents(mean, variances, components)
  }

  /**
   * Projects on the first d components and back: μ + V Vᵀ(z − μ) with V = [v₁ … v_d].
   * @param z n×pixels examples
   * @param d number of components, 0 to all
   * @returns the n×pixels reconstructions
   * @throws LACUNA_E_SHAPE, LACUNA_E_NOT_FINITE or LACUNA_E_OPTION if z or d is unfit
   */
  reconstruct(z: Matrix, d: number): Matrix {
    const pixels = this.mean.length
    requireShape('z', z, z.rows, pixels)
    requireFinite('z', z)
    requireWhole('the number of components', d, 0, pixels)
    this.#projection ??= new Projection(this.mean, this.components)
    const { kernels, components, mean, centred, scores } = this.#projection
    const { store } = Mode
    const { identity } = Activation
    const [V, mu, Z, S] = [components, mean, centred, scores].map(
      view => view.byteOffset,
    ) as Offsets
    const result = new Matrix(z.rows, pixels)
    for (let start = 0; start < z.rows; start += CHUNK) {
      const { data, rows: n } = z.slice(start, Math.min(start + CHUNK, z.rows))
      subtractMean(centred, data, this.mean)
      kernels.product(S, d, n, d, pixels, Z, pixels, 1, V, 1, pixels, store, 1, 0, identity)
      kernels.product(Z, pixels, n, pixels, d, S, d, 1, V, pixels, 1, store, 1, mu, identity)
      result.data.set(centred.subarray(0, n * pixels), start * pixels)
    }
    return result
  }
}

type Offsets = [number, number, number, number]

/** Mean and components in float32, and room for a chunk of examples and their scores. */
class Projection {
  readonly kernels: Kernels
  readonly mean: Float32Array
  readonly components: Float32Array
  readonly centred: Float32Array
  readonly scores: Float32Array

  constructor(mean: Float64Array, components: M64) {
    const workspace = new Workspace()
    this.kernels = workspace.kernels
    this.mean = workspace.floats(mean.length)
    this.mean.set(mean)
    this.components = workspace.floats(components.data.length)
    this.components.set(components.data)
    this.centred = workspace.floats(CHUNK * mean.length)
    this.scores = workspace.floats(CHUNK * mean.length)
  }
}

function columnMeans(x: Matrix | Images, n: number, pixels: number): Float64Array {
  const sums = new Float64Array(pixels)
  const values = x instanceof Images ? x.pixels : x.data
  for (let i = 0; i < n * pixels; i += pixels)
    for (let j = 0; j < pixels; j++) sums[j]! += values[i + j]!
  return sums.map(sum => (x instanceof Images ? sum / n / 127.5 - 1 : sum / n))
}

function subtractMean(out: Float32Array, x: Float32Array, mean: Float64Array): void {
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
): Dense {
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
  const covariance = Dense.zeros(pixels, pixels)
  for (let i = 0; i < pixels; i++)
    for (let j = i; j < pixels; j++) {
      const value = (sum[i * pixels + j]! - n * offset[i]! * offset[j]!) / scale / (n - 1)
      covariance.set(i, j, value)
      covariance.set(j, i, value)
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

/** The vector or its negative, whichever makes the entry of largest magnitude positive. */
function withFixedSign(vector: number[]): number[] {
  let largest = 0
  for (const value of vector) if (Math.abs(value) > Math.abs(largest)) largest = value
  return largest < 0 ? vector.map(value => -value) : vector
}
