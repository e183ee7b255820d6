import type { Kernels } from '../compute/kernels.js'
import type { Matrix } from '../compute/matrix.js'
import { type SparseMatrix, sparseMatrix, storeProduct } from '../compute/sparse-matrix.js'
import { Workspace } from '../compute/workspace.js'
import type { Images } from '../data/images.js'

/** Training images that are compared at a time; with their squares they stay in a core's cache. */
const BLOCK = 256

/** Incomplete images that are compared at a time. */
const ROWS = 500

/**
 * Finds the training images whose observed pixels are nearest. With p ∈ {0 … 255} the pixels of a
 * training image, q those asked about on the same scale, and m 1 in the hole, the squared distance is
 *
 *   Σ (1 − m)(q − p)² = Σ (1 − m)q² + ‖p‖² − Σ (2(1 − m)q·p + m·p²).
 *
 * The first term is the same for all p. The last is a product: of a sparse matrix, with 2q where ink is
 * observed and 1 where pixels are missing, and of all p with their squares.
 */
export class NearestSearch {
  readonly #count: number
  readonly #pixels: number
  readonly #kernels: Kernels
  /** Block after block of training images, of each one pixel a row. */
  readonly #bytes: Uint8Array
  /** ‖p‖² of all training images. */
  readonly #norms: Float32Array
  /** The p of a block, and below them the p². */
  readonly #block: Float32Array
  /** The factors of p and p² in the distance, one incomplete image a row. */
  readonly #factors: SparseMatrix
  readonly #distances: Float32Array

  constructor({ count, height, width, pixels }: Images) {
    const size = height * width
    this.#count = count
    this.#pixels = size
    const workspace = new Workspace()
    this.#kernels = workspace.kernels
    const blocks = Math.ceil(count / BLOCK)
    this.#bytes = workspace.bytes(blocks * size * BLOCK)
    this.#norms = workspace.floats(blocks * BLOCK)
    for (let i = 0; i < count; i++) {
      const start = Math.floor(i / BLOCK) * size * BLOCK + (i % BLOCK)
      let norm = 0
      for (let j = 0; j < size; j++) {
        const p = pixels[i * size + j]!
        this.#bytes[start + j * BLOCK] = p
        norm += p * p
      }
      this.#norms[i] = norm
    }
    this.#block = workspace.floats(2 * size * BLOCK)
    this.#factors = sparseMatrix(workspace, ROWS, 2 * size)
    this.#distances = workspace.floats(ROWS * BLOCK)
  }

  /**
   * The numbers of the nearest training images to each row, the nearest first; of equally near ones the
   * first. Distances are compared in float32.
   * @param count how many for each row, at most as many as there are
   */
  nearest(z: Matrix, mask: Matrix, count: number): Uint32Array[] {
    const found = Array.from({ length: z.rows }, () => new Nearest(count))
    for (let start = 0; start < z.rows; start += ROWS) {
      const end = Math.min(start + ROWS, z.rows)
      this.#compare(z.slice(start, end), mask.slice(start, end), found.slice(start, end))
    }
    return found.map(({ images }) => images)
  }

  #compare(z: Matrix, mask: Matrix, found: readonly Nearest[]): void {
    this.#writeFactors(z, mask)
    const [C, B] = [this.#distances.byteOffset, this.#block.byteOffset]
    for (let first = 0; first < this.#count; first += BLOCK) {
      this.#writeBlock(first)
      const norms = this.#norms.byteOffset + 4 * first
      storeProduct(this.#kernels, C, this.#factors, z.rows, B, BLOCK, norms)
      const n = Math.min(BLOCK, this.#count - first)
      for (const [i, nearest] of found.entries())
        nearest.add(this.#distances.subarray(i * BLOCK, i * BLOCK + n), first)
    }
  }

  #writeFactors(z: Matrix, mask: Matrix): void {
    const { starts, ends, columns, values } = this.#factors
    for (let i = 0; i < z.rows; i++) {
      let e = starts[i]!
      for (let j = 0; j < this.#pixels; j++) {
        const q = 127.5 * (z.data[i * z.cols + j]! + 1)
        const isMissing = mask.data[i * z.cols + j] === 1
        if (!isMissing && q === 0) continue
        columns[e] = isMissing ? this.#pixels + j : j
        values[e++] = isMissing ? -1 : -2 * q
      }
      ends[i] = e
    }
  }

  #writeBlock(first: number): void {
    const size = this.#pixels * BLOCK
    const bytes = this.#bytes.byteOffset + first * this.#pixels
    this.#kernels.bytesToFloats(this.#block.byteOffset, bytes, size)
    for (let at = 0; at < size; at++) this.#block[size + at] = this.#block[at]! * this.#block[at]!
  }
}

/** The nearest so far, in ascending order. */
class Nearest {
  readonly images: Uint32Array
  readonly #distances: Float32Array

  constructor(count: number) {
    this.images = new Uint32Array(count)
    this.#distances = new Float32Array(count).fill(Infinity)
  }

  /** Takes in the distances of some images, the first of which has the number `first`. */
  add(distances: Float32Array, first: number): void {
    let worst = this.#distances.at(-1)!
    for (let i = 0; i < distances.length; i++) {
      if (distances[i]! >= worst) continue
      this.#insert(first + i, distances[i]!)
      worst = this.#distances.at(-1)!
    }
  }

  #insert(image: number, distance: number): void {
    const [images, distances] = [this.images, this.#distances]
    let at = distances.length - 1
    for (; at > 0 && distance < distances[at - 1]!; at--) {
      distances[at] = distances[at - 1]!
      images[at] = images[at - 1]!
    }
    distances[at] = distance
    images[at] = image
  }
}
