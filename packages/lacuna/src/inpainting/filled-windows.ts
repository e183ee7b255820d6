import {
  Activation,
  type ActivationCode,
  type Kernels,
  Mode,
  type ModeCode,
} from '../compute/kernels.js'
import type { Workspace } from '../compute/workspace.js'
import {
  type AffineLayer,
  affine,
  type StructuredInput,
  weightGradient,
} from '../network/affine.js'
import { SparseInput } from '../network/sparse-input.js'
import { HOLE } from './window.js'

/**
 * Windows whose holes are filled in several ways: what an energy network takes, 1 + the pixels of the
 * context and 1 + those of the hole. With W = [W_c; W_p], one row a pixel, the context c of a window
 * is multiplied once for all its fillings p₁, p₂, …,
 *
 *   [c pₖ]W + b = (cW_c + b) + pₖW_p,
 *
 * and its part of the gradient takes the sum over them: Σₖ cᵀΔₖ = cᵀ Σₖ Δₖ. Row k·n + i is filling
 * k of window i. The background of contexts is 0, so they are sparse; they count as that however full
 * they are, so that no answer depends on what else is in a batch.
 */
export class FilledWindows implements StructuredInput {
  /** c, n rows. */
  readonly context: SparseInput
  /** p, `fillings`·n rows of `HOLE` pixels. */
  readonly holes: Float32Array
  readonly #kernels: Kernels
  readonly #contextPixels: number
  /** Σₖ Δₖ. */
  readonly #sums: Float32Array
  #windows = 0

  /**
   * @param windows the most windows there may be
   * @param fillings the most fillings of each
   * @param units outputs of the layer that takes them
   */
  constructor(
    workspace: Workspace,
    windows: number,
    fillings: number,
    contextPixels: number,
    units: number,
  ) {
    this.context = new SparseInput(workspace, windows, contextPixels, units)
    this.holes = workspace.floats(fillings * windows * HOLE)
    this.#kernels = workspace.kernels
    this.#contextPixels = contextPixels
    this.#sums = workspace.floats(windows * units)
  }

  /** After each change of the contexts of n windows, before a layer takes them. */
  list(n: number): void {
    this.#windows = n
    this.context.list(n, 0, Number.POSITIVE_INFINITY)
  }

  /** A = f([c p]W + b), for a multiple of n rows. */
  forward(layer: AffineLayer, rows: number, f: ActivationCode): void {
    const { outputs, output } = layer
    const kernels = this.#kernels
    const size = this.#windows * outputs
    affine(kernels, this.#contextLayer(layer), this.context, this.#windows, Activation.identity)
    for (let start = size; start < rows * outputs; start += size) output.copyWithin(start, 0, size)
    const [A, P, Wp] = [output.byteOffset, this.holes.byteOffset, this.holeWeights(layer)]
    const { accumulate } = Mode
    kernels.product(
      A,
      outputs,
      rows,
      outputs,
      HOLE,
      P,
      HOLE,
      1,
      Wp,
      outputs,
      1,
      accumulate,
      1,
      0,
      0,
    )
    kernels.activate(A, rows * outputs, f)
  }

  /** The rows of W_c and W_p, for a multiple of n rows. */
  weightGradient(
    layer: AffineLayer,
    rows: number,
    into: Float32Array,
    mode: ModeCode,
    alpha: number,
  ): void {
    const { outputs, delta } = layer
    const kernels = this.#kernels
    const [D, P] = [delta.byteOffset, this.holes.byteOffset]
    const size = this.#windows * outputs
    const sums = this.#sums
    sums.set(delta.subarray(0, size))
    for (let start = size; start < rows * outputs; start += size)
      kernels.addScaled(sums.byteOffset, D + 4 * start, 1, size)
    const context = this.#contextLayer(layer)
    weightGradient(kernels, context, this.context, this.#windows, into, mode, alpha)
    const G = into.byteOffset + 4 * this.#contextPixels * outputs
    kernels.product(G, outputs, HOLE, outputs, rows, P, 1, HOLE, D, outputs, 1, mode, alpha, 0, 0)
  }

  /** Where W_p begins, as a pointer. */
  holeWeights({ weight, outputs }: AffineLayer): number {
    return weight.byteOffset + 4 * this.#contextPixels * outputs
  }

  /** The part of a layer that takes the context: its first rows of W, and Σₖ Δₖ. */
  #contextLayer(layer: AffineLayer): AffineLayer {
    return { ...layer, inputs: this.#contextPixels, delta: this.#sums }
  }
}
