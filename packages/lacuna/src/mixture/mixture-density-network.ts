import { Worker } from '#worker'
import { iterate } from '../compute/background.js'
import { chosenBuild } from '../compute/build-choice.js'
import { exp } from '../compute/elementary.js'
import { Activation } from '../compute/kernels.js'
import { requireKnown } from '../compute/known-options.js'
import { type M64, Matrix, requireFinite, requireShape } from '../compute/matrix.js'
import { requirePositive, requireWhole } from '../compute/options.js'
import { Random, Stream } from '../compute/random.js'
import { sendFloats } from '../compute/shared-bytes.js'
import { threadsFor } from '../compute/threads.js'
import { LacunaError } from '../errors.js'
import type { Provenance } from '../formats/checkpoint.js'
import { type ColumnNames, requireNames } from '../formats/column-names.js'
import type { ActivationName } from '../network/perceptron.js'
import {
  ConditionalNetwork,
  type MixtureArchitecture,
  readMixtureCheckpoint,
} from './conditional-network.js'
import { GaussianMixture } from './gaussian-mixture.js'
import { partsOf } from './mixture-error.js'
import type {
  MixtureEpoch,
  MixtureProgress,
  MixtureTrainingJob,
  MixtureTrainingOptions,
} from './training.js'
import { bestModel } from './training-state.js'

/** Examples that one pass takes when questions are answered. */
const ROWS = 500

/** What a mixture density network is made of. */
export interface MixtureNetworkOptions {
  /** From which weights, orders and splits are drawn. */
  readonly seed: number
  /** d, the number of inputs. */
  readonly inputs: number
  /** c, the number of outputs; default 1. */
  readonly outputs?: number
  /** m, the number of components; default 10. */
  readonly components?: number
  /** Units of the hidden layers; default [30, 30, 30]. */
  readonly hidden?: readonly number[]
  /** Default `tanh`. */
  readonly activation?: ActivationName
  /** One σ a component, the sheet's `isotropic` (default), or one for each output, `diagonal`. */
  readonly covariance?: 'isotropic' | 'diagonal'
  /** σ₀, the least σ, in units of the outputs' standard deviation; default 0.001. */
  readonly floor?: number
  /** What inputs and outputs are called; kept with the model, and not looked at by it. */
  readonly columns?: ColumnNames
}

/**
 * A mixture density network (Bishop 1994; sheet 10, exercise 1): a multilayer perceptron whose
 * outputs set weights, means and widths of a mixture of Gaussians, so that it answers with the whole
 * density p(t|x) where least squares answers with its mean. Inputs and outputs are standardised
 * inside.
 *
 * @example
 * ```ts
 * const network = MixtureDensityNetwork.create({ seed: 1, inputs: 1 })
 * for await (const { epoch, validationNll } of network.train(x, t)) console.log(epoch, validationNll)
 * const mixture = network.predict(x) // a GaussianMixture, one an example
 * ```
 */
export class MixtureDensityNetwork {
  readonly architecture: MixtureArchitecture
  readonly #network: ConditionalNetwork
  #provenance: Provenance

  private constructor(network: ConditionalNetwork, provenance: Provenance) {
    this.architecture = network.architecture
    this.#network = network
    this.#provenance = provenance
  }

  /**
   * A new network, weights and biases uniform in ±1/√fan-in; those of the first of several layers
   * in three times that range, so that over standardised inputs the hidden units bend at different
   * places and not all of them slowly.
   * @throws LACUNA_E_OPTION if an option is unknown or out of range
   */
  static create(options: MixtureNetworkOptions): MixtureDensityNetwork {
    requireKnown('MixtureDensityNetwork.create', options, [
      'seed',
      'inputs',
      'outputs',
      'components',
      'hidden',
      'activation',
      'covariance',
      'floor',
      'columns',
    ])
    const {
      seed,
      inputs,
      outputs = 1,
      components = 10,
      hidden = [30, 30, 30],
      floor = 1e-3,
    } = options
    const { activation = 'tanh', covariance = 'isotropic', columns } = options
    for (const size of [inputs, outputs, components, ...hidden])
      requireWhole(
        'the size of a layer, and the number of inputs, outputs and components,',
        size,
        1,
        65536,
      )
    requirePositive('floor', floor)
    if (!Object.hasOwn(Activation, activation) || !/^(isotropic|diagonal)$/.test(covariance))
      throw new LacunaError(
        'LACUNA_E_OPTION',
        `there is no activation '${activation}' or no covariance '${covariance}'`,
        `Activations are ${Object.keys(Activation).join(', ')}; covariances isotropic and diagonal.`,
      )
    if (columns) requireNames(columns, { inputs, outputs })
    const architecture = { inputs, outputs, components, hidden, activation, covariance, floor }
    const network = new ConditionalNetwork({ ...architecture, ...(columns && { columns }) }, ROWS)
    network.perceptron.initialise(new Random(seed, Stream.initialWeights))
    const { weight, bias } = network.perceptron.layers[0]!
    if (hidden.length > 0)
      for (const tensor of [weight, bias]) tensor.set(tensor.map(value => 3 * value))
    return new MixtureDensityNetwork(network, { seed })
  }

