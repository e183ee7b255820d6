import { Worker } from '#worker'
import { iterate } from '../compute/background.js'
import { chosenBuild } from '../compute/build-choice.js'
import { requireKnown } from '../compute/known-options.js'
import { Matrix, requireFinite, requireShape } from '../compute/matrix.js'
import { requireWhole } from '../compute/options.js'
import { Random, Stream } from '../compute/random.js'
import { sendBytes } from '../compute/shared-bytes.js'
import { threadsFor } from '../compute/threads.js'
import { chooseLoss, type LossChoice, lossOptions } from '../contrast/losses.js'
import type { Images } from '../data/images.js'
import { LacunaError } from '../errors.js'
import type { Provenance } from '../formats/checkpoint.js'
import { contrastiveStep } from './contrastive-step.js'
import { type LearningRate, learningRates } from './learning-rates.js'
import { type ImageShape, type Patch, requireIncomplete, requireMask, shapeOf } from './mask.js'
import { type Architecture, InpaintingNetworks, sheetArchitecture } from './networks.js'
import { paintHoles } from './paint-holes.js'
import { readNetworks, writeNetworks } from './state-dict.js'
import { type StepPhase, stepPhases } from './step-phases.js'
import { type Epoch, type TrainingJob, type TrainingOptions, trainingOptions } from './training.js'

/** The fewest examples for which buffers are laid out, so that odd small batches share them. */
const LEAST_ROWS = 100

/**
 * The background that `complete` takes for granted. (What it finds could depend on the other images of
 * a call, and a last bit of the answer on that.)
 */
const BLACK = -1

/** What an inpainter is made of; the defaults are the sheet's. */
export interface InpainterOptions {
  /** From which the initial weights, and in training the patches, are drawn. */
  readonly seed: number
  /** Shape of the images; default 28×28. */
  readonly image?: ImageShape
  /** Units of the generator's hidden layers; default [256, 256]. */
  readonly generatorHidden?: readonly number[]
  /** Units of the energy network's hidden layers; default [256, 256]. */
  readonly energyHidden?: readonly number[]
}

/** One step's learning rate, or one for each network (default 0.05), and loss (default `log`). */
export type StepOptions = LossChoice & { readonly learningRate?: LearningRate }

/**
 * Energy-based inpainting (sheet 10, exercise 3): a generator g fills the hole of an image and an
 * energy network E scores whole images, low for true ones. Both learn in one descent, against each
 * other, by the gradient-flip trick. Pixels are in [−1, 1], 0 where they are missing; images are
 * rows.
 *
 * @example
 * ```ts
 * const inpainter = EnergyInpainter.create({ seed: 1 })
 * for await (const { epoch, loss } of inpainter.train(images, { epochs: 10 })) console.log(epoch, loss)
 * const completed = inpainter.complete(incomplete, mask)
 * ```
 */
export class EnergyInpainter {
  readonly architecture: Architecture
  #held: InpaintingNetworks
  #provenance: Provenance
  /** A state that training has reached, until its weights are asked for. */
  #reached: Uint8Array | undefined

  private constructor(networks: InpaintingNetworks, provenance: Provenance) {
    this.architecture = networks.architecture
    this.#held = networks
    this.#provenance = provenance
  }

  /**
   * A new inpainter, weights and biases uniform in ±1/√fan-in.
   * @throws LACUNA_E_OPTION if the seed or a size is not a whole number in range
   */
  static create(options: InpainterOptions): EnergyInpainter {
    requireKnown('EnergyInpainter.create', options, [
      'seed',
      'image',
      'generatorHidden',
      'energyHidden',
    ])
    const { seed, image = { height: 28, width: 28 } } = options
    const { generatorHidden = [256, 256], energyHidden = [256, 256] } = options
    for (const size of [image.height, image.width, ...generatorHidden, ...energyHidden])
      requireWhole('the size of a layer or image', size, 1, 65536)
    const architecture = sheetArchitecture(shapeOf(image), generatorHidden, energyHidden)
    const networks = new InpaintingNetworks(architecture, LEAST_ROWS)
    const step = networks.generator.initialise(new Random(seed, Stream.initialWeights))
    networks.energy.initialise(new Random(seed, Stream.initialWeights, step))
    return new EnergyInpainter(networks, { seed })
  }

