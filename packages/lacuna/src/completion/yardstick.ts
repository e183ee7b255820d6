import { requireKnown } from '../compute/known-options.js'
import { type Matrix, requireFinite, requireShape } from '../compute/matrix.js'
import { requireWhole } from '../compute/options.js'
import { Random, Stream } from '../compute/random.js'
import type { Images, LabelledImages } from '../data/images.js'
import { LacunaError } from '../errors.js'
import type { MaskKind } from '../inpainting/draw-masks.js'
import { holeErrors } from '../inpainting/hole-errors.js'
import type { Lesson, Progress } from './method.js'
import { realism } from './realism.js'
import { Recognition } from './recognition.js'
import { drawTrial, firstOf, type Trial } from './trial.js'

/** The share of the training images that is kept aside: 10,000 of MNIST's 60,000. */
const HELD = 1 / 6

/** The most images by which choices are made. */
const CHOSEN_BY = 2000

/** Steps of the seed's stream: test images (as in the sheet's evaluation) and those kept aside. */
const [TEST, HELD_OUT] = [1, 2]

/** How methods are measured. */
export interface YardstickOptions {
  readonly masks: MaskKind
  /** From which masks, and weights and orders of classifiers, are drawn. */
  readonly seed: number
  /** How many of the test images are used, and of those kept aside at most; all if left out. */
  readonly n?: number
  readonly signal?: AbortSignal
}

/** How good completions are. */
export interface Measurement {
  /** Errors over the pixels of the holes, see `holeErrors`. */
  readonly mse: number
  readonly psnr: number
  readonly mae: number
  /** The share of completed images that are read as what they are, see `Recognition`. */
  readonly recognition: number
  /** The share that a critic tells from true ones, see `realism`: ½ is best. */
  readonly realism: number
}

/**
 * One yardstick for all ways to fill gaps: the same test images with the same holes, the same reader,
 * and for each method a critic trained from the same beginning.
 *
 * The last sixth of the training images is never learnt from. Choices are made by a part of it, and the
 * critics learn on its completions; nothing is ever chosen by the test images.
 */
export class Yardstick {
  /** What methods learn from. */
  readonly images: Images
  /** Test images with holes: what is measured. */
  readonly asked: Trial
  /** Images kept aside, with holes: what critics learn on. */
  readonly learnt: Trial
  /** What is read of the whole test images, and of the incomplete ones. */
  readonly limits: { readonly clean: number; readonly incomplete: number }
  readonly #labels: Uint8Array
  readonly #options: YardstickOptions
  readonly #recognition: Recognition

  private constructor(
    images: Images,
    asked: Trial,
    learnt: Trial,
    labels: Uint8Array,
    recognition: Recognition,
    options: YardstickOptions,
  ) {
    this.images = images
    this.asked = asked
    this.learnt = learnt
    this.#labels = labels
    this.#recognition = recognition
    this.#options = options
    const [clean, incomplete] = [asked.truth, asked.incomplete].map(x =>
      recognition.accuracy(x, labels),
    ) as [number, number]
    this.limits = { clean, incomplete }
  }

  /**
   * Draws the holes and trains the reader.
   * @param train at least six images, with their labels
   * @param test at least one
   * @throws LACUNA_E_OPTION if n is not a whole number from 1 to the number of test images;
   *   LACUNA_E_SHAPE if there are too few images; LACUNA_E_ABORTED
   */
  static async *prepare(
    train: LabelledImages,
    test: LabelledImages,
    options: YardstickOptions,
  ): AsyncGenerator<Progress, Yardstick, undefined> {
    requireKnown('Yardstick.prepare', options, ['masks', 'seed', 'n', 'signal'])
    const { masks, seed, n = test.images.count } = options
    const { count } = train.images
    const held = Math.floor(count * HELD)
    if (held < 1 || test.images.count < 1)
      throw new LacunaError(
        'LACUNA_E_SHAPE',
        `${count} training and ${test.images.count} test images are too few to compare on`,
        'Pass at least six to train on and one to test.',
      )
    requireWhole('the number of test images', n, 1, test.images.count)
    const recognition = yield* Recognition.train(train, options)
    const draw = (images: Images, step: number) =>
      drawTrial(images, masks, new Random(seed, Stream.user, step))
    const asked = draw(test.images.slice(0, n), TEST)
    const learnt = draw(
      train.images.slice(count - held, Math.min(count - held + n, count)),
      HELD_OUT,
    )
    const images = train.images.slice(0, count - held)
    const labels = test.labels.slice(0, n)
    return new Yardstick(images, asked, learnt, labels, recognition, options)
  }

  /** What a method is given to learn from. */
  lesson(): Lesson {
    const { seed, signal } = this.#options
    const trial = firstOf(this.learnt, CHOSEN_BY)
    return { images: this.images, trial, seed, ...(signal && { signal }) }
  }

  /**
   * Measures completions; what takes time is to train a critic.
   * @param asked completions of the trial `asked`, and `learnt` of the trial `learnt`
   * @throws LACUNA_E_SHAPE or LACUNA_E_NOT_FINITE if they are not; LACUNA_E_ABORTED
   */
  async *measure(asked: Matrix, learnt: Matrix): AsyncGenerator<Progress, Measurement, undefined> {
    requireLike(asked, this.asked.truth)
    requireLike(learnt, this.learnt.truth)
    const errors = holeErrors(this.asked.truth, asked, this.asked.mask)
    const recognition = this.#recognition.accuracy(asked, this.#labels)
    const told = yield* realism(
      { trial: this.learnt, completed: learnt },
      { trial: this.asked, completed: asked },
      this.#options,
    )
    return { ...errors, recognition, realism: told }
  }
}

function requireLike(completed: Matrix, { rows, cols }: Matrix): void {
  requireShape('the completed images', completed, rows, cols)
  requireFinite('the completed images', completed)
}
