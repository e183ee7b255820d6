import { Activation, Mode } from '../compute/kernels.js'
import type { Workspace } from '../compute/workspace.js'
import { LacunaError } from '../errors.js'
import type { Tensor } from '../formats/safetensors.js'

/**
 * A Gaussian N(μ, Σ) of p pixels, by its mean and its whitening W, for which WᵀW = Σ⁻¹: W(x − μ) is
 * white noise. With Cholesky's Σ = LLᵀ it is W = L⁻¹. Each row of it has the scale of one pixel given
 * those before, so that rounding it to half precision does no harm, as rounding Σ or Σ⁻¹ would.
 */
export interface Gaussian {
  /** μ, p values. */
  readonly mean: Float32Array
  /** W, lower triangular, row after row without the zeros: p(p + 1)/2 values. */
  readonly whitening: Float32Array
}

/** The most pixels of an image: their covariances, and ten decompositions, stay within 1 GiB. */
const MOST_PIXELS = 4096

/** @throws LACUNA_E_TOO_LARGE if images have so many pixels that their covariances do not fit */
export function requireFewPixels(pixels: number): void {
  if (pixels > MOST_PIXELS)
    throw new LacunaError(
      'LACUNA_E_TOO_LARGE',
      `a Gaussian of ${pixels} pixels has too many covariances`,
      `Use images of at most ${MOST_PIXELS} pixels, such as 64×64: make them smaller, or cut them up.`,
    )
}

/** N(0, 1): what is known of pixels before anything is. */
export function standardGaussian(pixels: number): Gaussian {
  const whitening = new Float32Array((pixels * (pixels + 1)) / 2)
  for (let i = 0, at = 0; i < pixels; at += ++i + 1) whitening[at] = 1
  return { mean: new Float32Array(pixels), whitening }
}

/** Λ = Σ⁻¹ = WᵀW, p×p, in a workspace. */
export function precisionOf({ mean, whitening }: Gaussian, workspace: Workspace): Float32Array {
  const pixels = mean.length
  const factor = workspace.floats(pixels * pixels)
  for (let i = 0, at = 0; i < pixels; at += ++i)
    factor.set(whitening.subarray(at, at + i + 1), i * pixels)
  const precision = workspace.floats(pixels * pixels)
  const [L, W] = [precision.byteOffset, factor.byteOffset]
  workspace.kernels.product(
    ...([L, pixels, pixels, pixels, pixels, W, 1, pixels, W, pixels, 1] as const),
    ...([Mode.store, 1, 0, Activation.identity] as const),
  )
  return precision
}

/** The tensors of a Gaussian in a checkpoint. */
export function gaussianTensors({ mean, whitening }: Gaussian): Map<string, Tensor> {
  const data = [mean, whitening]
  const shapes = gaussianShapes(mean.length)
  return new Map(shapes.map(({ name, shape }, i) => [name, { shape, data: data[i]! }]))
}

/** Their names and shapes. */
export function gaussianShapes(pixels: number): { name: string; shape: number[] }[] {
  return [
    { name: 'gaussian.mean', shape: [pixels] },
    { name: 'gaussian.whitening', shape: [(pixels * (pixels + 1)) / 2] },
  ]
}

/** The Gaussian of tensors that have these shapes. */
export function gaussianFrom(tensors: ReadonlyMap<string, Tensor>): Gaussian {
  const values = (name: string) =>
    Float32Array.from(tensors.get(name)!.data as Float32Array | Float64Array)
  return { mean: values('gaussian.mean'), whitening: values('gaussian.whitening') }
}
