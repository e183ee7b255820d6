import { Worker } from '#worker'
import { iterate } from '../compute/background.js'
import { exp } from '../compute/elementary.js'
import { requireKnown } from '../compute/known-options.js'
import { type M64, Matrix, requireFinite, requireShape } from '../compute/matrix.js'
import { requireWhole } from '../compute/options.js'
import { Random, Stream } from '../compute/random.js'
import { sendFloats } from '../compute/shared-bytes.js'
import { threadsFor } from '../compute/threads.js'
import { byTurns } from '../compute/turns.js'
import { LacunaError } from '../errors.js'
import type { Provenance } from '../formats/checkpoint.js'
import { dot } from './bits.js'
import { classScores, hiddenLogits, logSoftmax } from './class-scores.js'
import {
  type ClassificationShape,
  parameterShapes,
  readClassificationCheckpoint,
  writeClassificationCheckpoint,
} from './classification-checkpoint.js'
import { type ClassificationGradient, classificationGradient } from './classification-gradient.js'
import { bestModel } from './classification-state.js'
import type {
  ClassificationEpoch,
  ClassificationProgress,
  ClassificationTrainingJob,
  ClassificationTrainingOptions,
  SentExamples,
} from './classification-training.js'
import { type Biases, biases } from './parameters.js'

/** The parameters of a classification machine; biases that are left out are 0. */
export interface ClassificationParameters {
  /** Couplings of d inputs with K hidden units, d×K. */
  readonly W: M64
  /** Couplings of C classes with K hidden units, C×K. */
  readonly U: M64
  /** a, d values. */
  readonly inputBias?: Biases
  /** b, C values. */
  readonly classBias?: Biases
  /** q, K values. */
  readonly hiddenBias?: Biases
}

/** What a new classification machine is made of. */
export interface ClassificationOptions {
  /** From which weights, orders and draws come. */
  readonly seed: number
  /** d, the number of inputs. */
  readonly inputs: number
  /** C, the number of classes. */
  readonly classes: number
  /** K, the number of hidden units; default 500. */
  readonly hidden?: number
}

/** Training keeps four vectors of so many floats, half of the memory it may have. */
const MOST_WEIGHTS = 2 ** 25

/** Values from 0 to 1, one example a row. */
type Inputs = Matrix<Float32Array | Float64Array>

/**
 * A classification restricted Boltzmann machine (Larochelle & Bengio 2008, "Classification using
 * discriminative restricted Boltzmann machines"): inputs x ∈ [0,1]^d, one class y of C and hidden
 * units h ∈ {0,1}^K with
 *
 *   E(x,y,h) = −xᵀWh − U_y:h − aᵀx − b_y − qᵀh.
 *
 * It is a conditional machine of which one output is on. Summing h out,
 *
 *   p(y|x) = softmax_y(b_y + Σ_k log(1 + e^(q_k + xᵀW_:k + U_yk))),
 *
 * exactly, at the cost of a multilayer perceptron. (The paper calls a, b, q here b, d, c.) Questions
 * are answered in float64; training computes in float32.
 *
 * @example
 * ```ts
 * const rbm = ClassificationRbm.create({ seed: 1, inputs: 784, classes: 10 })
 * for await (const { epoch, error } of rbm.train(x, labels, { objective: 'hybrid' }))
 *   console.log(epoch, error)
 * rbm.predict(x) // p(y|x), one example a row
 * ```
 */
export class ClassificationRbm {
  readonly W: M64
  readonly U: M64
  /** a. */
  readonly inputBias: Float64Array
  /** b. */
  readonly classBias: Float64Array
  /** q. */
  readonly hiddenBias: Float64Array
  #provenance: Provenance = { seed: 0 }

  private constructor({ inputs, classes, hidden }: ClassificationShape) {
    this.W = new Matrix(inputs, hidden, new Float64Array(inputs * hidden))
    this.U = new Matrix(classes, hidden, new Float64Array(classes * hidden))
    this.inputBias = new Float64Array(inputs)
    this.classBias = new Float64Array(classes)
    this.hiddenBias = new Float64Array(hidden)
  }

  /**
   * A new machine: weights uniform in ±1/√m, where m is the larger side of their matrix, as in the
   * paper; biases 0.
   * @throws LACUNA_E_OPTION if an option is out of range
   */
  static create(options: ClassificationOptions): ClassificationRbm {
    requireKnown('ClassificationRbm.create', options, ['seed', 'inputs', 'classes', 'hidden'])
    const { seed, inputs, classes, hidden = 500 } = options
    for (const size of [inputs, classes, hidden])
      requireWhole('the number of inputs, classes and hidden units', size, 1, 65536)
    requireWhole('the number of weights', (inputs + classes) * hidden, 1, MOST_WEIGHTS)
    const random = new Random(seed, Stream.initialWeights)
    const rbm = new ClassificationRbm({ inputs, classes, hidden })
    for (const { rows, cols, data } of [rbm.W, rbm.U]) {
      const bound = 1 / Math.sqrt(Math.max(rows, cols))
      for (let i = 0; i < data.length; i++)
        data[i] = Math.fround(bound * (2 * random.uniform() - 1))
    }
    rbm.#provenance = { seed }
    return rbm
  }