  /**
   * A network from its checkpoint.
   * @throws LACUNA_E_SAFETENSORS, LACUNA_E_CHECKPOINT or LACUNA_E_NOT_FINITE
   */
  static load(bytes: Uint8Array): MixtureDensityNetwork {
    const checkpoint = readMixtureCheckpoint(bytes)
    const network = new ConditionalNetwork(checkpoint.architecture, ROWS)
    network.adopt(checkpoint)
    return new MixtureDensityNetwork(network, checkpoint.provenance)
  }

  /** The checkpoint: weights under PyTorch's names (`network.0.weight` …) and the scaling. */
  save(): Uint8Array {
    return this.#network.save(this.#provenance)
  }

  /**
   * p(t|x) for each row of x.
   * @param x n×d inputs
   * @returns n mixtures, in the units of the outputs
   * @throws LACUNA_E_SHAPE or LACUNA_E_NOT_FINITE if x is unfit
   */
  predict(x: Matrix<Float32Array | Float64Array>): GaussianMixture {
    const { inputs, components: m, outputs: c, covariance, floor } = this.architecture
    requireShape('x', x, x.rows, inputs)
    requireFinite('x', x)
    const network = this.#network
    const { mean, scale } = network.outputScaling
    const parts = partsOf(this.architecture)
    const zeros = (cols: number): M64 => new Matrix(x.rows, cols, new Float64Array(x.rows * cols))
    const [logits, means] = [zeros(m), zeros(m * c)]
    const scales = zeros(covariance === 'diagonal' ? m * c : m)
    for (let start = 0; start < x.rows; start += ROWS) {
      const part = x.slice(start, Math.min(start + ROWS, x.rows))
      network.inputScaling.write(part, network.x)
      const outputs = network.perceptron.forward(network.x, part.rows)
      for (let i = 0; i < part.rows; i++) {
        const z = outputs.subarray(i * network.width, (i + 1) * network.width)
        logits.row(start + i).set(z.subarray(0, parts.logits))
        for (let j = 0; j < parts.means; j++)
          means.row(start + i)[j] = mean[j % c]! + scale[j % c]! * z[parts.logits + j]!
        for (let j = 0; j < parts.scales; j++) {
          const sigma = Math.max(floor, exp(z[parts.logits + parts.means + j]!))
          scales.row(start + i)[j] = scale[j % c]! * sigma
        }
      }
    }
    return GaussianMixture.fromLogits(logits, means, scales)
  }

  /** The least σ the network can answer, σ₀ in the units of each output: c values. */
  get leastScales(): Float64Array {
    const { floor } = this.architecture
    return this.#network.outputScaling.scale.map(scale => scale * floor)
  }

  /**
   * Trains on examples of inputs x and outputs t, in a worker, and keeps the weights that do best on
   * the examples kept aside. Leaving the loop stops the training there.
   *
   * @param x n×d inputs
   * @param t n×c outputs
   * @returns the epochs; it ends when they are over or patience is at its end
   * @throws LACUNA_E_SHAPE, LACUNA_E_NOT_FINITE or LACUNA_E_OPTION for unfit data or options;
   *   LACUNA_E_RESUME, LACUNA_E_DIVERGED, LACUNA_E_ABORTED or LACUNA_E_WORKER as they say
   *
   * @example
   * ```ts
   * for await (const { epoch, nll } of network.train(x, t, { epochs: 100 })) console.log(epoch, nll)
   * ```
   */
  async *train(
    x: Matrix,
    t: Matrix,
    options: MixtureTrainingOptions = {},
  ): AsyncGenerator<MixtureEpoch, void, undefined> {
    requireKnown('train', options, [
      'epochs',
      'batch',
      'learningRate',
      'optimiser',
      'momentum',
      'validation',
      'patience',
      'resume',
      'threads',
      'build',
      'signal',
    ])
    const { inputs, outputs } = this.architecture
    requireShape('x', x, x.rows, inputs)
    requireShape('t', t, x.rows, outputs)
    if (x.rows < 2)
      throw new LacunaError(
        'LACUNA_E_SHAPE',
        `a mixture density network needs at least 2 examples, not ${x.rows}`,
        'Pass more rows.',
      )
    const { signal, threads, build: choice, ...plain } = options
    const build = await chosenBuild(choice)
    const [X, T] = [await sendFloats(x.data), await sendFloats(t.data)]
    const job: MixtureTrainingJob = {
      checkpoint: this.save(),
      x: { ...x, data: X.floats },
      t: { ...t, data: T.floats },
      options: { ...plain, threads: threadsFor(threads) },
    }
    const transfer = [...X.transfer, ...T.transfer]
    const worker = new Worker(new URL('../mixture/train-worker.js', import.meta.url), {
      type: 'module',
    })
    let held = -1
    const answers = iterate<MixtureProgress>(worker, job, signal, transfer, build)
    for await (const { epoch, model } of answers) {
      if (epoch.best !== held) this.#adopt(model)
      held = epoch.best
      yield epoch
    }
    // Nothing was left to do of the run: its model is in its state.
    if (held === -1 && options.resume) this.#adopt(bestModel(options.resume))
  }

  /** Becomes the model of a checkpoint of its own architecture. */
  #adopt(bytes: Uint8Array): void {
    const checkpoint = readMixtureCheckpoint(bytes)
    this.#network.adopt(checkpoint)
    this.#provenance = checkpoint.provenance
  }
}
