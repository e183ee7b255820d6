import { Worker } from '#worker'
import { iterate } from '../compute/background.js'
import { sigmoid, softplus } from '../compute/elementary.js'
import { requireKnown } from '../compute/known-options.js'
import { type M64, Matrix, requireShape } from '../compute/matrix.js'
import { requireWhole } from '../compute/options.js'
import { Random, Stream } from '../compute/random.js'
import { threadsFor } from '../compute/threads.js'
import { LacunaError } from '../errors.js'
import type { Provenance } from '../formats/checkpoint.js'
import { type ColumnNames, requireNames } from '../formats/column-names.js'
import { addSelectedRows, dot, requireBits } from './bits.js'
import { readRbmCheckpoint, writeRbmCheckpoint } from './checkpoint.js'
import { Enumeration } from './enumeration.js'
import { conditionalGradient, jointGradient, type LikelihoodGradient } from './exact-gradient.js'
import { joinBits } from './examples.js'
import { type SamplingOptions, sampleOutputs } from './gibbs.js'
import { jointLayers } from './joint-layers.js'
import { type MeanField, type MeanFieldOptions, meanField } from './mean-field.js'
import {
  copyParameters,
  type Parameters,
  type RbmParameters,
  randomParameters,
} from './parameters.js'
import {
  type Completion,
  completions,
  type OutputPrediction,
  type PredictionOptions,
  predict,
} from './prediction.js'
import type { RbmEpoch, RbmProgress, RbmTrainingJob } from './training.js'
import type { RbmTrainingOptions } from './training-options.js'
import { machineOf } from './training-state.js'

/** What a new machine is made of. */
export interface RbmOptions {
  /** From which couplings, orders, splits and chains are drawn. */
  readonly seed: number
  /** d; 0 (default) makes a plain machine over y. */
  readonly inputs?: number
  /** c. */
  readonly outputs: number
  /** K. */
  readonly hidden: number
  /** What inputs and outputs are called; kept with the machine, and not looked at by it. */
  readonly columns?: ColumnNames
}

/**
 * A conditional restricted Boltzmann machine: inputs x ∈ {0,1}^d, outputs y ∈ {0,1}^c and hidden
 * units h ∈ {0,1}^K with
 *
 *   E(x,y,h) = −xᵀWh − yᵀUh − aᵀx − bᵀy − qᵀh  and  p(x,y,h) = e^(−E(x,y,h))/Z.
 *
 * All in float64, in log space, and exact; docs/theory/boltzmann.md proves the equations. Examples
 * are rows of bits: x is n×d, y n×c, h n×K. Every method throws LACUNA_E_SHAPE, LACUNA_E_NOT_FINITE
 * or LACUNA_E_BITS for other rows. What sums over states enumerates the smaller layer (2²⁰ states
 * take about a second) and throws LACUNA_E_TOO_LARGE if that has more than 28 bits.
 *
 * @example
 * ```ts
 * const rbm = ConditionalRbm.from({ W, U, outputBias: [0.5, -1] })
 * rbm.outputMarginals(x) // p(y_j = 1|x), one example a row
 * rbm.conditionalLogProbability(y, x) // log p(y|x)
 * ```
 */
export class ConditionalRbm {
  #held: Parameters
  #provenance: Provenance
  /** What inputs and outputs are called, where they come from a table. */
  readonly columns: ColumnNames | undefined
  #logPartition: number | undefined
  /** A machine that training has reached, until it is asked something. */
  #reached: Uint8Array | undefined

  private constructor(parameters: Parameters, provenance: Provenance, columns?: ColumnNames) {
    this.#held = parameters
    this.#provenance = provenance
    this.columns = columns
  }

  /** d×K. */
  get W(): M64 {
    return this.#parameters.W
  }

  /** c×K. */
  get U(): M64 {
    return this.#parameters.U
  }

  /** a. */
  get inputBias(): Float64Array {
    return this.#parameters.inputBias
  }

  /** b. */
  get outputBias(): Float64Array {
    return this.#parameters.outputBias
  }

  /** q. */
  get hiddenBias(): Float64Array {
    return this.#parameters.hiddenBias
  }