  /**
   * An inpainter from a checkpoint, or from a bare PyTorch state dict in safetensors.
   * @throws LACUNA_E_SAFETENSORS, LACUNA_E_CHECKPOINT or LACUNA_E_NOT_FINITE as `readNetworks`
   */
  static load(bytes: Uint8Array): EnergyInpainter {
    const checkpoint = readNetworks(bytes)
    const networks = new InpaintingNetworks(checkpoint.architecture, LEAST_ROWS)
    networks.setState(checkpoint.tensors)
    return new EnergyInpainter(networks, checkpoint.provenance)
  }

  /** The checkpoint: safetensors with the names and shapes of PyTorch's state dict. */
  save(): Uint8Array {
    return writeNetworks(this.#networks, this.#provenance)
  }

  /**
   * One step of stochastic gradient descent on both networks, in place.
   *
   * @param x n true images
   * @param holes one patch an image, or the n×pixels mask (1 in the hole, 0 elsewhere)
   * @returns the mean loss over the batch, before the step
   * @throws LACUNA_E_SHAPE, LACUNA_E_NOT_FINITE or LACUNA_E_OPTION if x, holes or options are unfit
   *
   * @example
   * ```ts
   * const { patches } = removePatch(x, new Random(1))
   * const loss = inpainter.step(x, patches, { learningRate: 0.05 })
   * ```
   */
  step(x: Matrix, holes: readonly Patch[] | Matrix, options: StepOptions = {}): number {
    return contrastiveStep(...this.#prepare(x, holes, options))
  }

  /**
   * The same step, phase by phase, for whoever wants to look on: each phase is computed when it is
   * asked for. Whoever leaves before the last leaves the model between two steps, as far as it had
   * come. Until the last nothing else may be asked of this inpainter, as all share their buffers.
   *
   * @param x, holes, options as for `step`
   * @returns what the step has computed, after each of its six phases
   * @throws as `step`
   *
   * @example
   * ```ts
   * for (const phase of inpainter.phases(x, patches))
   *   if (phase.name === 'score') console.log(phase.energies())
   * ```
   */
  phases(
    x: Matrix,
    holes: readonly Patch[] | Matrix,
    options: StepOptions = {},
  ): Generator<StepPhase, void, undefined> {
    return stepPhases(...this.#prepare(x, holes, options))
  }

  /**
   * Fills the holes with the generator's pixels; every observed pixel is returned bit for bit.
   *
   * @param z n incomplete images, finite; the finite numbers in their holes play no part
   * @param mask n×pixels, 1 in the hole and 0 elsewhere
   * @returns the n completed images, z·(1 − m) + g(z)·m
   * @throws LACUNA_E_SHAPE, LACUNA_E_OPTION or LACUNA_E_NOT_FINITE if z or the mask is unfit
   */
  complete(z: Matrix, mask: Matrix): Matrix {
    const networks = this.#networks
    requireIncomplete(z, mask, networks.pixels)
    const { holes, incomplete } = networks
    const completed = new Matrix(z.rows, z.cols, z.data.slice())
    forChunks(z.rows, networks.rows, (start, end) => {
      const n = end - start
      const range = [start * z.cols, end * z.cols] as const
      const images = completed.data.subarray(...range)
      holes.listMask(mask.data.subarray(...range), n)
      incomplete.x.set(images)
      holes.dig(incomplete.x, n)
      incomplete.list(n, BLACK, Number.POSITIVE_INFINITY)
      paintHoles(networks, incomplete, n)
      holes.fill(images, n)
    })
    return completed
  }

  /**
   * E(x) for each image: the lower, the more the network takes it for a true one. Only differences
   * between energies mean something.
   * @param x n whole images
   * @returns n energies
   * @throws LACUNA_E_SHAPE or LACUNA_E_NOT_FINITE if x is unfit
   */
  energy(x: Matrix): Float64Array {
    this.#requireImages('x', x)
    const networks = this.#networks
    const energies = new Float64Array(x.rows)
    forChunks(x.rows, networks.rows, (start, end) => {
      networks.images.x.set(x.slice(start, end).data)
      const e = networks.energy.forward(networks.images.x, end - start)
      energies.set(e.subarray(0, end - start), start)
    })
    return energies
  }

  /**
   * Trains on minibatches in the images' order, with fresh patches every step, in a worker. The
   * model holds the weights of the epoch just yielded, which it reads from its `state` when it is next
   * asked something; leaving the loop stops the training there.
   *
   * @returns the epochs, each with its loss and the state to resume from
   * @throws LACUNA_E_OPTION, LACUNA_E_SHAPE for unfit options or images; LACUNA_E_RESUME if the
   *   state is of another run; LACUNA_E_DIVERGED if the loss is no longer finite; LACUNA_E_ABORTED
   *   if the signal fires; LACUNA_E_WORKER if the worker dies
   *
   * @example
   * ```ts
   * for await (const epoch of inpainter.train(images, { epochs: 100, batch: 100, learningRate: 0.05 }))
   *   if (epoch.loss > 0.6) break
   * ```
   */
  async *train(images: Images, options: TrainingOptions): AsyncGenerator<Epoch, void, undefined> {
    requireKnown('train', options, trainingOptions)
    if (options.patch) requireKnown('patch', options.patch, ['height', 'width', 'jitter'])
    const { signal, threads, build: choice, ...plain } = options
    if (plain.resume) this.#requireOwn(plain.resume)
    const build = await chosenBuild(choice)
    const { bytes: pixels, transfer } = await sendBytes(images.pixels)
    const job: TrainingJob = {
      checkpoint: this.save(),
      images: { ...images, pixels },
      options: { ...plain, threads: threadsFor(threads) },
    }
    const worker = new Worker(new URL('../inpainting/train-worker.js', import.meta.url), {
      type: 'module',
    })
    let resumed = plain.resume
    for await (const epoch of iterate<Epoch>(worker, job, signal, transfer, build)) {
      resumed = undefined
      this.#reached = epoch.state
      yield epoch
    }
    // Nothing was left to do of the run: its model is its state.
    if (resumed) this.#adopt(resumed)
  }

  /** The networks. What training has reached is read here, so that whoever only looks on need not wait. */
  get #networks(): InpaintingNetworks {
    if (this.#reached) this.#adopt(this.#reached)
    return this.#held
  }

  #adopt(state: Uint8Array): void {
    const { tensors, provenance } = readNetworks(state)
    this.#held.setState(tensors)
    this.#provenance = provenance
    this.#reached = undefined
  }

  /** Checks what a step is given and puts it where the step looks for it. */
  #prepare(
    x: Matrix,
    holes: readonly Patch[] | Matrix,
    options: StepOptions,
  ): Parameters<typeof contrastiveStep> {
    requireKnown('step', options, ['learningRate', ...lossOptions])
    const { learningRate, ...choice } = options
    const { loss, parameters } = chooseLoss(choice)
    const rates = learningRates(learningRate)
    this.#requireImages('x', x)
    requireWhole('the number of images in a step', x.rows)
    const networks = this.#room(x.rows)
    networks.images.x.set(x.data)
    this.#list(networks, holes, x.rows)
    this.#provenance = { seed: this.#provenance.seed } // no longer what a recorded training gave
    return [networks, x.rows, rates, loss, parameters]
  }

  /** @throws LACUNA_E_RESUME if a saved state is not of this model */
  #requireOwn(state: Uint8Array): void {
    const saved = readNetworks(state)
    const { seed } = this.#provenance
    const own = JSON.stringify(this.architecture)
    if (saved.provenance.seed !== seed || JSON.stringify(saved.architecture) !== own)
      throw new LacunaError(
        'LACUNA_E_RESUME',
        `the saved state is of a model with seed ${saved.provenance.seed} and architecture ${JSON.stringify(saved.architecture)}, not ${seed} and ${own}`,
        'Resume in a model that was created with the same options, or load the state itself.',
      )
  }

  /** Networks with room for so many examples; a larger batch than before is laid out anew. */
  #room(rows: number): InpaintingNetworks {
    const networks = this.#networks
    if (rows <= networks.rows) return networks
    this.#held = new InpaintingNetworks(this.architecture, rows)
    this.#held.setState(networks.state())
    return this.#held
  }

  #requireImages(name: string, x: Matrix): void {
    requireShape(name, x, x.rows, this.#networks.pixels)
    requireFinite(name, x)
  }

  #list({ holes, pixels }: InpaintingNetworks, given: readonly Patch[] | Matrix, n: number): void {
    if (given instanceof Matrix) {
      requireMask(given, n, pixels)
      holes.listMask(given.data, n)
      return
    }
    if (given.length !== n)
      throw new LacunaError(
        'LACUNA_E_SHAPE',
        `${n} images come with ${given.length} patches`,
        'Give one patch for each image.',
      )
    holes.listPatches(given, this.architecture.image)
  }
}

/** Calls `work` on consecutive ranges of at most `most` rows. */
function forChunks(rows: number, most: number, work: (start: number, end: number) => void): void {
  for (let start = 0; start < rows; start += most) work(start, Math.min(start + most, rows))
}
