import { kernelBuild } from '../compute/kernels.js'
import { requireWhole } from '../compute/options.js'
import { Images } from '../data/images.js'
import { fingerprint } from '../formats/crc32.js'
import { diverged } from '../network/divergence.js'
import { Adam } from '../network/optimiser.js'
import { stateDict } from '../network/state-dict.js'
import { type AnyMaskParameters, readAnyMask, writeAnyMask } from './any-mask-checkpoint.js'
import { ConditionalGaussian } from './conditional-gaussian.js'
import { CorrectionNetwork } from './correction-network.js'
import { correctionStep } from './correction-step.js'
import { gaussianTensors } from './gaussian.js'
import { requireTrainable } from './mask.js'
import { MaskedBatches } from './masked-batches.js'
import { readState, writeState } from './training-state.js'

/** Steps in all, if not said otherwise; between two reports; and how many states there are in all. */
const STEPS = 5500
const REPORT = 50
const STATES = 10

/** η at the start, and β₁ and β₂ of Adam. */
const RATE = 2e-3
const BETA_1 = 0.5
const BETA_2 = 0.99

/** How to train an inpainter for any mask. */
export interface AnyMaskTrainingOptions {
  /** Steps in all, those of a resumed run included; default 5500. */
  readonly steps?: number
  /** A `state` of the same run: training goes on behind it to the same bits. */
  readonly resume?: Uint8Array
  /**
   * Threads that share the work, 1 to 64; as many as the machine has if left out. Their number changes
   * how long it takes, not a bit of what comes out.
   */
  readonly threads?: number
  /** Cancels the training at once. */
  readonly signal?: AbortSignal
}

/** What is known every fifty steps, and with every state. */
export interface AnyMaskProgress {
  /** Steps behind it, and in all. */
  readonly step: number
  readonly steps: number
  /** The mean squared error inside the holes since the last report, pixels in [−1, 1]. */
  readonly reconstruction: number
  /** Each time a tenth of the steps is done: all that is needed to go on from here, in safetensors. */
  readonly state?: Uint8Array
}

/** What the worker is sent. */
export interface AnyMaskTrainingJob {
  readonly checkpoint: Uint8Array
  readonly images: Pick<Images, 'count' | 'height' | 'width' | 'pixels'>
  readonly options: Omit<AnyMaskTrainingOptions, 'signal'>
}

/**
 * Trains an inpainter for any mask: first the Gaussian, unless the model has been trained before, then
 * the corrector with Adam, the learning rate falling linearly to 0. Each step has a hundred images, in
 * a fresh order each epoch, and a mask for every ten of them.
 */
export function* trainAnyMask({
  checkpoint,
  images,
  options,
}: AnyMaskTrainingJob): Generator<AnyMaskProgress> {
  const { steps = STEPS, resume, threads } = options
  requireWhole('steps', steps)
  const { image, tensors, provenance } = readAnyMask(checkpoint)
  const { seed } = provenance
  const { count, height, width, pixels } = images
  requireTrainable(images, image)
  const parameters = provenance.training
    ? { image, tensors }
    : withGaussianOf({ image, tensors }, new Images(count, height, width, pixels))
  const batches = new MaskedBatches(images, seed)
  const { size: n, groups } = batches
  const network = new CorrectionNetwork(parameters, n, groups, threads)
  const adam = new Adam(network.workspace, network.corrector.layers, RATE, BETA_1, BETA_2)

  const memory = [...adam.memory()]
  const training = { steps, data: fingerprint(pixels) }
  const run = JSON.stringify({ ...training, seed, image, kernels: kernelBuild().name })
  const done = resume ? readState(resume, run, steps, memory).step : 0
  adam.advance(done)

  const keep = Math.ceil(steps / STATES)
  let [sum, since] = [0, done]
  for (let step = done; step < steps; step++) {
    batches.take(step, network)
    adam.learningRate = RATE * (1 - step / steps)
    const error = correctionStep(network, n, groups, adam)
    if (!Number.isFinite(error))
      throw diverged(
        `the error is ${error} at step ${step}`,
        stateDict({ corrector: network.corrector }),
        'Train with other images or another seed; if it happens again, report it.',
      )
    sum += error
    const end = step + 1
    const keeps = end % keep === 0 || end === steps
    if (!keeps && end % REPORT !== 0) continue
    const progress = { step: end, steps, reconstruction: sum / (end - since) }
    ;[sum, since] = [0, end]
    if (!keeps) yield progress
    else {
      const record = { seed, training: { ...training, step: end } }
      const model = writeAnyMask(network.parameters(), record)
      yield { ...progress, state: writeState(run, { step: end, model }, memory) }
    }
  }
}

/** The parameters with the Gaussian of the images. */
function withGaussianOf({ image, tensors }: AnyMaskParameters, images: Images): AnyMaskParameters {
  const gaussian = gaussianTensors(ConditionalGaussian.fit(images))
  return { image, tensors: new Map([...tensors, ...gaussian]) }
}