  /**
   * A new machine: couplings normal with standard deviation 0.01, biases 0.
   * @throws LACUNA_E_OPTION if an option is out of range
   */
  static create(options: RbmOptions): ConditionalRbm {
    requireKnown('ConditionalRbm.create', options, [
      'seed',
      'inputs',
      'outputs',
      'hidden',
      'columns',
    ])
    const { seed, inputs = 0, outputs, hidden, columns } = options
    requireWhole('inputs', inputs, 0, 65536)
    requireWhole('outputs', outputs, 1, 65536)
    requireWhole('hidden', hidden, 1, 65536)
    if (columns) requireNames(columns, { inputs, outputs })
    const random = new Random(seed, Stream.initialWeights)
    return new ConditionalRbm(randomParameters(inputs, outputs, hidden, random), { seed }, columns)
  }

  /**
   * A machine from its checkpoint.
   * @throws LACUNA_E_SAFETENSORS, LACUNA_E_CHECKPOINT or LACUNA_E_NOT_FINITE
   */
  static load(bytes: Uint8Array): ConditionalRbm {
    const { parameters, provenance, columns } = readRbmCheckpoint(bytes)
    return new ConditionalRbm(parameters, provenance, columns)
  }

  /** The checkpoint: W, U, inputBias, outputBias and hiddenBias in float64. */
  save(): Uint8Array {
    return writeRbmCheckpoint(this.#parameters, this.#provenance, this.columns)
  }

  /**
   * Trains on examples of bits, in a worker, in float32; the machine becomes that of the last epoch
   * it has read. Leaving the loop stops the training there. A machine made by `from` is trained as
   * if created with the seed 0.
   *
   * @param x n×d inputs; n×0 for a plain machine
   * @param y n×c outputs
   * @throws LACUNA_E_SHAPE, LACUNA_E_NOT_FINITE, LACUNA_E_BITS or LACUNA_E_OPTION for unfit data or
   *   options; LACUNA_E_TOO_LARGE if `exact` would enumerate more than 28 bits; LACUNA_E_RESUME,
   *   LACUNA_E_DIVERGED, LACUNA_E_ABORTED or LACUNA_E_WORKER as they say
   *
   * @example
   * ```ts
   * const rbm = ConditionalRbm.create({ seed: 1, outputs: 784, hidden: 16 })
   * const none = new Matrix(digits.rows, 0)
   * for await (const { epoch, pseudoLogLikelihood } of rbm.train(none, digits)) console.log(epoch, pseudoLogLikelihood)
   * ```
   */
  async *train(
    x: Matrix<Float32Array | Float64Array>,
    y: Matrix<Float32Array | Float64Array>,
    options: RbmTrainingOptions = {},
  ): AsyncGenerator<RbmEpoch, void, undefined> {
    requireKnown('train', options, [
      'method',
      'sweeps',
      'likelihood',
      'epochs',
      'batch',
      'learningRate',
      'momentum',
      'weightDecay',
      'centring',
      'validation',
      'resume',
      'threads',
      'signal',
    ])
    this.#requireShapes(x, y, 2)
    const { signal, threads, ...plain } = options
    const bits = await joinBits(x, y)
    const job: RbmTrainingJob = {
      checkpoint: this.save(),
      bits,
      options: { ...plain, threads: threadsFor(threads) },
    }
    const worker = new Worker(new URL('../boltzmann/train-worker.js', import.meta.url), {
      type: 'module',
    })
    let current: Uint8Array | undefined
    for await (const { epoch, machine } of iterate<RbmProgress>(worker, job, signal, [
      bits.buffer,
    ])) {
      current = machine
      this.#reached = machine
      this.#logPartition = undefined
      yield epoch
    }
    // Nothing was left to do of the run: its machine is in its state.
    if (!current && options.resume) this.#adopt(machineOf(options.resume))
  }

  /** What training has reached is read here, so that whoever only looks on need not wait. */
  get #parameters(): Parameters {
    if (this.#reached) this.#adopt(this.#reached)
    return this.#held
  }

  /** Becomes the machine of a checkpoint. */
  #adopt(bytes: Uint8Array): void {
    const { parameters, provenance } = readRbmCheckpoint(bytes)
    this.#held = parameters
    this.#provenance = provenance
    this.#logPartition = undefined
    this.#reached = undefined
  }

