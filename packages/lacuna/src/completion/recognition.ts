import type { Matrix } from '../compute/matrix.js'
import type { LabelledImages } from '../data/images.js'
import { Classifier } from '../network/classifier.js'
import type { Progress } from './method.js'

const EPOCHS = 5

/**
 * Recognition: how well completed images can still be read. A perceptron 784–256–128–10 that has
 * learnt to read whole images reads completed ones; what it reads of the truth and of the images with
 * their gray holes are the limits between which a completion moves.
 */
export class Recognition {
  readonly #reader: Classifier

  private constructor(reader: Classifier) {
    this.#reader = reader
  }

  /** Trains the reader on whole images. */
  static async *train(
    { images, labels }: LabelledImages,
    options: { readonly seed: number; readonly signal?: AbortSignal },
  ): AsyncGenerator<Progress, Recognition, undefined> {
    const { seed, signal } = options
    const classes = Math.max(2, 1 + labels.reduce((a, b) => Math.max(a, b), 0))
    const inputs = images.height * images.width
    const reader = Classifier.create({ seed, inputs, hidden: [256, 128], classes })
    const training = { epochs: EPOCHS, ...(signal && { signal }) }
    for await (const { epoch, loss } of reader.train({ pixels: images.pixels, labels }, training))
      yield { done: epoch + 1, of: EPOCHS, detail: `loss ${loss.toFixed(4)}` }
    return new Recognition(reader)
  }

  /**
   * The share of images that are read as what they are.
   * @param x n×pixels
   * @param labels n
   */
  accuracy(x: Matrix, labels: Uint8Array): number {
    const read = this.#reader.classify(x)
    let right = 0
    for (let i = 0; i < read.length; i++) if (read[i] === labels[i]) right++
    return right / read.length
  }
}
