import { exp, log } from '../compute/elementary.js'
import { Activation, type Kernels, Mode } from '../compute/kernels.js'
import { Workspace } from '../compute/workspace.js'
import {
  type ClassificationShape,
  type ClassTensors,
  parameterShapes,
} from './classification-checkpoint.js'

const { identity } = Activation
const { store } = Mode

/** How well a batch, or all examples, were classified. */
export interface ClassificationScore {
  /** Sum of −log p(y|x) in nats. */
  nll: number
  /** Examples whose most probable class is another than theirs. */
  errors: number
}

/**
 * A classification machine in float32 with the buffers of a batch, in one workspace: what a
 * `ClassificationRbm` is while it learns. All parameters are one vector, so that a step of the
 * optimiser is one call.
 */
export class ClassMachine {
  readonly shape: ClassificationShape
  /** The most examples a batch may have. */
  readonly rows: number
  readonly workspace: Workspace
  readonly kernels: Kernels
  /** W, U, a, b and q, one behind another, and each by its name. */
  readonly parameters: Float32Array
  readonly tensors: ClassTensors
  /** The inputs of a batch, rows×d. */
  readonly x: Float32Array
  /** t = q + xW, rows×K. */
  readonly hidden: Float32Array
  /** p(y|x), rows×C. */
  readonly probabilities: Float64Array
  /** b_y + Σ_k log(1 + e^(t_k + U_yk)), rows×C. */
  readonly #scores: Float32Array

  /** @param threads how many share the work, 1 if left out */
  constructor(shape: ClassificationShape, rows: number, threads = 1) {
    const { inputs, classes, hidden } = shape
    this.shape = shape
    this.rows = rows
    const workspace = new Workspace({ threads })
    this.workspace = workspace
    this.kernels = workspace.kernels
    this.parameters = workspace.floats((inputs + classes + 1) * hidden + inputs + classes)
    this.tensors = this.partsOf(this.parameters)
    this.x = workspace.floats(rows * inputs)
    this.hidden = workspace.floats(rows * hidden)
    this.#scores = workspace.floats(rows * classes)
    this.probabilities = new Float64Array(rows * classes)
  }

  /** The tensors whose values lie in `vector` one behind another, as views. */
  partsOf(vector: Float32Array): ClassTensors {
    let at = 0
    const parts = parameterShapes(this.shape).map(({ name, shape }) => {
      const length = shape.reduce((product: number, size) => product * size, 1)
      at += length
      return [name, vector.subarray(at - length, at)]
    })
    return Object.fromEntries(parts) as ClassTensors
  }

  /** Sets the parameters, rounded to float32. */
  adopt(parameters: ClassTensors<Float32Array | Float64Array>): void {
    for (const { name } of parameterShapes(this.shape)) this.tensors[name].set(parameters[name])
  }

  /**
   * p(y|x) = softmax_y(b_y + Σ_k log(1 + e^(q_k + xW_:k + U_yk))) of the first n rows of x.
   * @param states receives p(h_k = 1|x,y) for every class y, n×C×K floats, if given
   * @returns how they agree with the classes that the examples have
   */
  classify(n: number, labels: Uint32Array, states?: Float32Array): ClassificationScore {
    const { classes, hidden } = this.shape
    this.hiddenLogits(this.x, this.hidden, n)
    const { U, classBias } = this.tensors
    this.kernels.classScores(
      this.#scores.byteOffset,
      states?.byteOffset ?? 0,
      this.hidden.byteOffset,
      U.byteOffset,
      classBias.byteOffset,
      n,
      classes,
      hidden,
    )
    let [nll, errors] = [0, 0]
    for (let i = 0; i < n; i++) {
      const first = i * classes
      const label = first + labels[i]!
      const { best, logSum } = softmax(this.#scores, this.probabilities, first, classes)
      nll += logSum - this.#scores[label]!
      if (best !== label) errors++
    }
    return { nll, errors }
  }

  /** q + xW for n rows. */
  hiddenLogits(x: Float32Array, into: Float32Array, n: number): void {
    const { inputs, hidden } = this.shape
    const { W, hiddenBias } = this.tensors
    const [X, T, q] = [x.byteOffset, into.byteOffset, hiddenBias.byteOffset]
    this.kernels.product(
      T,
      hidden,
      n,
      hidden,
      inputs,
      X,
      inputs,
      1,
      W.byteOffset,
      hidden,
      1,
      store,
      1,
      q,
      identity,
    )
  }
}

/**
 * Writes the softmax of `count` scores from `first` on to the same places of `into`.
 * @returns where the largest is, and the logarithm of the sum of their exponentials
 */
export function softmax(
  scores: Float32Array,
  into: Float64Array,
  first: number,
  count: number,
): { best: number; logSum: number } {
  let best = first
  for (let at = first + 1; at < first + count; at++) if (scores[at]! > scores[best]!) best = at
  let sum = 0
  for (let at = first; at < first + count; at++) {
    into[at] = exp(scores[at]! - scores[best]!)
    sum += into[at]!
  }
  for (let at = first; at < first + count; at++) into[at]! /= sum
  return { best, logSum: scores[best]! + log(sum) }
}
