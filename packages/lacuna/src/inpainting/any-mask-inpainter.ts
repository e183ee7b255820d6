import { Worker } from '#worker'
import { requireKnown } from '../compute/known-options.js'
import type { Matrix } from '../compute/matrix.js'
import { requireWhole } from '../compute/options.js'
import type { Images } from '../data/images.js'
import { LacunaError } from '../errors.js'
import type { Provenance } from '../formats/checkpoint.js'
import {
  type AnyMaskParameters,
  initialParameters,
  readAnyMask,
  writeAnyMask,
} from './any-mask-checkpoint.js'
import type { AnyMaskProgress, AnyMaskTrainingOptions } from './any-mask-training.js'
import { CorrectionNetwork } from './correction-network.js'
import { requireFewPixels } from './gaussian.js'
import { type ImageShape, requireIncomplete, shapeOf } from './mask.js'
import { trainOnImages } from './train-on-images.js'
import { modelOf } from './training-state.js'

/** Images that are completed at a time. */
const CHUNK = 100

/** What an inpainter for any mask is made of. */
export interface AnyMaskOptions {
  /** From which weights, orders and masks are drawn. */
  readonly seed: number
  /** Shape of the images; default 28×28. */
  readonly image?: ImageShape
}

/**
 * Inpainting of holes of any shape: the conditional mean under a Gaussian of all pixels, corrected by a
 * network that sees that guess and the mask. It gives one answer, near the mean of those that fit.
 * Pixels are in [−1, 1], images are rows.
 *
 * @example
 * ```ts
 * const inpainter = AnyMaskInpainter.create({ seed: 1 })
 * for await (const { step, reconstruction } of inpainter.train(images)) console.log(step, reconstruction)
 * const completed = inpainter.complete(incomplete, mask)
 * ```
 */
export class AnyMaskInpainter {
  #held: AnyMaskParameters
  #provenance: Provenance
  /** A state that training has reached, until its weights are asked for. */
  #reached: Uint8Array | undefined
  /** What completes; made by the first question to these parameters. */
  #network: CorrectionNetwork | undefined

  private constructor(parameters: AnyMaskParameters, provenance: Provenance) {
    this.#held = parameters
    this.#provenance = provenance
  }

  /**
   * A new inpainter, which knows nothing yet: before its training it paints noisy gray.
   * @throws LACUNA_E_OPTION if the seed or a size is not a whole number in range; LACUNA_E_TOO_LARGE
   *   if an image has more than 4,096 pixels
   */
  static create(options: AnyMaskOptions): AnyMaskInpainter {
    requireKnown('AnyMaskInpainter.create', options, ['seed', 'image'])
    const { seed, image = { height: 28, width: 28 } } = options
    requireWhole('seed', seed, 0)
    for (const size of [image.height, image.width])
      requireWhole('height and width of the image', size, 1, 65536)
    requireFewPixels(image.height * image.width)
    return new AnyMaskInpainter(initialParameters(shapeOf(image), seed), { seed })
  }

  /**
   * An inpainter from a checkpoint, in single or half precision.
   * @throws LACUNA_E_SAFETENSORS, LACUNA_E_CHECKPOINT or LACUNA_E_NOT_FINITE if the bytes are
   *   malformed, of another model, or not of finite numbers
   */
  static load(bytes: Uint8Array): AnyMaskInpainter {
    const { provenance, ...parameters } = readAnyMask(bytes)
    return new AnyMaskInpainter(parameters, provenance)
  }

  /** The checkpoint: safetensors with the Gaussian and the corrector's state dict. */
  save(): Uint8Array {
    return writeAnyMask(this.#parameters, this.#provenance)
  }

  /**
   * Fills the holes; every observed pixel is returned bit for bit. Rows with the same mask share the
   * work that depends on it.
   *
   * @param z n incomplete images, finite; the finite numbers in their holes play no part
   * @param mask n×pixels, 1 in the hole and 0 elsewhere
   * @returns the n completed images
   * @throws LACUNA_E_SHAPE, LACUNA_E_OPTION or LACUNA_E_NOT_FINITE if z or the mask is unfit
   */
  complete(z: Matrix, mask: Matrix): Matrix {
    const parameters = this.#parameters
    const { height, width } = parameters.image
    requireIncomplete(z, mask, height * width)
    this.#network ??= new CorrectionNetwork(parameters, CHUNK)
    const network = this.#network
    return network.fill.complete(z, mask, (n, groups) => {
      network.paint(n, groups)
      return network.fill.holes.painted
    })
  }

  /**
   * Trains in a worker: first the Gaussian of the images, if the model was never trained, then the
   * corrector. The model takes over the parameters of each `state`, which it reads when it is
   * next asked something.
   *
   * @param images at least two, in the model's shape
   * @returns how it goes, every fifty steps and with every state
   * @throws LACUNA_E_OPTION, LACUNA_E_SHAPE for unfit options or images; LACUNA_E_RESUME if the state is
   *   of another run, LACUNA_E_CHECKPOINT if of another kind of model, LACUNA_E_SAFETENSORS if
   *   malformed; LACUNA_E_DIVERGED if the error is no longer finite; LACUNA_E_ABORTED if the signal
   *   fires; LACUNA_E_WORKER if the worker dies
   *
   * @example
   * ```ts
   * for await (const { step, steps, state } of inpainter.train(images, { steps: 2000 }))
   *   console.log(`${step}/${steps}`, state ? 'kept' : '')
   * ```
   */
  async *train(
    images: Images,
    options: AnyMaskTrainingOptions = {},
  ): AsyncGenerator<AnyMaskProgress, void, undefined> {
    requireKnown('train', options, ['steps', 'resume', 'threads', 'signal'])
    const learner = {
      save: () => this.save(),
      requireOwn: (checkpoint: Uint8Array) => this.#requireOwn(checkpoint),
      reach: (state: Uint8Array) => {
        this.#reached = state
      },
    }
    const start = () =>
      new Worker(new URL('../inpainting/any-mask-train-worker.js', import.meta.url), {
        type: 'module',
      })
    yield* trainOnImages<AnyMaskProgress>(learner, start, images, options)
  }

  /** @throws LACUNA_E_RESUME if a saved state is not of this model */
  #requireOwn(bytes: Uint8Array): void {
    const { provenance, image } = readAnyMask(bytes)
    const [was, is] = [
      { seed: provenance.seed, image },
      { seed: this.#provenance.seed, image: this.#parameters.image },
    ].map(part => JSON.stringify(part))
    if (was !== is)
      throw new LacunaError(
        'LACUNA_E_RESUME',
        `the saved state is of a model ${was}, not ${is}`,
        'Resume in a model that was created with the same options.',
      )
  }

  /** The parameters. What training has reached is read here, so that whoever only looks on need not wait. */
  get #parameters(): AnyMaskParameters {
    if (this.#reached) this.#adopt(modelOf(this.#reached))
    return this.#held
  }

  #adopt(bytes: Uint8Array): void {
    const { provenance, ...parameters } = readAnyMask(bytes)
    this.#held = parameters
    this.#provenance = provenance
    this.#network = undefined
    this.#reached = undefined
  }
}
