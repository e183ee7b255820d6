import type { Matrix } from '../compute/matrix.js'
import { requirePositive, requireWhole } from '../compute/options.js'
import { permutation } from '../compute/permutation.js'
import { Random, Stream } from '../compute/random.js'
import { LacunaError } from '../errors.js'
import { fingerprint } from '../formats/crc32.js'
import { diverged } from '../network/divergence.js'
import { AdamSteps } from '../network/optimiser.js'
import { ClassMachine } from './class-machine.js'
import { ClassObjective } from './class-objective.js'
import {
  readClassificationCheckpoint,
  writeClassificationCheckpoint,
} from './classification-checkpoint.js'
import { readState, writeState } from './classification-state.js'

/** Examples and the classes they belong to. */
export interface LabelledExamples {
  /** n×d, every value from 0 to 1: bits, or intensities taken as the probabilities of bits. */
  readonly x: Matrix
  /** n whole numbers from 0 to C − 1. */
  readonly labels: ArrayLike<number>
}

/** How to train a classification machine. */
export interface ClassificationTrainingOptions {
  /**
   * What is made small: `discriminative` (default) −log p(y|x); `generative` −log p(x,y), by CD-1;
   * `hybrid` the first plus `alpha` times the second.
   */
  readonly objective?: 'discriminative' | 'generative' | 'hybrid'
  /** α of `hybrid`; default 0.01. */
  readonly alpha?: number
  /** The most passes over the examples, those of a resumed run included; default 20. */
  readonly epochs?: number
  /** Examples in a minibatch; default 100. The last one of an epoch may be smaller. */
  readonly batch?: number
  /** Adam's η at the start, falling linearly to 0 over all epochs; default 0.005. */
  readonly learningRate?: number
  /** Examples to judge by: the weights that classify the most of them rightly are kept. */
  readonly validation?: LabelledExamples
  /** Stop after so many epochs without a smaller validation error; default 10. */
  readonly patience?: number
  /** The `state` of an epoch of the same run: training goes on behind it to the same bits. */
  readonly resume?: Uint8Array
  /**
   * Threads that share the work, 1 to 64; as many as the machine has if left out. Their number changes
   * how long it takes, not a bit of what comes out.
   */
  readonly threads?: number
  /** Cancels the training at once. */
  readonly signal?: AbortSignal
}

/** What is known at the end of an epoch. */
export interface ClassificationEpoch {
  /** Counted from 0. */
  readonly epoch: number
  /** Mean of −log p(y|x) over the training examples, as they came by, in nats. */
  readonly nll: number
  /** The share of them that was classified wrongly. */
  readonly error: number
  /** The same over the validation examples at the end of the epoch; NaN if there are none. */
  readonly validationNll: number
  readonly validationError: number
  /** The epoch whose weights the machine holds: the best by validation error, else the last. */
  readonly best: number
  /** All that is needed to go on from here, in safetensors. */
  readonly state: Uint8Array
}

/** What the worker answers: an epoch, and the best machine so far as a checkpoint. */
export interface ClassificationProgress {
  readonly epoch: ClassificationEpoch
  readonly model: Uint8Array
}

/** Labelled examples as the worker is sent them. */
export interface SentExamples {
  readonly x: { readonly rows: number; readonly cols: number; readonly data: Float32Array }
  readonly labels: Uint32Array
}

/** What the worker is sent. */
export interface ClassificationTrainingJob {
  readonly checkpoint: Uint8Array
  readonly examples: SentExamples
  readonly validation?: SentExamples
  readonly options: Omit<ClassificationTrainingOptions, 'signal' | 'validation'>
}