  /**
   * A machine with a copy of these parameters.
   * @throws LACUNA_E_SHAPE if they don't fit one another, LACUNA_E_NOT_FINITE
   */
  static from(parameters: ClassificationParameters): ClassificationRbm {
    const { W, U, inputBias, classBias, hiddenBias } = parameters
    requireShape('W', W, W.rows, U.cols)
    requireFinite('W', W)
    requireFinite('U', U)
    const rbm = new ClassificationRbm({ inputs: W.rows, classes: U.rows, hidden: U.cols })
    rbm.W.data.set(W.data)
    rbm.U.data.set(U.data)
    rbm.inputBias.set(biases('inputBias', inputBias, W.rows))
    rbm.classBias.set(biases('classBias', classBias, U.rows))
    rbm.hiddenBias.set(biases('hiddenBias', hiddenBias, U.cols))
    return rbm
  }

  /**
   * A machine from its checkpoint.
   * @throws LACUNA_E_SAFETENSORS, LACUNA_E_CHECKPOINT or LACUNA_E_NOT_FINITE
   */
  static load(bytes: Uint8Array): ClassificationRbm {
    const rbm = new ClassificationRbm(readClassificationCheckpoint(bytes).shape)
    rbm.#adopt(bytes)
    return rbm
  }

  /** The checkpoint: tensors `W`, `U`, `inputBias`, `classBias` and `hiddenBias`. */
  save(): Uint8Array {
    return writeClassificationCheckpoint(this.#shape, this.#tensors, this.#provenance)
  }

  /**
   * p(y|x) for each row of x.
   * @param x n×d values from 0 to 1
   * @returns n×C, each row with the sum 1
   * @throws LACUNA_E_SHAPE, LACUNA_E_NOT_FINITE or LACUNA_E_RANGE if x is unfit
   */
  predict(x: Inputs): M64 {
    const p = this.logProbabilities(x)
    for (let i = 0; i < p.data.length; i++) p.data[i] = exp(p.data[i]!)
    return p
  }

  /** log p(y|x), n×C; see `predict`. */
  logProbabilities(x: Inputs): M64 {
    requireInputs(x, this.W.rows)
    const result = new Matrix(x.rows, this.U.rows, new Float64Array(x.rows * this.U.rows))
    for (let n = 0; n < x.rows; n++) {
      const t = hiddenLogits(x.row(n), this.W, this.hiddenBias)
      result.row(n).set(logSoftmax(classScores(t, this.U, this.classBias)))
    }
    return result
  }

  /**
   * F(x,y) = −aᵀx − b_y − Σ_k log(1 + e^(q_k + xᵀW_:k + U_yk)), one value an example.
   * @param x n×d values from 0 to 1
   * @param labels n classes from 0 to C − 1
   * @throws LACUNA_E_SHAPE, LACUNA_E_NOT_FINITE or LACUNA_E_RANGE if they are unfit
   */
  freeEnergy(x: Inputs, labels: ArrayLike<number>): Float64Array {
    requireInputs(x, this.W.rows)
    requireLabels(labels, x.rows, this.U.rows)
    return Float64Array.from({ length: x.rows }, (_, n) => {
      const t = hiddenLogits(x.row(n), this.W, this.hiddenBias)
      const score = classScores(t, this.U, this.classBias)[labels[n]!]!
      return -dot(this.inputBias, x.row(n)) - score
    })
  }

  /**
   * The exact gradient of the mean of −log p(y|x) over at least one example; see `freeEnergy`.
   */
  conditionalGradient(x: Inputs, labels: ArrayLike<number>): ClassificationGradient {
    requireInputs(x, this.W.rows, 1)
    requireLabels(labels, x.rows, this.U.rows)
    return classificationGradient(this, x, labels)
  }

  /**
   * Trains on examples of inputs and classes, in a worker, and keeps the weights that do best on the
   * validation examples, where there are some. Leaving the loop stops the training there.
   *
   * @param x n×d values from 0 to 1: bits, or intensities taken as the probabilities of bits
   * @param labels n classes from 0 to C − 1
   * @returns the epochs; it ends when they are over or patience is at its end
   * @throws LACUNA_E_SHAPE, LACUNA_E_NOT_FINITE, LACUNA_E_RANGE or LACUNA_E_OPTION for unfit data or
   *   options; LACUNA_E_RESUME, LACUNA_E_DIVERGED, LACUNA_E_ABORTED or LACUNA_E_WORKER as they say
   *
   * @example
   * ```ts
   * const options = { objective: 'hybrid', validation: { x: heldX, labels: heldLabels } } as const
   * for await (const { epoch, validationError } of rbm.train(x, labels, options))
   *   console.log(epoch, validationError)
   * ```
   */
  async *train(
    x: Matrix,
    labels: ArrayLike<number>,
    options: ClassificationTrainingOptions = {},
  ): AsyncGenerator<ClassificationEpoch, void, undefined> {
    requireKnown('train', options, [
      'objective',
      'alpha',
      'epochs',
      'batch',
      'learningRate',
      'validation',
      'patience',
      'resume',
      'threads',
      'signal',
    ])
    const { signal, threads, validation, ...plain } = options
    const examples = await this.#sent(x, labels)
    const judges = validation && (await this.#sent(validation.x, validation.labels))
    const job: ClassificationTrainingJob = {
      checkpoint: this.save(),
      examples,
      ...(judges && { validation: judges }),
      options: { ...plain, threads: threadsFor(threads) },
    }
    const worker = new Worker(new URL('../boltzmann/classification-worker.js', import.meta.url), {
      type: 'module',
    })
    let held = -1
    for await (const { epoch, model } of iterate<ClassificationProgress>(worker, job, signal)) {
      if (epoch.best !== held) this.#adopt(model)
      held = epoch.best
      yield epoch
    }
    // Nothing was left to do of the run: its machine is in its state.
    if (held === -1 && options.resume) this.#adopt(bestModel(options.resume))
  }

  get #shape(): ClassificationShape {
    return { inputs: this.W.rows, classes: this.U.rows, hidden: this.U.cols }
  }

  get #tensors() {
    const { W, U, inputBias, classBias, hiddenBias } = this
    return { W: W.data, U: U.data, inputBias, classBias, hiddenBias }
  }