  /**
   * A machine with a copy of these parameters; log Z is kept once computed, so don't write to them.
   * @throws LACUNA_E_SHAPE if they don't fit one another, LACUNA_E_NOT_FINITE
   */
  static from(parameters: RbmParameters): ConditionalRbm {
    return new ConditionalRbm(copyParameters(parameters), { seed: 0 })
  }

  /** E(x,y,h), one value an example. */
  energy(x: M64, y: M64, h: M64): Float64Array {
    this.#requireExamples(x, y)
    requireBits('h', h, x.rows, this.U.cols)
    return Float64Array.from({ length: x.rows }, (_, n) => {
      const t = this.#hiddenLogits(x.row(n), y.row(n))
      return -(dot(t, h.row(n)) + this.#visibleTerm(x.row(n), y.row(n)))
    })
  }

  /** F(x,y) = −aᵀx − bᵀy − Σ_k log(1 + e^(q_k + xᵀW_:k + yᵀU_:k)), one value an example. */
  freeEnergy(x: M64, y: M64): Float64Array {
    this.#requireExamples(x, y)
    return Float64Array.from({ length: x.rows }, (_, n) => {
      const t = this.#hiddenLogits(x.row(n), y.row(n))
      return -(
        t.reduce((sum, t_k) => sum + softplus(t_k), 0) + this.#visibleTerm(x.row(n), y.row(n))
      )
    })
  }

  /** p(h_k = 1|x,y) = sigm(q_k + xᵀW_:k + yᵀU_:k), n×K. */
  hiddenGiven(x: M64, y: M64): M64 {
    this.#requireExamples(x, y)
    const h = new Matrix(x.rows, this.U.cols, new Float64Array(x.rows * this.U.cols))
    for (let n = 0; n < x.rows; n++)
      h.row(n).set(this.#hiddenLogits(x.row(n), y.row(n)).map(sigmoid))
    return h
  }

  /** p(y_j = 1|h) = sigm(b_j + U_j:h), n×c; given h, y does not depend on x. */
  outputGiven(h: M64): M64 {
    return visibleGiven(h, this.U, this.outputBias)
  }

  /** p(x_i = 1|h) = sigm(a_i + W_i:h), n×d. */
  inputGiven(h: M64): M64 {
    return visibleGiven(h, this.W, this.inputBias)
  }

  /** log Z, Z = Σ_x Σ_y Σ_h e^(−E(x,y,h)), by enumerating h or (x,y), whichever has fewer bits. */
  logPartition(): number {
    if (this.#logPartition === undefined) {
      const { A, visibleBias } = jointLayers(this)
      this.#logPartition = new Enumeration(A).logPartition(visibleBias, this.hiddenBias)
    }
    return this.#logPartition
  }

  /**
   * log Z(x), Z(x) = Σ_y Σ_h e^(−E(x,y,h)) (e^(aᵀx) included, so that Σ_x Z(x) = Z), one value an
   * example, by enumerating y or h, whichever has fewer bits.
   */
  logPartitionGiven(x: M64): Float64Array {
    requireBits('x', x, x.rows, this.W.rows)
    const enumeration = new Enumeration(this.U)
    return Float64Array.from({ length: x.rows }, (_, n) => {
      const given = enumeration.logPartition(this.outputBias, this.#hiddenLogits(x.row(n)))
      return dot(this.inputBias, x.row(n)) + given
    })
  }

  /** log p(x,y) = −F(x,y) − log Z, one value an example. */
  logProbability(x: M64, y: M64): Float64Array {
    return this.freeEnergy(x, y).map(free => -free - this.logPartition())
  }

  /** log p(y|x) = −F(x,y) − log Z(x), one value an example. */
  conditionalLogProbability(y: M64, x: M64): Float64Array {
    const free = this.freeEnergy(x, y)
    return this.logPartitionGiven(x).map((logZ, n) => -free[n]! - logZ)
  }

  /** p(y_j = 1|x), n×c: exact, with all that the outputs have to do with one another. */
  outputMarginals(x: M64): M64 {
    requireBits('x', x, x.rows, this.W.rows)
    const enumeration = new Enumeration(this.U)
    const marginals = new Matrix(x.rows, this.U.rows, new Float64Array(x.rows * this.U.rows))
    for (let n = 0; n < x.rows; n++) {
      const t = this.#hiddenLogits(x.row(n))
      marginals.row(n).set(enumeration.visibleMarginals(this.outputBias, t).visible)
    }
    return marginals
  }

  /**
   * The marginals of the outputs and the most probable y for each row of x: exact where that can be
   * enumerated; beyond, if `random` is given, estimated and searched for. See `PredictionOptions`.
   */
  predict(x: M64, options: PredictionOptions = {}): OutputPrediction {
    return predict(this, x, options)
  }

  /**
   * At most `count` (1 to 10⁴) different y for each row of x, the most probable first: the most probable
   * of all where they can be enumerated, else the optima that the search finds. With `given`, the ways in
   * which a gap can be filled.
   */
  completions(x: M64, count: number, options: PredictionOptions = {}): Completion[][] {
    return completions(this, x, count, options)
  }

  /** One y for each row of x, by Gibbs sampling: see `SamplingOptions`. */
  sample(x: M64, random: Random, options: SamplingOptions = {}): M64 {
    return sampleOutputs(this, x, random, options)
  }

  /** Marginals under the best independent distribution of outputs and hidden units: see `MeanField`. */
  meanField(x: M64, options: MeanFieldOptions = {}): MeanField {
    return meanField(this, x, options)
  }

  /**
   * The exact gradient of the mean of −log p(y|x) over at least one example; that of a is 0.
   * @throws LACUNA_E_SHAPE if there are no examples
   */
  conditionalGradient(x: M64, y: M64): LikelihoodGradient {
    this.#requireExamples(x, y, 1)
    return conditionalGradient(this, x, y)
  }

  /**
   * The exact gradient of the mean of −log p(x,y) over at least one example.
   * @throws LACUNA_E_SHAPE if there are no examples
   */
  jointGradient(x: M64, y: M64): LikelihoodGradient {
    this.#requireExamples(x, y, 1)
    return jointGradient(this, x, y)
  }

  /** q + Wᵀx, and + Uᵀy where y is given too. */
  #hiddenLogits(x: Float64Array, y?: Float64Array): Float64Array {
    const t = this.hiddenBias.slice()
    addSelectedRows(t, x, this.W)
    if (y) addSelectedRows(t, y, this.U)
    return t
  }

  /** aᵀx + bᵀy. */
  #visibleTerm(x: Float64Array, y: Float64Array): number {
    return dot(this.inputBias, x) + dot(this.outputBias, y)
  }

  #requireExamples(
    x: Matrix<Float32Array | Float64Array>,
    y: Matrix<Float32Array | Float64Array>,
    least = 0,
  ): void {
    requireBits('x', x, x.rows, this.W.rows)
    requireBits('y', y, x.rows, this.U.rows)
    this.#requireShapes(x, y, least)
  }

  #requireShapes(
    x: Matrix<Float32Array | Float64Array>,
    y: Matrix<Float32Array | Float64Array>,
    least: number,
  ): void {
    requireShape('x', x, x.rows, this.W.rows)
    requireShape('y', y, x.rows, this.U.rows)
    if (x.rows < least)
      throw new LacunaError(
        'LACUNA_E_SHAPE',
        `${x.rows} examples are too few: this needs ${least}`,
        'Pass more rows.',
      )
  }
}

/** sigm(α + A h) for every row h, given A's rows as those of the layer asked for. */
function visibleGiven(h: M64, A: M64, alpha: Float64Array): M64 {
  requireBits('h', h, h.rows, A.cols)
  const v = new Matrix(h.rows, A.rows, new Float64Array(h.rows * A.rows))
  for (let n = 0; n < h.rows; n++)
    for (let j = 0; j < A.rows; j++)
      v.data[n * A.rows + j] = sigmoid(alpha[j]! + dot(A.row(j), h.row(n)))
  return v
}
