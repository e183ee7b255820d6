import type { BuildChoice } from '../compute/build-choice.js'
import { kernelBuild } from '../compute/kernels.js'
import { finiteUpTo } from '../compute/matrix.js'
import { requireWhole } from '../compute/options.js'
import { chooseLoss, type LossChoice, lossOptions } from '../contrast/losses.js'
import type { Images } from '../data/images.js'
import type { LacunaError } from '../errors.js'
import type { TrainingRecord } from '../formats/checkpoint.js'
import { fingerprint } from '../formats/crc32.js'
import { isWithin, otherRun } from '../formats/training-state.js'
import { diverged } from '../network/divergence.js'
import { contrastiveStep } from './contrastive-step.js'
import { type LearningRate, learningRates, plainRate } from './learning-rates.js'
import { requireTrainable } from './mask.js'
import { InpaintingNetworks } from './networks.js'
import { type PatchOptions, sheetPatch } from './remove-patch.js'
import { readNetworks, writeNetworks } from './state-dict.js'
import { trainingPatches } from './training-patches.js'

/** How to train; the defaults are the sheet's. */
export interface TrainingOptions extends LossChoice {
  /** Passes over the images in all, those of a resumed run included. */
  readonly epochs: number
  /** Examples in a minibatch; default 100. The last one of an epoch may be smaller. */
  readonly batch?: number
  /** η, or one for each network; default 0.05. */
  readonly learningRate?: LearningRate
  /** Size and jitter of the patches; default 6×6 pixels, up to 4 from the centre. */
  readonly patch?: Omit<PatchOptions, 'image'>
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

/** The keys of `TrainingOptions`. */
export const trainingOptions = [
  'epochs',
  'batch',
  'learningRate',
  'patch',
  'resume',
  'threads',
  'build',
  'signal',
  ...lossOptions,
] as const

/** What is known at the end of an epoch. */
export interface Epoch {
  /** Counted from 0. */
  readonly epoch: number
  /** The error of the last minibatch, before its update: what the sheet prints. */
  readonly loss: number
  /** The mean of all minibatches' errors. */
  readonly meanLoss: number
  /**
   * All that is needed to go on from here, in safetensors: a checkpoint whose metadata say how many
   * epochs are done. (Plain gradient descent remembers nothing else.)
   */
  readonly state: Uint8Array
}

/** What the worker is sent. */
export interface TrainingJob {
  readonly checkpoint: Uint8Array
  readonly images: Pick<Images, 'count' | 'height' | 'width' | 'pixels'>
  readonly options: Omit<TrainingOptions, 'signal' | 'build'>
}

/**
 * Trains an inpainter, epoch by epoch. Minibatches come in order; step s, counted through all
 * epochs, draws its patches from step s of the seed's stream, so that nothing but the number of
 * epochs done is needed to go on.
 */
export function* trainEpochs({ checkpoint, images, options }: TrainingJob): Generator<Epoch> {
  const { epochs, batch = 100, learningRate, patch: size, ...others } = options
  const { resume, threads, ...choice } = others
  const patch = { ...sheetPatch, ...size }
  requireWhole('epochs', epochs)
  requireWhole('batch', batch)
  const rates = learningRates(learningRate)
  const { loss, parameters } = chooseLoss(choice)
  const { count, pixels } = images

  const start = readNetworks(resume ?? checkpoint)
  const { architecture, provenance } = start
  const { image } = architecture
  requireTrainable(images, image)
  const { seed } = provenance
  const plain = { batch, learningRate: plainRate(rates), loss: choice.loss ?? 'log' }
  const recipe = { ...plain, ...parameters, patch }
  const run = { ...recipe, data: fingerprint(pixels), kernels: kernelBuild().name }
  const done = resume ? epochsDone(provenance.training, run, epochs) : 0

  const networks = new InpaintingNetworks(architecture, Math.min(batch, count), threads)
  networks.setState(start.tensors)
  const { workspace } = networks
  const bytes = workspace.bytes(networks.rows * networks.pixels)
  const steps = Math.ceil(count / batch)

  for (let epoch = done; epoch < epochs; epoch++) {
    let last = 0
    let sum = 0
    for (let i = 0; i < steps; i++) {
      const first = i * batch
      const n = Math.min(batch, count - first)
      const size = n * networks.pixels
      bytes.set(pixels.subarray(first * networks.pixels, first * networks.pixels + size))
      workspace.kernels.expandBytes(networks.images.x.byteOffset, bytes.byteOffset, size)
      const patches = trainingPatches(n, image, seed, epoch * steps + i, patch)
      networks.holes.listPatches(patches, image)
      last = contrastiveStep(networks, n, rates, loss, parameters)
      requireBounded(networks, n, last, `at step ${i} of epoch ${epoch}`)
      sum += last
    }
    for (const [, { data }] of networks.state())
      if (finiteUpTo(data) < data.length)
        throw gone(networks, `a weight is not finite at the end of epoch ${epoch}`)
    const state = writeNetworks(networks, { seed, training: { ...run, epochs: epoch + 1 } })
    yield { epoch, loss: last, meanLoss: sum / steps, state }
  }
}

/** From here on float32 does not tell energies apart that differ by 1, the margin of most losses. */
const RUNAWAY = 2 ** 24

/** Checks the loss of a step and the energies of its 2n images. */
function requireBounded(networks: InpaintingNetworks, n: number, loss: number, when: string): void {
  const energies = networks.energy.layers.at(-1)!.output.subarray(0, 2 * n)
  let largest = 0
  for (const energy of energies) largest = Math.max(largest, Math.abs(energy))
  if (!Number.isFinite(loss)) throw gone(networks, `the loss is ${loss} ${when}`)
  if (!(largest < RUNAWAY)) throw gone(networks, `the energies have run away to ${largest} ${when}`)
}

function gone(networks: InpaintingNetworks, found: string): LacunaError {
  return diverged(
    found,
    networks.state(),
    'Lower the learning rate, or choose a loss of d alone, such as log or hinge.',
  )
}

/** How many epochs of `most` a state has behind it, if it is of this run. */
function epochsDone(training: TrainingRecord | undefined, run: object, most: number): number {
  const { epochs, ...before }: Partial<TrainingRecord> = training ?? {}
  const [was, is] = [JSON.stringify(before), JSON.stringify(run)]
  if (was !== is) throw otherRun(was, is)
  if (isWithin(1, most)(epochs as number)) return epochs as number
  throw otherRun(`${was} after ${JSON.stringify(epochs)} epochs`, `${is} of ${most} epochs`)
}
