import { Matrix as Dense, EigenvalueDecomposition } from 'ml-matrix'
import { Activation, Mode } from '../compute/kernels.js'
import { type M64, Matrix, requireFinite, requireShape } from '../compute/matrix.js'
import { requireWhole } from '../compute/options.js'
import { Workspace } from '../compute/workspace.js'
import { Images } from '../data/images.js'
import { LacunaError } from '../errors.js'

/** Rows that go through the kernels at a time: float32 sums stay short, memory stays small. */
const CHUNK = 512

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
    const workspace = new Workspace()
    const { kernels } = workspace
    const { store } = Mode
    const { identity } = Activation
    const V = workspace.floats(d * pixels)
    V.set(this.components.data.subarray(0, d * pixels))
    const mean = workspace.floats(pixels)
    mean.set(this.mean)
    const rows = Math.min(CHUNK, z.rows)
    const centred = workspace.floats(rows * pixels)
    const scores = workspace.floats(rows * d)
    const result = new Matrix(z.rows, pixels)
    for (let start = 0; start < z.rows; start += rows) {
      const part = z.slice(start, Math.min(start + rows, z.rows))
      const n = part.rows
      subtractMean(centred, part.data, this.mean)
      const [S, Z, v, mu] = [scores, centred, V, mean].map(view => view.byteOffset) as Offsets
      kernels.product(S, d, n, d, pixels, Z, pixels, 1, v, 1, pixels, store, 1, 0, identity)
      kernels.product(Z, pixels, n, pixels, d, S, d, 1, v, pixels, 1, store, 1, mu, identity)
      result.data.set(centred.subarray(0, n * pixels), start * pixels)
    }
    return result
  }
}

type Offsets = [number, number, number, number]

/** Examples `start` to `end`, as rows. */
function rowsOf(x: Matrix | Images, start: number, end: number): Matrix {
  return x instanceof Images ? x.matrix(start, end) : x.slice(start, end)
}

function columnMeans(x: Matrix | Images, n: number, pixels: number): Float64Array {
  const mean = new Float64Array(pixels)
  for (let start = 0; start < n; start += CHUNK) {
    const { data } = rowsOf(x, start, Math.min(start + CHUNK, n))
    for (let i = 0; i < data.length; i += pixels)
      for (let j = 0; j < pixels; j++) mean[j]! += data[i + j]!
  }
  return mean.map(sum => sum / n)
}

function subtractMean(out: Float32Array, x: Float32Array, mean: Float64Array): void {
  for (let i = 0; i < x.length; i += mean.length)
    for (let j = 0; j < mean.length; j++) out[i + j] = x[i + j]! - mean[j]!
}

/** C: each chunk's Zᵀ Z in float32, the sum over chunks in float64; the upper triangle only. */
function covarianceMatrix(
  x: Matrix | Images,
  n: number,
  pixels: number,
  mean: Float64Array,
): Dense {
  const workspace = new Workspace()
  const { kernels } = workspace
  const centred = workspace.floats(CHUNK * pixels)
  const chunk = workspace.floats(pixels * pixels)
  const sum = workspace.doubles(pixels * pixels)
  const band = 96
  for (let start = 0; start < n; start += CHUNK) {
    const { data, rows } = rowsOf(x, start, Math.min(start + CHUNK, n))
    subtractMean(centred, data, mean)
    const Z = centred.byteOffset
    // Bands of the rows of C, each from its own diagonal on: half the work of the whole product.
    for (let i = 0; i < pixels; i += band) {
      const C = chunk.byteOffset + 4 * (i * pixels + i)
      const height = Math.min(band, pixels - i)
      kernels.product(
        C,
        pixels,
        height,
        pixels - i,
        rows,
        Z + 4 * i,
        1,
        pixels,
        Z + 4 * i,
        pixels,
        1,
        Mode.store,
        1,
        0,
        Activation.identity,
      )
    }
    kernels.addToDoubles(sum.byteOffset, chunk.byteOffset, pixels * pixels)
  }
  const covariance = Dense.zeros(pixels, pixels)
  for (let i = 0; i < pixels; i++)
    for (let j = i; j < pixels; j++) {
      const value = sum[i * pixels + j]! / (n - 1)
      covariance.set(i, j, value)
      covariance.set(j, i, value)
    }
  return covariance
}

/** The vector or its negative, whichever makes the entry of largest magnitude positive. */
function withFixedSign(vector: number[]): number[] {
  let largest = 0
  for (const value of vector) if (Math.abs(value) > Math.abs(largest)) largest = value
  return largest < 0 ? vector.map(value => -value) : vector
}
