import { type ActivationCode, type Kernels, Mode, type ModeCode } from '../compute/kernels.js'
import {
  addProduct,
  listEntries,
  type SparseMatrix,
  sparseMatrix,
  storeProduct,
  transpose,
} from '../compute/sparse-matrix.js'
import type { Workspace } from '../compute/workspace.js'
import { type AffineLayer, affine, type StructuredInput, weightGradient } from './affine.js'

/** From this share of entries on, a dense product takes no longer than a sparse one. */
const DENSE = 0.5

/**
 * A batch X of inputs, most of whose elements are one number, the background β: X = β + S with a
 * sparse S. Digits are so, four fifths of whose pixels are black. A layer that keeps its weights W by
 * input, one row an input, then needs few of them:
 *
 *   XW + b = SW + u      with   u = b + β Σₚ Wₚ, over all rows of W,
 *   XᵀΔ    = SᵀΔ + 1v    with   v = β Σᵢ Δᵢ, in every row.
 *
 * If β is not known, it is the first element of the batch: if there is a background, a corner of an
 * image shows it. If half of the elements or more differ from β, X counts as dense, and layers take it
 * as it is. As that rounds otherwise, who wants an answer that does not depend on the other examples
 * of the batch names β and lets X count as sparse however many there are.
 *
 * @example
 * ```ts
 * const input = new SparseInput(workspace, 100, 784, 256)
 * input.x.set(images)
 * input.list(100)
 * affine(kernels, layer, input, 100)
 * ```
 */
export class SparseInput implements StructuredInput {
  /** X, one example a row. */
  readonly x: Float32Array
  readonly #kernels: Kernels
  readonly #inputs: number
  /** S and Sᵀ. */
  readonly #entries: SparseMatrix
  readonly #transposed: SparseMatrix
  /** u or v. */
  readonly #row: Float32Array
  #background = 0
  #isSparse = false

  /**
   * @param rows the most examples there may be
   * @param inputs elements of an example
   * @param units outputs of the layer that takes X
   */
  constructor(workspace: Workspace, rows: number, inputs: number, units: number) {
    this.x = workspace.floats(rows * inputs)
    this.#kernels = workspace.kernels
    this.#inputs = inputs
    this.#entries = sparseMatrix(workspace, rows, inputs)
    this.#transposed = sparseMatrix(workspace, inputs, rows)
    this.#row = workspace.floats(units)
  }

  /**
   * Finds S for the first n rows of X: after each change of X, before a layer takes it.
   * @param dense the share of entries from which on X counts as dense; above 1 it never does
   */
  list(n: number, background: number = this.x[0]!, dense = DENSE): void {
    this.#background = background
    const count = listEntries(this.#kernels, this.#entries, this.x, background, n, this.#inputs)
    this.#isSparse = count < dense * n * this.#inputs
  }

  /** Whether a layer should take S instead of X. */
  isSparseFor({ byInput }: AffineLayer): boolean {
    return byInput && this.#isSparse
  }

  /** A = f(XW + b), for n examples. */
  forward(layer: AffineLayer, n: number, f: ActivationCode): void {
    if (!this.isSparseFor(layer)) {
      affine(this.#kernels, layer, this.x, n, f)
      return
    }
    const { inputs, outputs, weight, bias, output } = layer
    const [A, W, u] = [output.byteOffset, weight.byteOffset, this.#row.byteOffset]
    this.#row.set(bias)
    if (this.#background !== 0)
      this.#kernels.columnSums(u, W, outputs, inputs, outputs, Mode.accumulate, this.#background)
    storeProduct(this.#kernels, A, this.#entries, n, W, outputs, u, f)
  }

  /** G = XᵀΔ or, accumulating, G += α XᵀΔ, for n examples. */
  weightGradient(
    layer: AffineLayer,
    n: number,
    into: Float32Array,
    mode: ModeCode,
    alpha: number,
  ): void {
    const kernels = this.#kernels
    if (!this.isSparseFor(layer)) {
      weightGradient(kernels, layer, this.x, n, into, mode, alpha)
      return
    }
    transpose(kernels, this.#transposed, this.#entries, n)
    const { inputs, outputs, delta } = layer
    const [G, D] = [into.byteOffset, delta.byteOffset]
    let v = 0
    if (this.#background !== 0) {
      v = this.#row.byteOffset
      kernels.columnSums(v, D, outputs, n, outputs, Mode.store, 1)
      kernels.scale(v, this.#background, outputs)
    }
    if (mode === Mode.store) storeProduct(kernels, G, this.#transposed, inputs, D, outputs, v)
    else addProduct(kernels, G, this.#transposed, inputs, D, outputs, alpha, v)
  }
}
