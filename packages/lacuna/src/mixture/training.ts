import type { BuildChoice } from '../compute/build-choice.js'
import { log } from '../compute/elementary.js'
import { kernelBuild } from '../compute/kernels.js'
import { Matrix, requireFinite } from '../compute/matrix.js'
import { requirePositive, requireWhole } from '../compute/options.js'
import { Random, Stream } from '../compute/random.js'
import { Workspace } from '../compute/workspace.js'
import { splitExamples } from '../data/split.js'
import { LacunaError } from '../errors.js'
import { fingerprint } from '../formats/crc32.js'
import { diverged } from '../network/divergence.js'
import { Adam, GradientDescent, Momentum } from '../network/optimiser.js'
import { stateDict } from '../network/state-dict.js'
import { WeightAverage } from '../network/weight-average.js'
import { ConditionalNetwork, readMixtureCheckpoint } from './conditional-network.js'
import { kMeans } from './k-means.js'
import { Minibatches } from './minibatches.js'
import { MixtureError, partsOf } from './mixture-error.js'
import { Standardisation } from './standardisation.js'
import { readState, writeState } from './training-state.js'

/** How to train a mixture density network. */
export interface MixtureTrainingOptions {
  /** The most passes over the examples, those of a resumed run included; default 300. */
  readonly epochs?: number
  /** Examples in a minibatch; default 100. The last one of an epoch may be smaller. */
  readonly batch?: number
  /** η at the start, falling linearly to 0 over all epochs; default 0.002. */
  readonly learningRate?: number
  /** `adam` (default), or `sgd` with `momentum`. */
  readonly optimiser?: 'adam' | 'sgd'
  /** μ of `sgd`, from 0 to below 1; default 0.9. */
  readonly momentum?: number
  /** The share of the examples that is kept aside to judge by, from 0 to below 1; default 0.1. */
  readonly validation?: number
  /** Stop after so many epochs without a better validation error; default 100. */
  readonly patience?: number
  /** The `state` of an epoch of the same run: training goes on behind it to the same bits. */
  readonly resume?: Uint8Array
  /**
   * Threads that share the work, 1 to 64; as many as the machine has if left out. Their number changes
   * how long it takes, not a bit of what comes out.
   */
  readonly threads?: number
  /** How the arithmetic rounds; default `strict`, the same bits everywhere. */
  readonly build?: BuildChoice
  /** Cancels the training at once. */
  readonly signal?: AbortSignal
}

/** What is known at the end of an epoch. */
export interface MixtureEpoch {
  /** Counted from 0. */
  readonly epoch: number
  /** Mean of −log p(t|x) over the training examples, as they came by, in nats and the data's units. */
  readonly nll: number
  /** The same over the validation examples at the end of the epoch; NaN if there are none. */
  readonly validationNll: number
  /** The epoch whose weights the model holds: the best by validation, else the last. */
  readonly best: number
  /** The averaged weights at the end of this epoch as a checkpoint, be it the best or not. */
  readonly checkpoint: Uint8Array
  /** All that is needed to go on from here, in safetensors. */
  readonly state: Uint8Array
}

/** What the worker answers: an epoch, and the best model so far as a checkpoint. */
export interface MixtureProgress {
  readonly epoch: MixtureEpoch
  readonly model: Uint8Array
}

/** What the worker is sent. */
export interface MixtureTrainingJob {
  readonly checkpoint: Uint8Array
  readonly x: { readonly rows: number; readonly cols: number; readonly data: Float32Array }
  readonly t: { readonly rows: number; readonly cols: number; readonly data: Float32Array }
  readonly options: Omit<MixtureTrainingOptions, 'signal' | 'build'>
}

/** Beside the examples, a workspace has room for a model of so many bytes. */
const MODEL_BYTES = 2 ** 30
const MOST_BYTES = 2 ** 32 - 65536

