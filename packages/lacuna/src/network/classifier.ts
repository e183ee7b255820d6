import { Worker } from '#worker'
import { iterate } from '../compute/background.js'
import { type Matrix, requireFinite, requireShape } from '../compute/matrix.js'
import { requireWhole } from '../compute/options.js'
import { Random, Stream } from '../compute/random.js'
import { sendBytes } from '../compute/shared-bytes.js'
import { threadsFor } from '../compute/threads.js'
import { LacunaError } from '../errors.js'
import { ClassifierNetwork, type ClassifierShape } from './classifier-network.js'
import type {
  ClassifiedImages,
  ClassifierEpoch,
  ClassifierJob,
  ClassifierProgress,
  ClassifierTrainingOptions,
} from './classifier-training.js'
import { mostProbableClass } from './cross-entropy.js'

/** Images that one pass takes when they are classified. */
const ROWS = 500

/**
 * A multilayer perceptron with leaky rectified hidden units that says which class an image is of. It is a
 * measuring instrument: made and trained anew for what it judges, and not kept.
 *
 * @example
 * ```ts
 * const reader = Classifier.create({ seed: 1, inputs: 784, hidden: [256, 128], classes: 10 })
 * for await (const { epoch, loss } of reader.train({ pixels: images.pixels, labels })) console.log(epoch, loss)
 * reader.classify(test.matrix()) // a class for each row
 * ```
 */
export class Classifier {
  readonly shape: ClassifierShape
  readonly #seed: number
  readonly #network: ClassifierNetwork

  private constructor(shape: ClassifierShape, seed: number) {
    this.shape = shape
    this.#seed = seed
    this.#network = new ClassifierNetwork(shape, ROWS)
    this.#network.perceptron.initialise(new Random(seed, Stream.initialWeights))
  }

  /**
   * A new classifier, weights and biases uniform in ±1/√fan-in.
   * @throws LACUNA_E_OPTION if the seed or a size is out of range
   */
  static create(options: ClassifierShape & { readonly seed: number }): Classifier {
    const { seed, inputs, hidden, classes } = options
    for (const size of [inputs, hidden.length, ...hidden])
      requireWhole('the size of a layer, and the number of layers,', size, 1, 65536)
    requireWhole('the number of classes', classes, 2, 256)
    return new Classifier({ inputs, hidden, classes }, seed)
  }

  /**
   * Trains in a worker. Leaving the loop stops the training at the epoch just yielded.
   * @throws LACUNA_E_SHAPE if pixels and labels don't fit the classifier, LACUNA_E_OPTION for unfit
   *   options; LACUNA_E_DIVERGED, LACUNA_E_ABORTED or LACUNA_E_WORKER as they say
   */
  async *train(
    { pixels, labels }: ClassifiedImages,
    options: ClassifierTrainingOptions = {},
  ): AsyncGenerator<ClassifierEpoch, void, undefined> {
    const { inputs, classes } = this.shape
    if (labels.length === 0 || pixels.length !== labels.length * inputs)
      throw new LacunaError(
        'LACUNA_E_SHAPE',
        `${labels.length} labels and images of ${inputs} pixels do not go with ${pixels.length} bytes`,
        'Pass at least one image, one byte a pixel, and one label an image.',
      )
    const wrong = labels.findIndex(label => label >= classes)
    if (wrong >= 0)
      throw new LacunaError(
        'LACUNA_E_SHAPE',
        `label ${wrong} is ${labels[wrong]}, but there are ${classes} classes`,
        'Number the classes from 0.',
      )
    const { signal, threads, ...plain } = options
    const { bytes, transfer } = await sendBytes(pixels)
    const job: ClassifierJob = {
      shape: this.shape,
      seed: this.#seed,
      parameters: this.#network.parameters(),
      examples: { pixels: bytes, labels: labels.slice() },
      options: { ...plain, threads: threadsFor(threads) },
    }
    const worker = new Worker(new URL('../network/classifier-worker.js', import.meta.url), {
      type: 'module',
    })
    for await (const { epoch, parameters } of iterate<ClassifierProgress>(
      worker,
      job,
      signal,
      transfer,
    )) {
      this.#network.setParameters(parameters)
      yield epoch
    }
  }

  /**
   * The most probable class of each image.
   * @param x n×inputs, pixels in [−1, 1]
   * @throws LACUNA_E_SHAPE or LACUNA_E_NOT_FINITE if x is unfit
   */
  classify(x: Matrix): Uint8Array {
    requireShape('x', x, x.rows, this.shape.inputs)
    requireFinite('x', x)
    const { images, outputs } = this.#network
    const classes = new Uint8Array(x.rows)
    for (let start = 0; start < x.rows; start += ROWS) {
      const { data, rows: n } = x.slice(start, start + ROWS)
      images.x.set(data)
      const z = this.#network.forward(n)
      for (let i = 0; i < n; i++)
        classes[start + i] = mostProbableClass(z.subarray(i * outputs, (i + 1) * outputs))
    }
    return classes
  }
}
