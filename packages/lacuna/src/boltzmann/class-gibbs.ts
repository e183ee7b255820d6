import { Activation, Mode, type ModeCode } from '../compute/kernels.js'
import { Random, Stream } from '../compute/random.js'
import { type ClassMachine, softmax } from './class-machine.js'
import type { ClassTensors } from './classification-checkpoint.js'

const { identity, sigmoid } = Activation
const { accumulate, store } = Mode

/** Kinds of draws in a sweep; each has a step of the stream of its own. */
const DRAWS = { hidden: 0, classes: 1, inputs: 2, count: 3 }

/**
 * Contrastive divergence with one Gibbs sweep (CD-1, Hinton 2002) in a machine of inputs and classes:
 * from the data's (x,y) in turn
 *
 *   h ~ p(h|x,y),   y′ ~ p(y|h) = softmax_y(b_y + U_y:h),   x′ ~ p(x|h) = sigm(a + Wh),
 *
 * and then ĥ′ = p(h|x′,y′). What the model expects of xhᵀ is replaced by x′ĥ′ᵀ, and so on.
 */
export class ClassGibbs {
  readonly #machine: ClassMachine
  readonly #seed: number
  /** Draws of h, then ĥ′; rows×K. */
  readonly #h: Float32Array
  /** x′, rows×d. */
  readonly #x: Float32Array
  /** y′. */
  readonly #y: Uint32Array
  readonly #scores: Float32Array
  readonly #probabilities: Float64Array
  /** p(h = 1|x,y), then p(x = 1|h): what bits are drawn from; and the bits, a byte each. */
  readonly #means: Float32Array
  readonly #drawn: Uint8Array
  /** One entry an example, with the value 1, for products with one row each. */
  readonly #starts: Uint32Array
  readonly #ones: Float32Array
  readonly #rows: Uint32Array
  /** Which examples have drawn a class. */
  readonly #classStarts: Uint32Array
  readonly #classRows: Uint32Array

  /** @param seed of the draws */
  constructor(machine: ClassMachine, seed: number) {
    const { workspace, rows, shape } = machine
    const { inputs, classes, hidden } = shape
    this.#machine = machine
    this.#seed = seed
    this.#h = workspace.floats(rows * hidden)
    this.#x = workspace.floats(rows * inputs)
    this.#y = workspace.words(rows)
    this.#scores = workspace.floats(rows * classes)
    this.#probabilities = new Float64Array(rows * classes)
    this.#means = workspace.floats(rows * Math.max(inputs, hidden))
    this.#drawn = workspace.bytes(this.#means.length)
    this.#starts = workspace.words(rows + 1)
    this.#ones = workspace.floats(rows).fill(1)
    this.#rows = workspace.words(rows)
    this.#classStarts = workspace.words(classes + 1)
    this.#classRows = workspace.words(rows)
    for (let i = 0; i <= rows; i++) this.#starts[i] = i
  }