/** About 1/(1 − decay) steps are averaged over: some eleven epochs of 4,500 examples. */
const AVERAGE_DECAY = 0.998

/**
 * Trains a mixture density network, epoch by epoch. Its weights are averaged over the last steps, and
 * of those averages the best by validation is kept.
 *
 * A network that was never trained is first fitted to its data: inputs and outputs are standardised,
 * and the biases of the last layer are set so that every x has the mixture of equal weights round
 * the centres that k-means finds in t.
 */
export function* trainMixture(job: MixtureTrainingJob): Generator<MixtureProgress> {
  const { epochs = 300, batch = 100, learningRate = 0.002, patience = 100 } = job.options
  const {
    optimiser: method = 'adam',
    momentum = 0.9,
    validation = 0.1,
    resume,
    threads,
  } = job.options
  requireWhole('epochs', epochs)
  requireWhole('batch', batch)
  requireWhole('patience', patience)
  requirePositive('learningRate', learningRate)
  requireShare('momentum', momentum)
  requireShare('validation', validation)
  if (method !== 'adam' && method !== 'sgd')
    throw new LacunaError(
      'LACUNA_E_OPTION',
      `there is no optimiser '${method}'`,
      'Optimisers are adam and sgd.',
    )
  const x = new Matrix(job.x.rows, job.x.cols, job.x.data)
  const t = new Matrix(job.t.rows, job.t.cols, job.t.data)
  // Here and not in the thread that asks, which stays responsive with however many rows.
  requireFinite('x', x)
  requireFinite('t', t)
  const data = `${fingerprintOf(x)} ${fingerprintOf(t)}`
  const kernels = kernelBuild().name
  const choices = { epochs, batch, learningRate, optimiser: method, momentum, validation, patience }
  const recipe = { ...choices, kernels }

  const initial = readMixtureCheckpoint(job.checkpoint)
  const { architecture } = initial
  const { seed } = initial.provenance
  const maximumBytes = Math.min(MODEL_BYTES + 4 * (x.data.length + t.data.length), MOST_BYTES)
  const workspace = new Workspace({ maximumBytes, ...(threads && { threads }) })
  const network = new ConditionalNetwork(architecture, Math.min(batch, x.rows), workspace)
  network.adopt(initial)

  const { held: heldRows, trained: rows } = splitExamples(x.rows, validation, seed)
  if (!initial.provenance.training && !resume)
    fitToData(network, select(x, rows), select(t, rows), seed)

  const { perceptron } = network
  const adam = method === 'adam' ? new Adam(workspace, perceptron.layers, learningRate) : undefined
  const optimiser =
    adam ??
    (momentum > 0
      ? new Momentum(workspace, perceptron.layers, learningRate, momentum)
      : new GradientDescent(workspace, learningRate))
  const average = new WeightAverage(workspace, perceptron.layers, AVERAGE_DECAY)
  const memory = [...average.memory()]
  if (!(optimiser instanceof GradientDescent)) memory.push(...optimiser.memory())

  const run = JSON.stringify({ ...recipe, data, seed, architecture })
  const start = resume
    ? readState(resume, network, memory, run, epochs)
    : { done: 0, best: -1, bestNll: Infinity, model: job.checkpoint }
  let { best, bestNll, model } = start

  const error = new MixtureError(workspace, architecture, architecture.floor, network.rows)
  // Densities shrink as the units of the outputs grow: −log p(t) = −log p(t̂) + Σ log scale.
  const units = network.outputScaling.scale.reduce((sum, scale) => sum + log(scale), 0)
  const examples = new Minibatches(network, select(x, rows), select(t, rows))
  const heldExamples = new Minibatches(network, select(x, heldRows), select(t, heldRows))
  const targets = workspace.floats(network.rows * t.cols)
  const steps = Math.ceil(rows.length / batch)
  adam?.advance(start.done * steps)
  average.advance(start.done * steps)

  for (let epoch = start.done; epoch < epochs && epoch - best <= patience; epoch++) {
    examples.shuffle(seed, epoch)
    let sum = 0
    for (let step = 0; step < steps; step++) {
      const n = Math.min(batch, rows.length - step * batch)
      examples.gather(step * batch, n, network.x, targets)
      const z = perceptron.forward(network.x, n)
      const err = error.sum(z, targets, n, perceptron.outputGradient)
      if (!Number.isFinite(err))
        throw diverged(
          `the error is ${err} at step ${step} of epoch ${epoch}`,
          stateDict({ network: perceptron }),
          'Lower the learning rate, raise the floor of σ, or look for outliers in the data.',
        )
      sum += err
      adam?.advance(1)
      optimiser.learningRate = learningRate * (1 - (epoch * steps + step) / (epochs * steps))
      perceptron.backward(network.x, n, optimiser)
      average.update()
    }
    const nll = sum / rows.length + units
    const training = { ...recipe, data, epochs: epoch + 1 }
    average.exchange()
    const validationNll = meanError(network, error, heldExamples) + units
    if (heldRows.length > 0 && !Number.isFinite(validationNll))
      throw diverged(
        `the error on the examples kept aside is ${validationNll} at the end of epoch ${epoch}`,
        stateDict({ network: perceptron }),
        'Look for outliers in the data, or lower the learning rate.',
      )
    const checkpoint = network.save({ seed, training })
    if (heldRows.length === 0 || validationNll < bestNll)
      [best, bestNll, model] = [epoch, validationNll, checkpoint]
    average.exchange()
    const current = network.save({ seed, training })
    const position = { done: epoch + 1, best, bestNll, model }
    const state = writeState(current, memory, run, position)
    yield { epoch: { epoch, nll, validationNll, best, checkpoint, state }, model }
  }
}

