import { Worker } from '#worker'
import { requireKnown } from '../compute/known-options.js'
import { Matrix } from '../compute/matrix.js'
import { requireWhole } from '../compute/options.js'
import type { Images } from '../data/images.js'
import { LacunaError } from '../errors.js'
import type { Provenance } from '../formats/checkpoint.js'
import { distinctAnswers } from './distinct-answers.js'
import { headWeights } from './heads-error.js'
import { type ImageShape, requireIncomplete, shapeOf } from './mask.js'
import { trainOnImages } from './train-on-images.js'
import { modelOf } from './training-state.js'
import {
  contextSize,
  findHoles,
  HOLE,
  HOLE_SIDE,
  type Place,
  readContext,
  readHole,
} from './window.js'
import { readWindowCheckpoint, writeWindowCheckpoint } from './window-checkpoint.js'
import {
  ENERGY_SIDE,
  GENERATOR_SIDE,
  WindowNetworks,
  windowArchitecture,
} from './window-networks.js'
import { type WindowRecipeName, windowRecipes } from './window-recipes.js'
import { paint } from './window-step.js'
import type { WindowProgress, WindowTrainingOptions } from './window-training.js'

/** Windows that one pass takes when questions are answered. */
const ROWS = 100

/** Black, which there is beyond the image. */
const BACKGROUND = -1

/** What an inpainter of windows is made of. */
export interface WindowInpainterOptions {
  /** From which weights, orders, patches and choices of heads are drawn. */
  readonly seed: number
  /** How it is built and trained; default `window`. */
  readonly recipe?: WindowRecipeName
  /** Shape of the images, at least 6×6; default 28×28. */
  readonly image?: ImageShape
}

/** Several answers for one image: completions of it, one a row, and how likely each of them is. */
export interface WeightedAnswers {
  readonly completed: Matrix
  /** For each answer the probability that it is the nearest of all to the truth. */
  readonly scores: Float64Array
}

/**
 * Inpainting that looks at the hole's surroundings: a generator sees the window of 24×24 pixels whose
 * centre is the hole of 6×6, wherever that lies in the image, and paints the hole alone. It learns to
 * come near the truth and, by the recipes with an energy network, to be taken for it; by the recipe
 * `heads` it gives several answers, each with its probability. Pixels are in [−1, 1], images are rows.
 *
 * @example
 * ```ts
 * const inpainter = WindowInpainter.create({ seed: 1 })
 * for await (const { step, reconstruction } of inpainter.train(images)) console.log(step, reconstruction)
 * const completed = inpainter.complete(incomplete, mask)
 * ```
 */
export class WindowInpainter {
  readonly recipe: WindowRecipeName
  /** What the scores of `completions` are; absent if there is only one answer. */
  readonly score?: 'probability'
  readonly #held: WindowNetworks
  #provenance: Provenance
  /** A state that training has reached, until its weights are asked for. */
  #reached: Uint8Array | undefined

  private constructor(networks: WindowNetworks, provenance: Provenance) {
    this.recipe = networks.architecture.recipe
    if (networks.heads > 1) this.score = 'probability'
    this.#held = networks
    this.#provenance = provenance
  }

  /**
   * A new inpainter, weights and biases uniform in ±1/√fan-in.
   * @throws LACUNA_E_OPTION if an option is unknown or out of range
   */
  static create(options: WindowInpainterOptions): WindowInpainter {
    requireKnown('WindowInpainter.create', options, ['seed', 'recipe', 'image'])
    const { seed, recipe = 'window', image = { height: 28, width: 28 } } = options
    requireWhole('seed', seed, 0)
    for (const size of [image.height, image.width])
      requireWhole('height and width of the image', size, HOLE_SIDE, 65536)
    if (!Object.hasOwn(windowRecipes, recipe))
      throw new LacunaError(
        'LACUNA_E_OPTION',
        `there is no recipe '${recipe}'`,
        `Recipes are ${Object.keys(windowRecipes).join(', ')}.`,
      )
    const networks = new WindowNetworks(windowArchitecture(recipe, shapeOf(image)), ROWS)
    networks.initialise(seed)
    return new WindowInpainter(networks, { seed })
  }

  /**
   * An inpainter from a checkpoint.
   * @throws LACUNA_E_SAFETENSORS, LACUNA_E_CHECKPOINT or LACUNA_E_NOT_FINITE if the bytes are
   *   malformed, of another model, or not of finite numbers
   */
  static load(bytes: Uint8Array): WindowInpainter {
    const checkpoint = readWindowCheckpoint(bytes)
    const networks = new WindowNetworks(checkpoint.architecture, ROWS)
    networks.setState(checkpoint.tensors)
    return new WindowInpainter(networks, checkpoint.provenance)
  }