  /** Becomes the machine of a checkpoint of its own shape. */
  #adopt(bytes: Uint8Array): void {
    const { shape, parameters, provenance } = readClassificationCheckpoint(bytes)
    for (const { name } of parameterShapes(shape)) this.#tensors[name].set(parameters[name])
    this.#provenance = provenance
  }

  /** Examples as the worker is sent them: without what else their buffers hold. */
  async #sent(x: Matrix, labels: ArrayLike<number>): Promise<SentExamples> {
    requireShape('x', x, x.rows, this.W.rows)
    requireRows(x, 1)
    requireLabels(labels, x.rows, this.U.rows)
    await byTurns(x.rows, x.cols, (start, end) => requireShares(x, start, end))
    const { floats } = await sendFloats(x.data)
    return { x: { ...x, data: floats }, labels: Uint32Array.from(labels) }
  }
}

function requireInputs(x: Inputs, cols: number, least = 0): void {
  requireShape('x', x, x.rows, cols)
  requireRows(x, least)
  requireShares(x, 0, x.rows)
}

function requireRows(x: Inputs, least: number): void {
  if (x.rows < least)
    throw new LacunaError('LACUNA_E_SHAPE', 'x has no rows', 'Pass at least one example.')
}

/** Checks that rows from `start` to before `end` hold numbers from 0 to 1. */
function requireShares(x: Inputs, start: number, end: number): void {
  const { cols, data } = x
  let at = start * cols
  while (at < end * cols && data[at]! >= 0 && data[at]! <= 1) at++
  if (at === end * cols) return
  requireFinite('x', x)
  throw new LacunaError(
    'LACUNA_E_RANGE',
    `x holds ${data[at]} at row ${Math.floor(at / cols)}, column ${at % cols}`,
    'Inputs are bits or their probabilities: scale every value to the range from 0 to 1.',
  )
}

function requireLabels(labels: ArrayLike<number>, rows: number, classes: number): void {
  if (labels.length !== rows)
    throw new LacunaError(
      'LACUNA_E_SHAPE',
      `there are ${labels.length} labels for ${rows} rows of x`,
      'Pass one class for each example.',
    )
  for (let n = 0; n < rows; n++)
    if (!Number.isInteger(labels[n]) || labels[n]! < 0 || labels[n]! >= classes)
      throw new LacunaError(
        'LACUNA_E_RANGE',
        `label ${n} is ${labels[n]}, and the classes are 0 to ${classes - 1}`,
        'Number the classes from 0 on, and create the machine with as many as there are.',
      )
}
