import { requirePositive, requireWhole } from '../compute/options.js'
import { permutation } from '../compute/permutation.js'
import { Random, Stream } from '../compute/random.js'
import { ClassifierNetwork, type ClassifierShape } from './classifier-network.js'
import { crossEntropy } from './cross-entropy.js'
import { diverged } from './divergence.js'
import { Adam } from './optimiser.js'
import { stateDict } from './state-dict.js'

/** Images as bytes, one after the other, and the class of each. */
export interface ClassifiedImages {
  /** One byte a pixel, 0 to 255: p stands for p/127.5 − 1. */
  readonly pixels: Uint8Array
  /** Classes, counted from 0; one an image. */
  readonly labels: Uint8Array
}

/** How to train a classifier. */
export interface ClassifierTrainingOptions {
  /** Passes over the images; default 5. */
  readonly epochs?: number
  /** Images in a minibatch; default 100. The last one of an epoch may be smaller. */
  readonly batch?: number
  /** η of Adam at the start, falling linearly to 0 over all steps; default 0.001. */
  readonly learningRate?: number
  /** Threads that share the work: more or fewer change no bit. As many as the machine has. */
  readonly threads?: number
  /** Cancels the training at once. */
  readonly signal?: AbortSignal
}

/** What is known at the end of an epoch. */
export interface ClassifierEpoch {
  /** Counted from 0. */
  readonly epoch: number
  /** Mean of −log p of the right class over the images as they came by, in nats. */
  readonly loss: number
}

/** What the worker answers: an epoch, and the weights at its end. */
export interface ClassifierProgress {
  readonly epoch: ClassifierEpoch
  readonly parameters: readonly Float32Array[]
}

/** What the worker is sent. */
export interface ClassifierJob {
  readonly shape: ClassifierShape
  readonly seed: number
  readonly parameters: readonly Float32Array[]
  readonly examples: ClassifiedImages
  readonly options: Omit<ClassifierTrainingOptions, 'signal'>
}

/** Trains a classifier by Adam on the cross-entropy, in a fresh random order each epoch. */
export function* trainClassifier(job: ClassifierJob): Generator<ClassifierProgress> {
  const { shape, seed, examples } = job
  const { epochs = 5, batch = 100, learningRate = 0.001, threads } = job.options
  requireWhole('epochs', epochs)
  requireWhole('batch', batch)
  requirePositive('learningRate', learningRate)
  const { inputs } = shape
  const { pixels, labels } = examples
  const count = labels.length
  const network = new ClassifierNetwork(shape, Math.min(batch, count), threads)
  network.setParameters(job.parameters)
  const { workspace, perceptron, images, outputs } = network
  const adam = new Adam(workspace, perceptron.layers, learningRate)
  const bytes = workspace.bytes(network.rows * inputs)
  const classes = new Uint8Array(network.rows)
  const steps = Math.ceil(count / batch)
  for (let epoch = 0; epoch < epochs; epoch++) {
    const order = permutation(count, new Random(seed, Stream.order, epoch))
    let sum = 0
    for (let step = 0; step < steps; step++) {
      const chosen = order.subarray(step * batch, (step + 1) * batch)
      const n = chosen.length
      for (const [i, from] of chosen.entries()) {
        bytes.set(pixels.subarray(from * inputs, (from + 1) * inputs), i * inputs)
        classes[i] = labels[from]!
      }
      workspace.kernels.expandBytes(images.x.byteOffset, bytes.byteOffset, n * inputs)
      const z = network.forward(n)
      sum += crossEntropy(z, classes, n, outputs, perceptron.outputGradient)
      adam.learningRate = learningRate * (1 - (epoch * steps + step) / (epochs * steps))
      adam.advance(1)
      perceptron.backward(images, n, adam)
    }
    const loss = sum / count
    if (!Number.isFinite(loss))
      throw diverged(
        `the loss of a classifier is ${loss} after step ${steps - 1} of epoch ${epoch}`,
        stateDict({ classifier: perceptron }),
        'Lower the learning rate.',
      )
    yield { epoch: { epoch, loss }, parameters: network.parameters() }
  }
}
