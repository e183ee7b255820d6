import { cholesky, invertTriangular } from '../compute/cholesky.js'
import { requireKnown } from '../compute/known-options.js'
import { Matrix } from '../compute/matrix.js'
import { requirePositive } from '../compute/options.js'
import { Workspace } from '../compute/workspace.js'
import type { Images } from '../data/images.js'
import { LacunaError } from '../errors.js'
import {
  checkTensors,
  damaged,
  type Provenance,
  readCheckpoint,
  writeCheckpoint,
} from '../formats/checkpoint.js'
import { fingerprint } from '../formats/crc32.js'
import {
  type Gaussian,
  gaussianFrom,
  gaussianShapes,
  gaussianTensors,
  requireFewPixels,
} from './gaussian.js'
import { GaussianFill } from './gaussian-fill.js'
import { requireIncomplete } from './mask.js'
import { momentsOf } from './moments.js'

const MODEL = 'conditional-gaussian'

/** Images that are completed at a time. */
const CHUNK = 128

/**
 * Images as draws from one Gaussian, x ~ N(μ, Σ) with Σ = C + ridge·1, C their covariance: a hole is
 * filled by its mean given the observed pixels, the best guess there is that is linear in them. It is
 * what principal components are to a projection: all of them, with their variances taken seriously.
 * Any hole, in closed form (docs/theory/any-mask.md has the proof).
 *
 * @example
 * ```ts
 * const gaussian = ConditionalGaussian.fit(images)
 * const completed = gaussian.complete(incomplete, mask)
 * ```
 */
export class ConditionalGaussian implements Gaussian {
  readonly mean: Float32Array
  readonly whitening: Float32Array
  readonly #provenance: Provenance
  #fill: GaussianFill | undefined

  private constructor({ mean, whitening }: Gaussian, provenance: Provenance) {
    this.mean = mean
    this.whitening = whitening
    this.#provenance = provenance
  }

  /**
   * The Gaussian of some images; about a second and a half for 60,000 of 784 pixels.
   * @param x images, or n×pixels examples; at least two
   * @param options.ridge the variance that is added to every pixel's, above 0; default 0.01
   * @throws LACUNA_E_OPTION if the ridge is not above 0, or so small that Σ is singular;
   *   LACUNA_E_SHAPE if there are fewer than two examples; LACUNA_E_TOO_LARGE if they have more than
   *   4,096 pixels; LACUNA_E_NOT_FINITE if a value is not, or so large that its square is not
   */
  static fit(x: Matrix | Images, options: { readonly ridge?: number } = {}): ConditionalGaussian {
    requireKnown('ConditionalGaussian.fit', options, ['ridge'])
    const { ridge = 0.01 } = options
    requirePositive('ridge', ridge)
    requireFewPixels(x instanceof Matrix ? x.cols : x.height * x.width)
    const {
      mean,
      covariance: { data: covariance },
    } = momentsOf(x)
    const pixels = mean.length
    for (let i = 0; i < pixels; i++) covariance[i * pixels + i]! += ridge
    const decomposed = cholesky(covariance, pixels)
    if (!('factor' in decomposed))
      throw new LacunaError(
        'LACUNA_E_OPTION',
        `with a ridge of ${ridge} the covariance of the pixels is singular`,
        'Choose a larger ridge, such as 0.01.',
      )
    // Σ = LLᵀ, so that Σ⁻¹ = WᵀW with W = L⁻¹, and W(x − μ) is white noise.
    const W = invertTriangular(decomposed.factor, pixels)
    const whitening = new Float32Array((pixels * (pixels + 1)) / 2)
    for (let i = 0, at = 0; i < pixels; at += ++i)
      whitening.set(W.subarray(i * pixels, i * pixels + i + 1), at)
    const { buffer, byteOffset, byteLength } = x instanceof Matrix ? x.data : x.pixels
    const data = fingerprint(new Uint8Array(buffer, byteOffset, byteLength))
    const provenance = { seed: 0, training: { data, ridge } } // nothing is drawn from the seed
    return new ConditionalGaussian({ mean: Float32Array.from(mean), whitening }, provenance)
  }

  /**
   * A Gaussian from its checkpoint, in single or half precision.
   * @throws LACUNA_E_SAFETENSORS, LACUNA_E_CHECKPOINT or LACUNA_E_NOT_FINITE if the bytes are
   *   malformed, of another model, or not of finite numbers
   */
  static load(bytes: Uint8Array): ConditionalGaussian {
    const { tensors, configuration, provenance } = readCheckpoint(MODEL, bytes)
    const { pixels } = (configuration ?? {}) as { pixels?: unknown }
    if (!Number.isSafeInteger(pixels) || (pixels as number) < 1)
      throw damaged('configuration', JSON.stringify(configuration))
    checkTensors(tensors, gaussianShapes(pixels as number))
    return new ConditionalGaussian(gaussianFrom(tensors), provenance)
  }

  /** The checkpoint: safetensors with μ and the lower triangle of W, row after row. */
  save(): Uint8Array {
    const configuration = { pixels: this.mean.length }
    return writeCheckpoint(MODEL, configuration, this.#provenance, gaussianTensors(this))
  }

  /**
   * Fills the holes with their conditional mean, clipped to [−1, 1]; every observed pixel is returned
   * bit for bit. Rows with the same mask share the work that depends on it.
   *
   * @param z n incomplete images, finite; the finite numbers in their holes play no part
   * @param mask n×pixels, 1 in the hole and 0 elsewhere
   * @returns the n completed images
   * @throws LACUNA_E_SHAPE, LACUNA_E_OPTION or LACUNA_E_NOT_FINITE if z or the mask is unfit
   */
  complete(z: Matrix, mask: Matrix): Matrix {
    requireIncomplete(z, mask, this.mean.length)
    this.#fill ??= new GaussianFill(new Workspace(), this, CHUNK)
    const fill = this.#fill
    return fill.complete(z, mask, (n, groups) => {
      fill.fill(n, groups)
      return fill.filled
    })
  }
}
