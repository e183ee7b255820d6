import { kernelBuild } from '../compute/kernels.js'
import { requireWhole } from '../compute/options.js'
import { Random, Stream } from '../compute/random.js'
import type { Images } from '../data/images.js'
import { fingerprint } from '../formats/crc32.js'
import type { Memory } from '../formats/training-state.js'
import { diverged } from '../network/divergence.js'
import { Adam } from '../network/optimiser.js'
import { WeightAverage } from '../network/weight-average.js'
import { requireTrainable } from './mask.js'
import { readState, writeState } from './training-state.js'
import { WindowBatches } from './window-batches.js'
import { readWindowCheckpoint, writeWindowCheckpoint } from './window-checkpoint.js'
import { WindowNetworks } from './window-networks.js'
import { type WindowRecipe, windowRecipes } from './window-recipes.js'
import { windowStep } from './window-step.js'

/** Steps between two reports, and how many states there are in all. */
const REPORT = 100
const STATES = 10

/** β₁, β₂ of Adam, and the longest memory of the average of weights. */
const BETA_1 = 0.9
const BETA_2 = 0.999
const AVERAGE_DECAY = 0.999

/** How to train an inpainter of windows. */
export interface WindowTrainingOptions {
  /** Steps in all, those of a resumed run included; the recipe's if left out. */
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

/** What is known every hundred steps, and with every state. */
export interface WindowProgress {
  /** Steps behind it, and in all. */
  readonly step: number
  readonly steps: number
  /**
   * The mean squared error inside the holes since the last report, pixels in [−1, 1]; with several
   * heads, that of each example's best.
   */
  readonly reconstruction: number
  /**
   * The mean of log(1 + e^d), d = E(truth) − E(painted), since then: log 2 where the energy network
   * cannot tell them apart; NaN while the generator trains alone.
   */
  readonly contrast: number
  /** Each time a tenth of the steps is done: all that is needed to go on from here, in safetensors. */
  readonly state?: Uint8Array
}

/** What the worker is sent. */
export interface WindowTrainingJob {
  readonly checkpoint: Uint8Array
  readonly images: Pick<Images, 'count' | 'height' | 'width' | 'pixels'>
  readonly options: Omit<WindowTrainingOptions, 'signal'>
}

/**
 * Trains an inpainter of windows. The generator begins alone; then both networks train. The learning
 * rates fall linearly to 0, and the model answers with the average of the generator's weights.
 */
export function* trainWindow({
  checkpoint,
  images,
  options,
}: WindowTrainingJob): Generator<WindowProgress> {
  const start = readWindowCheckpoint(checkpoint)
  const { architecture } = start
  const { seed } = start.provenance
  const recipe: WindowRecipe = windowRecipes[architecture.recipe]
  const { steps = recipe.steps, resume, threads } = options
  requireWhole('steps', steps)
  const { pixels } = images
  const { image } = architecture
  requireTrainable(images, image)
  const batches = new WindowBatches(images, seed)
  const networks = new WindowNetworks(architecture, batches.size, threads)
  networks.setState(start.tensors)
  const { workspace, generator, energy } = networks
  const adam = ({ layers }: typeof generator) => new Adam(workspace, layers, 0, BETA_1, BETA_2)
  const descents = {
    generator: adam(generator),
    ...(energy && { energy: adam(energy.network) }),
  }
  const average = new WeightAverage(workspace, generator.layers, AVERAGE_DECAY)

  const memory = memoryOf(networks, descents, average)
  const training = { recipe: architecture.recipe, steps, data: fingerprint(pixels) }
  const run = JSON.stringify({ ...training, seed, architecture, kernels: kernelBuild().name })
  const done = resume ? readState(resume, run, steps, memory).step : 0
  const alone = Math.floor(recipe.alone * steps)
  descents.generator.advance(done)
  descents.energy?.advance(Math.max(0, done - alone))
  average.advance(done)

  const keep = Math.ceil(steps / STATES)
  let [reconstruction, contrast, since] = [0, 0, done]
  for (let step = done; step < steps; step++) {
    batches.take(step, networks)
    const left = 1 - step / steps
    descents.generator.learningRate = left * recipe.generatorRate
    if (descents.energy) descents.energy.learningRate = left * recipe.energyRate
    const random = step < alone ? undefined : new Random(seed, Stream.heads, step)
    const errors = windowStep(networks, batches.size, descents, recipe.weights, random)
    average.update()
    reconstruction += errors.reconstruction
    contrast += errors.contrast
    if (!Number.isFinite(errors.reconstruction) || (random && !Number.isFinite(errors.contrast)))
      throw diverged(
        `the errors are ${errors.reconstruction} and ${errors.contrast} at step ${step}`,
        networks.state(),
        'Train with other images or another seed; if it happens again, report it.',
      )
    const end = step + 1
    const kept = end % keep === 0 || end === steps
    if (end % REPORT !== 0 && !kept) continue
    const means = {
      reconstruction: reconstruction / (end - since),
      contrast: contrast / (end - since),
    }
    ;[reconstruction, contrast, since] = [0, 0, end]
    if (!kept) {
      yield { step: end, steps, ...means }
      continue
    }
    average.exchange()
    const record = { ...training, step: end }
    const model = writeWindowCheckpoint(networks, { seed, training: record })
    average.exchange()
    yield {
      step: end,
      steps,
      ...means,
      state: writeState(run, { step: end, model }, memory),
    }
  }
}

/** Everything that a step changes, where it lies. */
function memoryOf(
  { generator, energy }: WindowNetworks,
  descents: { generator: Adam; energy?: Adam },
  average: WeightAverage,
): Memory {
  const named = (prefix: string, parts: Iterable<{ name: string; data: Float32Array }>) =>
    [...parts].map(({ name, data }) => ({ name: `${prefix}.${name}`, data }))
  const network = (prefix: string, { layers }: typeof generator, adam: Adam) => [
    ...layers.flatMap(({ weight, bias }, l) => [
      { name: `${prefix}.${2 * l}.weight`, data: weight },
      { name: `${prefix}.${2 * l}.bias`, data: bias },
    ]),
    ...named(prefix, adam.memory()),
  ]
  return [
    ...network('generator', generator, descents.generator),
    ...(energy ? network('energy', energy.network, descents.energy!) : []),
    ...named('generator', average.memory()),
  ]
}
