import type { Kernels } from '../compute/kernels.js'
import { type SparseMatrix, sparseMatrix, transpose } from '../compute/sparse-matrix.js'
import type { Workspace } from '../compute/workspace.js'
import { type ImageShape, type Patch, requirePatches } from './mask.js'

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
  readonly #byPixel: SparseMatrix

  constructor(workspace: Workspace, rows: number, pixels: number) {
    this.#kernels = workspace.kernels
    this.#width = pixels
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

  /** Lists the missing pixels of n masks: those that are not 0. */
  listMask(mask: Float32Array, n: number): void {
    const { starts, pixels } = this
    const width = this.#width
    let count = 0
    for (let i = 0; i < n; i++) {
      starts[i] = count
      for (let p = 0; p < width; p++) if (mask[i * width + p] !== 0) pixels[count++] = p
    }
    starts[n] = count
  }

  /**
   * Lists the pixels of a patch in each image.
   * @throws LACUNA_E_SHAPE if one reaches outside its image
   */
  listPatches(patches: readonly Patch[], image: ImageShape): void {
    requirePatches(patches, image)
    const { starts, pixels } = this
    let count = 0
    for (const [i, { row, column, height, width }] of patches.entries()) {
      starts[i] = count
      for (let r = row; r < row + height; r++)
        for (let c = column; c < column + width; c++) pixels[count++] = r * image.width + c
    }
    starts[patches.length] = count
  }

  /** Sets the missing pixels of n images to 0, which is gray. */
  dig(images: Float32Array, n: number): void {
    const { starts, pixels } = this
    for (let i = 0; i < n; i++)
      for (let e = starts[i]!; e < starts[i + 1]!; e++) images[i * this.#width + pixels[e]!] = 0
  }

  /** Sets the missing pixels of n images to what was painted there. */
  fill(images: Float32Array, n: number): void {
    const { starts, pixels, painted } = this
    for (let i = 0; i < n; i++)
      for (let e = starts[i]!; e < starts[i + 1]!; e++)
        images[i * this.#width + pixels[e]!] = painted[e]!
  }

  /** The transpose of `change` or `gradient`, pixels×images, until the next is asked for. */
  byPixel(matrix: SparseMatrix, n: number): SparseMatrix {
    transpose(this.#kernels, this.#byPixel, matrix, n)
    return this.#byPixel
  }
}