  /**
   * A sweep from the first n examples.
   * @param states p(h_k = 1|x,y) for every class y, n×C×K floats
   * @param step of training, which numbers the draws
   */
  sweep(states: Float32Array, labels: Uint32Array, n: number, step: number): void {
    const { kernels, shape, tensors } = this.#machine
    const { inputs, classes, hidden } = shape
    const { W, U, inputBias, classBias } = tensors
    const [H, S] = [this.#h.byteOffset, this.#scores.byteOffset]
    const [a, b] = [inputBias.byteOffset, classBias.byteOffset]
    const first = DRAWS.count * step

    for (let i = 0; i < n; i++) this.#rows[i] = i * classes + labels[i]!
    this.#addSelected(this.#means, n, this.#starts, this.#rows, states, store)
    this.#drawBits(this.#h, n * hidden, first + DRAWS.hidden)

    const u = U.byteOffset
    kernels.product(
      S,
      classes,
      n,
      classes,
      hidden,
      H,
      hidden,
      1,
      u,
      1,
      hidden,
      store,
      1,
      b,
      identity,
    )
    this.#drawClasses(n, first + DRAWS.classes)

    const w = W.byteOffset
    const M = this.#means.byteOffset
    kernels.product(M, inputs, n, inputs, hidden, H, hidden, 1, w, 1, hidden, store, 1, a, sigmoid)
    this.#drawBits(this.#x, n * inputs, first + DRAWS.inputs)

    this.#machine.hiddenLogits(this.#x, this.#h, n)
    this.#addSelected(this.#h, n, this.#starts, this.#y, U, accumulate)
    kernels.activate(H, n * hidden, sigmoid)
  }

  /** gradient += alpha·Σ of what the last sweep of n examples found: x′ĥ′ᵀ, 1_y′ĥ′ᵀ, x′, 1_y′, ĥ′. */
  addTo(gradient: ClassTensors, n: number, alpha: number): void {
    const { kernels, shape } = this.#machine
    const { inputs, classes, hidden } = shape
    const { W, U, inputBias, classBias, hiddenBias } = gradient
    const [H, X] = [this.#h.byteOffset, this.#x.byteOffset]
    const w = W.byteOffset
    kernels.product(
      w,
      hidden,
      inputs,
      hidden,
      n,
      X,
      1,
      inputs,
      H,
      hidden,
      1,
      accumulate,
      alpha,
      0,
      identity,
    )
    this.#listByClass(n)
    for (const [y, start] of this.#classStarts.subarray(0, classes).entries())
      classBias[y]! += alpha * (this.#classStarts[y + 1]! - start)
    this.#addSelected(U, classes, this.#classStarts, this.#classRows, this.#h, accumulate, alpha)
    kernels.columnSums(inputBias.byteOffset, X, inputs, n, inputs, accumulate, alpha)
    kernels.columnSums(hiddenBias.byteOffset, H, hidden, n, hidden, accumulate, alpha)
  }

  /** out ← or += alpha·(the sum of the rows of B from starts[i] to starts[i + 1]), for n rows i. */
  #addSelected(
    out: Float32Array,
    n: number,
    starts: Uint32Array,
    rows: Uint32Array,
    B: Float32Array,
    mode: ModeCode,
    alpha = 1,
  ): void {
    const K = this.#machine.shape.hidden
    const [C, b, r] = [out.byteOffset, B.byteOffset, rows.byteOffset]
    const [first, ones] = [starts.byteOffset, this.#ones.byteOffset]
    const last = first + Uint32Array.BYTES_PER_ELEMENT
    const { kernels } = this.#machine
    kernels.sparseProduct(C, K, n, K, first, last, r, ones, b, K, mode, alpha, 0, identity)
  }

  /** Lists the examples by their y′. */
  #listByClass(n: number): void {
    const [starts, rows] = [this.#classStarts, this.#classRows]
    let count = 0
    for (let y = 0; y + 1 < starts.length; y++) {
      starts[y] = count
      for (let i = 0; i < n; i++) if (this.#y[i] === y) rows[count++] = i
    }
    starts[starts.length - 1] = count
  }

  /** Draws the first n bits, each 1 with the probability that stands in its place of the means. */
  #drawBits(bits: Float32Array, n: number, step: number): void {
    const [low, high] = [this.#seed >>> 0, Math.floor(this.#seed / 4294967296)]
    const [drawn, p] = [this.#drawn.byteOffset, this.#means.byteOffset]
    const { kernels } = this.#machine
    kernels.bernoulli(drawn, p, n, low, high, Stream.classGibbs, step, 0)
    kernels.bytesToFloats(bits.byteOffset, drawn, n)
  }

  /** y′ ~ softmax of the scores. */
  #drawClasses(n: number, step: number): void {
    const { classes } = this.#machine.shape
    const random = new Random(this.#seed, Stream.classGibbs, step)
    const p = this.#probabilities
    for (let i = 0; i < n; i++) {
      softmax(this.#scores, p, i * classes, classes)
      let [y, left] = [0, random.uniform() - p[i * classes]!]
      while (left >= 0 && y < classes - 1) left -= p[i * classes + ++y]!
      this.#y[i] = y
    }
  }
}
