import { Activation, Mode } from '../compute/kernels.js'
import { ClassGibbs } from './class-gibbs.js'
import type { ClassificationScore, ClassMachine } from './class-machine.js'
import type { ClassTensors } from './classification-checkpoint.js'

/** How much each of the two likelihoods counts: δ for −log p(y|x), γ for −log p(x,y). */
export interface ObjectiveWeights {
  readonly discriminative: number
  readonly generative: number
}

const { identity } = Activation
const { accumulate, store } = Mode

/**
 * The objective of a classification machine and its gradient over a batch (Larochelle & Bengio 2008,
 * "Classification using discriminative restricted Boltzmann machines"): the mean of
 *
 *   δ·(−log p(y|x)) + γ·(−log p(x,y)).
 *
 * With s_yk = p(h_k = 1|x,y) for every class y, the first term and the data's side of the second
 * need the same sums. Where e_y = δ(p(y|x) − 1_{y is the label}) − γ·1_{y is the label},
 *
 *   ∂b_y: e_y   ∂U_yk: e_y s_yk   ∂q_k: Σ_y e_y s_yk   ∂W_ik: xᵢ Σ_y e_y s_yk   ∂a: −γ x,
 *
 * exact as far as δ goes. The model's side of the second term, γ⟨·⟩, is taken by CD-1 at the end of
 * h ~ p(h|x,y), y′ ~ p(y|h), x′ ~ p(x|h), ĥ′ = p(h|x′,y′).
 */
export class ClassObjective {
  /** ∂/∂θ of the objective for all parameters, in their order. */
  readonly gradient: Float32Array
  readonly #machine: ClassMachine
  readonly #weights: ObjectiveWeights
  readonly #parts: ClassTensors
  /** s, rows×C×K. */
  readonly #states: Float32Array
  /** e/n by example, rows×C, and by class, C×rows. */
  readonly #errors: Float32Array
  readonly #errorsByClass: Float32Array
  /** Σ_y e_y s_yk/n, rows×K. */
  readonly #delta: Float32Array
  /** Which rows of s belong to an example, and which to a class. */
  readonly #exampleStarts: Uint32Array
  readonly #exampleRows: Uint32Array
  readonly #classStarts: Uint32Array
  readonly #classRows: Uint32Array
  /** Only where γ > 0. */
  readonly #gibbs: ClassGibbs | undefined

  /** @param seed of the draws of CD-1 */
  constructor(machine: ClassMachine, weights: ObjectiveWeights, seed: number) {
    const { workspace, rows, shape, parameters } = machine
    const { classes, hidden } = shape
    this.#machine = machine
    this.#weights = weights
    this.gradient = workspace.floats(parameters.length)
    this.#parts = machine.partsOf(this.gradient)
    this.#states = workspace.floats(rows * classes * hidden)
    this.#errors = workspace.floats(rows * classes)
    this.#errorsByClass = workspace.floats(rows * classes)
    this.#delta = workspace.floats(rows * hidden)
    this.#exampleStarts = workspace.words(rows + 1)
    this.#exampleRows = workspace.words(rows * classes)
    this.#classStarts = workspace.words(classes + 1)
    this.#classRows = workspace.words(rows * classes)
    for (let i = 0; i <= rows; i++) this.#exampleStarts[i] = i * classes
    for (let e = 0; e < rows * classes; e++) this.#exampleRows[e] = e
    this.#gibbs = weights.generative > 0 ? new ClassGibbs(machine, seed) : undefined
  }

  /**
   * Writes the gradient over the first n rows of x.
   * @param step of training, which numbers the draws
   * @returns how well the rows were classified
   */
  differentiate(labels: Uint32Array, n: number, step: number): ClassificationScore {
    const machine = this.#machine
    const { kernels, x } = machine
    const { inputs, classes, hidden } = machine.shape
    const score = machine.classify(n, labels, this.#states)
    this.#weigh(labels, n)
    const { W, U, inputBias, classBias, hiddenBias } = this.#parts
    const [E, D] = [this.#errors.byteOffset, this.#delta.byteOffset]
    const [starts, rows] = [this.#exampleStarts.byteOffset, this.#exampleRows.byteOffset]
    this.#selectedSums(D, n, starts, rows, E)
    const [classStarts, classRows] = [this.#classStarts.byteOffset, this.#classRows.byteOffset]
    const byClass = this.#errorsByClass.byteOffset
    this.#selectedSums(U.byteOffset, classes, classStarts, classRows, byClass)
    const [G, X] = [W.byteOffset, x.byteOffset]
    kernels.product(G, hidden, inputs, hidden, n, X, 1, inputs, D, hidden, 1, store, 1, 0, identity)
    kernels.columnSums(hiddenBias.byteOffset, D, hidden, n, hidden, store, 1)
    kernels.columnSums(classBias.byteOffset, E, classes, n, classes, store, 1)
    if (this.#gibbs) {
      const share = this.#weights.generative / n
      this.#gibbs.sweep(this.#states, labels, n, step)
      kernels.scale(inputBias.byteOffset, 0, inputs)
      kernels.columnSums(inputBias.byteOffset, X, inputs, n, inputs, accumulate, -share)
      this.#gibbs.addTo(this.#parts, n, share)
    }
    return score
  }

  /** out = the sums of rows of s, weighted: those from starts[i] to starts[i + 1] for row i of out. */
  #selectedSums(out: number, n: number, starts: number, rows: number, weights: number): void {
    const { kernels, shape } = this.#machine
    const K = shape.hidden
    const ends = starts + Uint32Array.BYTES_PER_ELEMENT
    const S = this.#states.byteOffset
    kernels.sparseProduct(out, K, n, K, starts, ends, rows, weights, S, K, store, 1, 0, identity)
  }

  /** e/n, in both orders. */
  #weigh(labels: Uint32Array, n: number): void {
    const { discriminative, generative } = this.#weights
    const { probabilities } = this.#machine
    const { classes } = this.#machine.shape
    for (let y = 0; y < classes; y++) {
      this.#classStarts[y + 1] = (y + 1) * n
      for (let i = 0; i < n; i++) {
        const at = i * classes + y
        const label = labels[i] === y ? 1 : 0
        const e = discriminative * (probabilities[at]! - label) - generative * label
        this.#errors[at] = e / n
        this.#errorsByClass[y * n + i] = e / n
        this.#classRows[y * n + i] = at
      }
    }
  }
}