/** Trains a classification machine, epoch by epoch, and keeps the best by validation error. */
export function* trainClassification(
  job: ClassificationTrainingJob,
): Generator<ClassificationProgress> {
  const { epochs = 20, batch = 100, learningRate = 0.005, patience = 10, resume } = job.options
  const { objective = 'discriminative', alpha = 0.01 } = job.options
  requireWhole('epochs', epochs)
  requireWhole('batch', batch)
  requireWhole('patience', patience)
  requirePositive('learningRate', learningRate)
  requirePositive('alpha', alpha)
  const objectives = {
    discriminative: { discriminative: 1, generative: 0 },
    generative: { discriminative: 0, generative: 1 },
    hybrid: { discriminative: 1, generative: alpha },
  }
  if (!Object.hasOwn(objectives, objective))
    throw new LacunaError(
      'LACUNA_E_OPTION',
      `there is no objective '${objective}'`,
      'Objectives are discriminative, generative and hybrid.',
    )
  const weights = objectives[objective]
  const { examples, validation } = job
  const count = examples.x.rows
  const initial = readClassificationCheckpoint(job.checkpoint)
  const { shape } = initial
  const { seed } = initial.provenance
  const rows = Math.min(batch, count)
  const machine = new ClassMachine(shape, rows, job.options.threads)
  machine.adopt(initial.parameters)
  const slope = new ClassObjective(machine, weights, seed)

  const recipe = { objective, ...weights, epochs, batch, learningRate, patience }
  const data = [examples, validation].map(set => (set ? fingerprintOf(set) : 'none')).join(' ')
  const run = JSON.stringify({ ...recipe, data, seed, shape })
  const { workspace, parameters } = machine
  const moving = {
    parameters,
    first: workspace.floats(parameters.length),
    second: workspace.floats(parameters.length),
  }
  const start = resume
    ? readState(resume, moving, run, epochs, shape)
    : { done: 0, best: -1, fewestErrors: Infinity, model: job.checkpoint }
  let { best, fewestErrors, model } = start

  const adam = new AdamSteps(workspace.kernels)
  const labels = new Uint32Array(rows)
  const steps = Math.ceil(count / batch)
  adam.advance(start.done * steps)
  for (let epoch = start.done; epoch < epochs && epoch - best <= patience; epoch++) {
    const order = permutation(count, new Random(seed, Stream.order, epoch))
    let [nll, errors] = [0, 0]
    for (let i = 0; i < steps; i++) {
      const step = epoch * steps + i
      const part = order.subarray(i * batch, (i + 1) * batch)
      gather(examples, part, machine.x, labels)
      const found = slope.differentiate(labels, part.length, step)
      if (!Number.isFinite(found.nll))
        throw diverged(
          `the error is ${found.nll} at step ${i} of epoch ${epoch}`,
          Object.entries(machine.tensors).map(([name, data]) => [name, { data }]),
          'Lower the learning rate.',
        )
      nll += found.nll
      errors += found.errors
      adam.advance(1)
      const rate = learningRate * (1 - step / (epochs * steps))
      adam.move(parameters, slope.gradient, moving.first, moving.second, rate)
    }
    const held = validation ? judge(machine, validation, labels) : { nll: NaN, errors: NaN }
    if (!validation || held.errors < fewestErrors) {
      ;[best, fewestErrors] = [epoch, held.errors]
      const training = { ...recipe, data, epochs: epoch + 1 }
      model = writeClassificationCheckpoint(shape, machine.tensors, { seed, training })
    }
    const heldRows = validation?.x.rows ?? 0
    yield {
      epoch: {
        epoch,
        nll: nll / count,
        error: errors / count,
        validationNll: held.nll / heldRows,
        validationError: held.errors / heldRows,
        best,
        state: writeState(moving, run, { done: epoch + 1, best, fewestErrors, model }),
      },
      model,
    }
  }
}

function fingerprintOf({ x, labels }: SentExamples): string {
  const bytes = ({ buffer, byteOffset, byteLength }: Float32Array | Uint32Array) =>
    fingerprint(new Uint8Array(buffer, byteOffset, byteLength))
  return `${bytes(x.data)} ${bytes(labels)}`
}

/** Writes the examples with these numbers, in their order. */
function gather(
  { x, labels }: SentExamples,
  rows: Uint32Array,
  intoX: Float32Array,
  intoLabels: Uint32Array,
): void {
  const { cols, data } = x
  for (let i = 0; i < rows.length; i++) {
    const from = rows[i]! * cols
    for (let j = 0; j < cols; j++) intoX[i * cols + j] = data[from + j]!
    intoLabels[i] = labels[rows[i]!]!
  }
}

/** How well examples are classified. */
function judge(machine: ClassMachine, { x, labels }: SentExamples, part: Uint32Array) {
  let [nll, errors] = [0, 0]
  for (let start = 0; start < x.rows; start += machine.rows) {
    const end = Math.min(start + machine.rows, x.rows)
    machine.x.set(x.data.subarray(start * x.cols, end * x.cols))
    part.set(labels.subarray(start, end))
    const found = machine.classify(end - start, part)
    nll += found.nll
    errors += found.errors
  }
  return { nll, errors }
}