function requireShare(name: string, value: number): void {
  if (!(value >= 0 && value < 1))
    throw new LacunaError(
      'LACUNA_E_OPTION',
      `${name} must be from 0 to below 1, not ${value}`,
      'Give a share, such as 0.1.',
    )
}

function fingerprintOf({ data }: Matrix): string {
  return fingerprint(new Uint8Array(data.buffer, data.byteOffset, data.byteLength))
}

/** The rows of x with these numbers, in their order. */
function select({ cols, data }: Matrix, rows: Uint32Array): Matrix {
  const selected = new Matrix(rows.length, cols)
  for (let i = 0; i < rows.length; i++)
    for (let j = 0; j < cols; j++) selected.data[i * cols + j] = data[rows[i]! * cols + j]!
  return selected
}

/** Standardises both ends and lets every x begin with the centres of t as its mixture. */
function fitToData(network: ConditionalNetwork, x: Matrix, t: Matrix, seed: number): void {
  const { components, covariance } = network.architecture
  const scaling = Standardisation.of(t)
  network.inputScaling = Standardisation.of(x)
  network.outputScaling = covariance === 'isotropic' ? scaling.withCommonScale() : scaling
  const standardised = network.outputScaling.apply(t)
  const { centres, spread } = kMeans(standardised, components, new Random(seed, Stream.centres))
  const { logits, means } = partsOf(network.architecture)
  const { bias } = network.perceptron.layers.at(-1)!
  bias.fill(0, 0, logits)
  bias.set(centres, logits)
  bias.fill(log(Math.max(spread, network.architecture.floor)), logits + means)
}

/** Mean error over examples, in standardised units; NaN of none. */
function meanError(
  network: ConditionalNetwork,
  error: MixtureError,
  examples: Minibatches,
): number {
  const { inputs, outputs } = network.architecture
  let sum = 0
  for (let start = 0; start < examples.rows; start += network.rows) {
    const n = Math.min(network.rows, examples.rows - start)
    const z = network.perceptron.forward(examples.x.subarray(start * inputs), n)
    sum += error.sum(z, examples.t.subarray(start * outputs), n)
  }
  return sum / examples.rows
}
