import { Activation, type Kernels, Mode } from '../compute/kernels.js'
import { type M64, Matrix, requireFinite, requireShape } from '../compute/matrix.js'
import { requireWhole } from '../compute/options.js'
import { symmetricEigen } from '../compute/symmetric-eigen.js'
import { Workspace } from '../compute/workspace.js'
import type { Images } from '../data/images.js'
import { momentsOf } from './moments.js'

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
   * Finds all components of the rows of x, on this thread. Of 60,000 images of 784 pixels it takes
   * less than a second, and 18 MB beside their bytes.
   * @param x n×pixels examples, or images (which are scaled to [−1, 1])
   * @throws LACUNA_E_SHAPE if there are fewer than two examples; LACUNA_E_NOT_FINITE if a value is not,
   *   or so large that its square is not
   */
  static fit(x: Matrix | Images): PrincipalComponents {
    const { mean, covariance } = momentsOf(x)
    const { values, vectors } = symmetricEigen(covariance)
    for (let i = 0; i < vectors.rows; i++) fixSign(vectors.row(i))
    // What rounding left below zero is zero.
    const variances = values.map(value => Math.max(0, value))
    return new PrincipalComponents(mean, variances, vectors)
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
      const { data, rows: n } = z.slice(start, start + CHUNK)
      centred.set(data)
      for (let i = 0; i < n; i++) kernels.addScaled(Z + 4 * i * pixels, mu, -1, pixels)
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

/** Changes the vector to its negative if its entry of largest magnitude is negative. */
function fixSign(vector: Float64Array): void {
  let largest = 0
  for (const value of vector) if (Math.abs(value) > Math.abs(largest)) largest = value
  if (largest < 0) for (let i = 0; i < vector.length; i++) vector[i] = -vector[i]!
}