  /** The checkpoint: safetensors with the names and shapes of PyTorch's state dict. */
  save(): Uint8Array {
    return writeWindowCheckpoint(this.#networks, this.#provenance)
  }

  /**
   * Fills the holes; every observed pixel is returned bit for bit. Of several answers it is the
   * likeliest.
   *
   * @param z n incomplete images, finite; the numbers in their holes play no part
   * @param mask n×pixels, 1 in the hole and 0 elsewhere
   * @returns the n completed images
   * @throws LACUNA_E_SHAPE if a hole is not one whole patch of 6×6 pixels, or a shape is wrong;
   *   LACUNA_E_NOT_FINITE or LACUNA_E_OPTION if z or the mask holds other numbers
   */
  complete(z: Matrix, mask: Matrix): Matrix {
    const completed = new Matrix(z.rows, z.cols, z.data.slice())
    this.#forPaintings(z, mask, ({ i, answers, weights, start, write }) => {
      const [likeliest] = distinctAnswers(answers, start, weights)
      write(completed.row(i), likeliest!.head)
    })
    return completed
  }

  /**
   * The answers that are worth telling apart, with their probabilities: heads that paint nearly the
   * same (mean squared difference under 0.1) count as one answer, and those less likely than 0.1 are
   * left out. What the probabilities lack to 1 belongs to the answers that were left out.
   *
   * @param z as for `complete`, and `mask`
   * @param n the most answers for one image
   * @returns the answers to each image, likeliest first
   * @throws as `complete`; LACUNA_E_OPTION if n is not a whole number from 1 on
   *
   * @example
   * ```ts
   * const [{ completed, scores }] = inpainter.completions(z, mask, 5)
   * // completed.row(0) with probability scores[0], completed.row(1) with scores[1], …
   * ```
   */
  completions(z: Matrix, mask: Matrix, n: number): WeightedAnswers[] {
    requireWhole('the number of answers', n)
    const all: WeightedAnswers[] = []
    this.#forPaintings(z, mask, ({ i, answers, weights, start, write }) => {
      const given = distinctAnswers(answers, start, weights).slice(0, n)
      const completed = new Matrix(given.length, z.cols)
      for (const [k, { head }] of given.entries()) {
        completed.row(k).set(z.row(i))
        write(completed.row(k), head)
      }
      all.push({ completed, scores: Float64Array.from(given, ({ weight }) => weight) })
    })
    return all
  }

  /**
   * The answers of all heads, in the order of the heads and as they are painted: nothing is merged or
   * left out, so the probabilities add up to 1. Some may be nearly the same.
   * @param z as for `complete`, and `mask`
   * @throws as `complete`
   */
  heads(z: Matrix, mask: Matrix): WeightedAnswers[] {
    const all: WeightedAnswers[] = []
    this.#forPaintings(z, mask, ({ i, weights, write }) => {
      const completed = new Matrix(weights.length, z.cols)
      for (const k of weights.keys()) {
        completed.row(k).set(z.row(i))
        write(completed.row(k), k)
      }
      all.push({ completed, scores: weights })
    })
    return all
  }

  /**
   * E of each image's hole in its surroundings: the lower, the more the energy network takes it for a
   * true one. Only differences between energies of one hole and its surroundings mean something.
   *
   * @param x n whole images
   * @param mask n×pixels, where the holes were
   * @throws LACUNA_E_OPTION if the recipe has no energy network; otherwise as `complete`
   */
  energy(x: Matrix, mask: Matrix): Float64Array {
    const { energy, architecture } = this.#networks
    if (!energy)
      throw new LacunaError(
        'LACUNA_E_OPTION',
        `an inpainter of the recipe '${this.recipe}' has no energy network`,
        'Ask an inpainter of another recipe, such as window.',
      )
    const { network, windows } = energy
    const energies = new Float64Array(x.rows)
    this.#forHoles(x, mask, (first, holes) => {
      const near = windows.context.x
      const size = contextSize(ENERGY_SIDE)
      for (const [i, hole] of holes.entries()) {
        const start = (first + i) * x.cols
        readContext(
          x.data,
          start,
          architecture.image,
          hole,
          ENERGY_SIDE,
          BACKGROUND,
          near,
          i * size,
        )
        readHole(x.data, start, architecture.image, hole, windows.holes, i * HOLE)
      }
      const n = holes.length
      shift(near, n * size)
      shift(windows.holes, n * HOLE)
      windows.list(n)
      energies.set(network.forward(windows, n).subarray(0, n), first)
    })
    return energies
  }

  /**
   * Trains in a worker, on images of which each step takes a hundred, with a hole wherever the sheet's
   * patch may fall. The model takes over the weights of each `state`, which it reads when it is next
   * asked something.
   *
   * @returns how it goes, every hundred steps
   * @throws LACUNA_E_OPTION, LACUNA_E_SHAPE for unfit options or images; LACUNA_E_RESUME if the state is
   *   of another run, LACUNA_E_CHECKPOINT if of another kind of model, LACUNA_E_SAFETENSORS if
   *   malformed; LACUNA_E_DIVERGED if an error is no longer finite; LACUNA_E_ABORTED if the signal
   *   fires; LACUNA_E_WORKER if the worker dies
   *
   * @example
   * ```ts
   * for await (const { step, steps, contrast } of inpainter.train(images, { steps: 4000 }))
   *   console.log(`${step}/${steps}: ${contrast}`)
   * ```
   */
  async *train(
    images: Images,
    options: WindowTrainingOptions = {},
  ): AsyncGenerator<WindowProgress, void, undefined> {
    requireKnown('train', options, ['steps', 'resume', 'threads', 'signal'])
    const learner = {
      save: () => this.save(),
      requireOwn: (checkpoint: Uint8Array) => this.#requireOwn(checkpoint),
      reach: (state: Uint8Array) => {
        this.#reached = state
      },
    }
    const start = () =>
      new Worker(new URL('../inpainting/window-train-worker.js', import.meta.url), {
        type: 'module',
      })
    yield* trainOnImages<WindowProgress>(learner, start, images, options)
  }

  /** @throws LACUNA_E_RESUME if a saved state is not of this model */
  #requireOwn(bytes: Uint8Array): void {
    const { architecture, provenance } = readWindowCheckpoint(bytes)
    const { seed } = this.#provenance
    const [was, is] = [architecture, this.#networks.architecture].map(part => JSON.stringify(part))
    if (provenance.seed !== seed || was !== is)
      throw new LacunaError(
        'LACUNA_E_RESUME',
        `the saved state is of a model with seed ${provenance.seed} and architecture ${was}, not ${seed} and ${is}`,
        'Resume in a model that was created with the same options.',
      )
  }

  /** The networks. What training has reached is read here, so that whoever only looks on need not wait. */
  get #networks(): WindowNetworks {
    if (this.#reached) this.#adopt(modelOf(this.#reached))
    return this.#held
  }

  #adopt(bytes: Uint8Array): void {
    const { tensors, provenance } = readWindowCheckpoint(bytes)
    this.#held.setState(tensors)
    this.#provenance = provenance
    this.#reached = undefined
  }

  /** Paints the holes of images, and calls `use` for each. */
  #forPaintings(z: Matrix, mask: Matrix, use: (painting: Painting) => void): void {
    const networks = this.#networks
    const { context, painted, heads, architecture } = networks
    const { image } = architecture
    const size = contextSize(GENERATOR_SIDE)
    this.#forHoles(z, mask, (first, holes) => {
      for (const [i, hole] of holes.entries()) {
        const start = (first + i) * z.cols
        readContext(z.data, start, image, hole, GENERATOR_SIDE, BACKGROUND, context.x, i * size)
      }
      shift(context.x, holes.length * size)
      context.list(holes.length, 0, Number.POSITIVE_INFINITY)
      const u = paint(networks, holes.length)
      const stride = u.length / networks.rows
      for (const [i, { row, column }] of holes.entries()) {
        const start = i * heads * HOLE
        const weights = headWeights(u, i * stride + heads * HOLE, heads)
        const write = (pixels: Float32Array, head: number) => {
          for (let j = 0; j < HOLE; j++) {
            const at = (row + Math.floor(j / HOLE_SIDE)) * image.width + column + (j % HOLE_SIDE)
            pixels[at] = painted[start + head * HOLE + j]! - 1
          }
        }
        use({ i: first + i, answers: painted, start, weights, write })
      }
    })
  }

  /** Checks images and masks, and calls `work` for as many holes at a time as there are rows. */
  #forHoles(x: Matrix, mask: Matrix, work: (first: number, holes: Place[]) => void): void {
    const { image } = this.#networks.architecture
    requireIncomplete(x, mask, image.height * image.width)
    const holes = findHoles(mask, image)
    for (let first = 0; first < x.rows; first += ROWS) work(first, holes.slice(first, first + ROWS))
  }
}

/** What the heads painted in the hole of image i. */
interface Painting {
  readonly i: number
  /** 1 + their pixels, head after head from place `start` on. */
  readonly answers: Float32Array
  readonly start: number
  /** The probability of each head to be the nearest to the truth. */
  readonly weights: Float64Array
  /** Puts a head's pixels into the image. */
  write(image: Float32Array, head: number): void
}

/** From pixels to 1 + pixels. */
function shift(x: Float32Array, count: number): void {
  for (let i = 0; i < count; i++) x[i]! += 1
}
