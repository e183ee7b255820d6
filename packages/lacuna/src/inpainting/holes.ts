import type { Kernels } from '../compute/kernels.js'
import {
  listEntries,
  type SparseMatrix,
  sparseMatrix,
  transpose,
} from '../compute/sparse-matrix.js'
import type { Workspace } from '../compute/workspace.js'

/**
 * The missing pixels of a batch, as lists without gaps: those of image i are `pixels[starts[i]]` up
 * to `pixels[ends[i] − 1]`. A number that belongs to a missing pixel, such as what the generator
 * paints there, lies at the same place of a list of its own.
 */
export class Holes {
  readonly starts: Uint32Array
  readonly ends: Uint32Array
  readonly pixels: Uint32Array
  /** g(z) in the holes. */
  readonly painted: Float32Array
  /** δ = x⁻ − x = g(z) − x, which is 0 outside the holes: images×pixels. */
  readonly change: SparseMatrix
  /** ∂err/∂x⁻, then what of it reaches the generator: images×pixels. */
  readonly gradient: SparseMatrix
  /** A column of ones: SᵀΔ of a bias, which is a weight whose input is 1. */
  readonly ones: Float32Array
  readonly #kernels: Kernels
  readonly #width: number
  readonly #found: SparseMatrix
  readonly #byPixel: SparseMatrix

  constructor(workspace: Workspace, rows: number, pixels: number) {
    this.#kernels = workspace.kernels
    this.#width = pixels
    this.#found = sparseMatrix(workspace, rows, pixels)
    this.#byPixel = sparseMatrix(workspace, pixels, rows)
    const starts = workspace.words(rows + 1)
    const ends = starts.subarray(1)
    const columns = workspace.words(rows * pixels)
    const values = () => workspace.floats(rows * pixels)
    this.starts = starts
    this.ends = ends
    this.pixels = columns
    this.painted = values()
    this.ones = workspace.floats(rows).fill(1)
    this.change = { starts, ends, columns, values: values() }
    this.gradient = { starts, ends, columns, values: values() }
  }

  /**
   * Lists the missing pixels of n masks.
   * @returns how many there are
   */
  list(mask: Float32Array, n: number): number {
    const { starts, ends, columns } = this.#found
    listEntries(this.#kernels, this.#found, mask, 0, n, this.#width)
    let count = 0
    for (let i = 0; i < n; i++) {
      this.starts[i] = count
      for (let e = starts[i]!; e < ends[i]!; e++) this.pixels[count++] = columns[e]!
    }
    this.starts[n] = count
    return count
  }

  /** The transpose of `change` or `gradient`, pixels×images, until the next is asked for. */
  byPixel(matrix: SparseMatrix, n: number): SparseMatrix {
    transpose(this.#kernels, this.#byPixel, matrix, n)
    return this.#byPixel
  }
}
