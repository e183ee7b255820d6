import type { ConditionalRbm } from '../boltzmann/conditional-rbm.js'
import { Activation, type Kernels, Mode } from '../compute/kernels.js'
import { type M64, Matrix } from '../compute/matrix.js'
import { requireWhole } from '../compute/options.js'
import type { Random } from '../compute/random.js'
import { addProduct } from '../compute/sparse-matrix.js'
import { Workspace } from '../compute/workspace.js'
import { LacunaError } from '../errors.js'
import { Holes } from '../inpainting/holes.js'
import { requireIncomplete } from '../inpainting/mask.js'
import type { Answers, SeveralAnswers } from './completer.js'
import { differentAnswers, rowsOf } from './different-answers.js'

/** Images that go through the kernels at a time. */
const ROWS = 500

/** Iterations of mean field: by then what still moves is less than a level of gray, but for a few. */
const ITERATIONS = 30

/** Pictures that are drawn for each answer asked for, and sweeps of the chain that draws one. */
const DRAWS = 10
const SWEEPS = 200

/**
 * A Boltzmann machine over black and white pixels whose observed pixels are held fast. Pixel v ∈ [−1, 1]
 * is taken as the probability (1 + v)/2 of white.
 *
 * The completion is mean field: with μ the probabilities of the missing pixels and τ those of the
 * hidden units,
 *
 *   τ = sigm(q + U_oᵀv_o + U_hᵀμ),   μ = sigm(b_h + U_h τ),
 *
 * by turns from μ = ½ (o the observed pixels, h the hole; see `meanField`). Only the second part of τ's
 * sum changes, so an iteration costs as much as the hole is large.
 *
 * Several answers are pictures in black and white, drawn by Gibbs sampling, those of lowest free energy
 * first; that is an answer's energy. What is shown is the picture after one more iteration, which
 * gives back the levels of gray.
 *
 * @example
 * ```ts
 * const completed = new ClampedRbm(ConditionalRbm.load(bytes)).complete(incomplete, mask)
 * ```
 */
export class ClampedRbm implements SeveralAnswers {
  readonly score = 'energy'
  readonly #rbm: ConditionalRbm
  readonly #kernels: Kernels
  /** U, pixels×hidden. */
  readonly #U: Float32Array
  readonly #b: Float32Array
  readonly #q: Float32Array
  readonly #observed: Float32Array
  readonly #mask: Float32Array
  /** q + U_oᵀv_o. */
  readonly #field: Float32Array
  readonly #tau: Float32Array
  readonly #holes: Holes

  /**
   * @param rbm a machine over pixels, without inputs
   * @throws LACUNA_E_SHAPE if it has inputs
   */
  constructor(rbm: ConditionalRbm) {
    if (rbm.W.rows > 0)
      throw new LacunaError(
        'LACUNA_E_SHAPE',
        `a machine with ${rbm.W.rows} inputs is not one of pixels alone`,
        'Use a plain machine, whose outputs are the pixels.',
      )
    this.#rbm = rbm
    const { rows: pixels, cols: hidden } = rbm.U
    const workspace = new Workspace()
    const copy = (values: Float64Array) => {
      const floats = workspace.floats(values.length)
      floats.set(values)
      return floats
    }
    this.#kernels = workspace.kernels
    this.#U = copy(rbm.U.data)
    this.#b = copy(rbm.outputBias)
    this.#q = copy(rbm.hiddenBias)
    this.#observed = workspace.floats(ROWS * pixels)
    this.#mask = workspace.floats(ROWS * pixels)
    this.#field = workspace.floats(ROWS * hidden)
    this.#tau = workspace.floats(ROWS * hidden)
    this.#holes = new Holes(workspace, ROWS, pixels)
  }

  /** The checkpoint of the machine. */
  save(): Uint8Array {
    return this.#rbm.save()
  }

