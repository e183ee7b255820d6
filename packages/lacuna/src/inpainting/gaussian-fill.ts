import { Activation } from '../compute/kernels.js'
import { Matrix } from '../compute/matrix.js'
import type { Workspace } from '../compute/workspace.js'
import { LacunaError } from '../errors.js'
import { type Gaussian, precisionOf } from './gaussian.js'
import { Holes } from './holes.js'
import { groupByMask } from './mask-groups.js'

const { identity, hardtanh } = Activation

/**
 * The conditional mean of the holes of a batch under a Gaussian (docs/theory/any-mask.md), with the
 * precision Λ = Σ⁻¹ of all pixels, h the hole of an image and o what is observed:
 *
 *   c_h = μ_h − Λ_hh⁻¹ Λ_ho (x_o − μ_o),  clipped to [−1, 1].
 *
 * Images that share a mask come one after the other, so that Λ_hh is decomposed once for all of them.
 */
export class GaussianFill {
  /** The images, a row each; their pixels in the holes play no part. */
  readonly x: Float32Array
  /** m, 1 in the hole and 0 elsewhere. */
  readonly mask: Float32Array
  /** Group g, of images with one mask, is the rows firsts[g] … firsts[g + 1] − 1. */
  readonly firsts: Uint32Array
  readonly holes: Holes
  /** c, for the missing pixels that `holes` lists. */
  readonly filled: Float32Array
  /** The most images of a batch. */
  readonly rows: number
  readonly pixels: number
  readonly workspace: Workspace
  readonly #precision: Float32Array
  /** μ, a row for each image. */
  readonly #means: Float32Array
  /** x − μ, 0 in the holes. */
  readonly #deviations: Float32Array
  /** Λ_ho (x_o − μ_o), then Λ_hh⁻¹ times that. */
  readonly #moves: Float32Array
  /** Where decompositions are made, for `#rooms` groups at a time. */
  readonly #room: Float32Array
  readonly #rooms: number

  /**
   * @param rooms how many groups are solved at once, by as many threads
   */
  constructor(workspace: Workspace, gaussian: Gaussian, rows: number, rooms = 1) {
    const pixels = gaussian.mean.length
    const images = () => workspace.floats(rows * pixels)
    this.workspace = workspace
    this.rows = rows
    this.pixels = pixels
    this.x = images()
    this.mask = images()
    this.firsts = workspace.words(rows + 1)
    this.holes = new Holes(workspace, rows, pixels)
    this.filled = images()
    this.#precision = precisionOf(gaussian, workspace)
    this.#means = images()
    for (let i = 0; i < rows; i++) this.#means.set(gaussian.mean, i * pixels)
    this.#deviations = images()
    this.#moves = images()
    this.#room = workspace.floats(rooms * pixels * pixels)
    this.#rooms = rooms
  }

  /**
   * Computes c for the first n images, in so many groups.
   * @returns how many pixels are missing
   * @throws LACUNA_E_NOT_FINITE if Λ_hh is too nearly singular for float32
   */
  fill(n: number, groups: number): number {
    const { kernels } = this.workspace
    const { pixels, holes, firsts } = this
    holes.listMask(this.mask, n)
    const count = holes.starts[n]!
    const [starts, ends] = [holes.starts.byteOffset, holes.ends.byteOffset]
    const [missing, L] = [holes.pixels.byteOffset, this.#precision.byteOffset]
    const [mu, d] = [this.#means.byteOffset, this.#deviations.byteOffset]
    const [y, c] = [this.#moves.byteOffset, this.filled.byteOffset]
    kernels.blend(d, this.x.byteOffset, mu, this.mask.byteOffset, n * pixels)
    kernels.addScaled(d, mu, -1, n * pixels)
    kernels.rowDots(y, d, L, 0, pixels, starts, ends, missing, n, identity)
    for (let g = 0; g < groups; g += this.#rooms) {
      const [first, some] = [firsts.subarray(g).byteOffset, Math.min(this.#rooms, groups - g)]
      const room = this.#room.byteOffset
      kernels.solveSubmatrices(y, starts, ends, missing, first, some, L, pixels, room)
    }
    kernels.gather(c, mu, pixels, starts, ends, missing, n)
    kernels.addScaled(c, y, -1, count)
    kernels.activate(c, count, hardtanh)
    for (let e = 0; e < count; e++) if (Number.isNaN(this.filled[e]!)) throw singular()
    return count
  }

  /**
   * Completes any number of images, portion by portion.
   * @param z n×pixels, finite, and `mask` as large, 1 in the hole: both checked by the caller
   * @param paint gives the pixels of the holes of the first n rows, once `x`, `mask` and `firsts` are
   *   set: as `holes` lists them
   * @returns z with its holes filled
   */
  complete(z: Matrix, mask: Matrix, paint: (n: number, groups: number) => Float32Array): Matrix {
    const { pixels, holes } = this
    const completed = new Matrix(z.rows, z.cols, z.data.slice())
    for (const { rows, firsts } of groupByMask(mask, this.rows)) {
      for (const [i, row] of rows.entries()) {
        this.x.set(z.row(row), i * pixels)
        this.mask.set(mask.row(row), i * pixels)
      }
      this.firsts.set(firsts)
      const painted = paint(rows.length, firsts.length - 1)
      for (const [i, row] of rows.entries())
        for (let e = holes.starts[i]!; e < holes.ends[i]!; e++)
          completed.data[row * pixels + holes.pixels[e]!] = painted[e]!
    }
    return completed
  }
}

function singular(): LacunaError {
  return new LacunaError(
    'LACUNA_E_NOT_FINITE',
    'the conditional mean of a hole is not a number, because the covariance is too nearly singular',
    'Fit the Gaussian with a larger ridge, such as 0.01.',
  )
}