  complete(z: Matrix, mask: Matrix): Matrix {
    requireIncomplete(z, mask, this.#rbm.U.rows)
    const completed = new Matrix(z.rows, z.cols, z.data.slice())
    for (let start = 0; start < z.rows; start += ROWS) {
      const end = start + ROWS
      const count = this.#clamp(z.slice(start, end), mask.slice(start, end))
      this.#holes.change.values.fill(0.5, 0, count)
      this.#iterate(completed.slice(start, end), ITERATIONS)
    }
    return completed
  }

  completions(z: Matrix, mask: Matrix, n: number, random: Random): Answers[] {
    requireWhole('the number of answers', n, 1, ROWS / DRAWS)
    requireIncomplete(z, mask, this.#rbm.U.rows)
    return Array.from({ length: z.rows }, (_, i) => {
      const [holes, pictures] = [mask, z].map(x => rowsOf(x, Array(DRAWS * n).fill(i)))
      return this.#answers(pictures!, holes!, n, random)
    })
  }

  /** Draws as many pictures as there are rows, all of one incomplete image, and sorts them. */
  #answers(pictures: Matrix, holes: Matrix, n: number, random: Random): Answers {
    const bits = Float64Array.from(pictures.data, (v, at) =>
      holes.data[at] ? Number.NaN : v > 0 ? 1 : 0,
    )
    const given: M64 = new Matrix(pictures.rows, pictures.cols, bits)
    const none: M64 = new Matrix(pictures.rows, 0, new Float64Array(0))
    const drawn = this.#rbm.sample(none, random, { given, sweeps: SWEEPS })
    this.#clamp(pictures, holes)
    const { starts, ends, pixels, change } = this.#holes
    for (let k = 0; k < pictures.rows; k++)
      for (let e = starts[k]!; e < ends[k]!; e++) change.values[e] = drawn.row(k)[pixels[e]!]!
    this.#iterate(pictures, 1)
    const energies = this.#rbm.freeEnergy(none, drawn)
    const order = [...energies.keys()].sort((a, b) => energies[a]! - energies[b]!)
    const sorted = rowsOf(pictures, order)
    const shown = differentAnswers(sorted, holes.row(0), n)
    return {
      completed: rowsOf(sorted, shown),
      scores: Float64Array.from(shown, k => energies[order[k]!]!),
    }
  }

  /**
   * Sets the field of what is observed in some images, and lists the holes.
   * @returns the number of missing pixels
   */
  #clamp(z: Matrix, mask: Matrix): number {
    const { rows: pixels, cols: hidden } = this.#rbm.U
    const observed = this.#observed
    for (let at = 0; at < z.data.length; at++)
      observed[at] = mask.data[at] ? 0 : (1 + z.data[at]!) / 2
    const [F, V, U, q] = [this.#field, observed, this.#U, this.#q].map(x => x.byteOffset) as Offsets
    this.#kernels.product(
      ...([F, hidden, z.rows, hidden, pixels, V, pixels, 1, U, hidden, 1] as const),
      ...([Mode.store, 1, q, Activation.identity] as const),
    )
    this.#mask.set(mask.data)
    this.#holes.listMask(this.#mask, z.rows)
    return this.#holes.starts[z.rows]!
  }

  /** Takes the μ in `holes.change` through some iterations, and into the images. */
  #iterate(images: Matrix, iterations: number): void {
    const n = images.rows
    const { cols: hidden } = this.#rbm.U
    const { starts, ends, pixels, change } = this.#holes
    const [T, U, b] = [this.#tau, this.#U, this.#b].map(x => x.byteOffset) as Offsets
    for (let t = 0; t < iterations; t++) {
      this.#tau.set(this.#field)
      addProduct(this.#kernels, T, change, n, U, hidden, 1)
      this.#kernels.activate(T, n * hidden, Activation.sigmoid)
      this.#kernels.rowDots(
        ...([change.values.byteOffset, T, U, b, hidden] as const),
        ...([starts.byteOffset, ends.byteOffset, pixels.byteOffset, n] as const),
        Activation.sigmoid,
      )
    }
    for (let i = 0; i < n; i++)
      for (let e = starts[i]!; e < ends[i]!; e++)
        images.data[i * images.cols + pixels[e]!] = 2 * change.values[e]! - 1
  }
}

type Offsets = [number, number, number, number]
