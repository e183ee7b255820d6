// How well does a network that has only ever seen strokes read real handwriting? Trains a small
// multilayer perceptron on the 12,000 synthetic digits and prints the share of MNIST's digits it
// reads right. The folder in LACUNA_DATA holds MNIST's four files, gzipped or not.
//
//   npm run build && LACUNA_DATA=path/to/mnist node bench/strokes-read-mnist.js

import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { gunzipSync } from 'node:zlib'
import { exp } from '../packages/lacuna/dist/compute/elementary.js'
import { Random } from '../packages/lacuna/dist/compute/random.js'
import { strokes } from '../packages/lacuna/dist/data/strokes.js'

const [INPUTS, HIDDEN, CLASSES] = [784, 128, 10]
const [SEED, EPOCHS, BATCH, LEARNING_RATE] = [1, 10, 32, 0.1]

/** The perceptron 784–128–10 with rectified hidden units; weights [in × out], uniform ±√(6/in). */
class Perceptron {
  constructor(random) {
    const uniform = (rows, cols) =>
      Float64Array.from(
        { length: rows * cols },
        () => (2 * random.uniform() - 1) * Math.sqrt(6 / rows),
      )
    this.W1 = uniform(INPUTS, HIDDEN)
    this.b1 = new Float64Array(HIDDEN)
    this.W2 = uniform(HIDDEN, CLASSES)
    this.b2 = new Float64Array(CLASSES)
  }

  /** h = max(0, W₁ᵀx + b₁), p = softmax(W₂ᵀh + b₂); most pixels are 0 and cost nothing. */
  forward(pixels) {
    const h = Float64Array.from(this.b1)
    for (let i = 0; i < INPUTS; i++)
      if (pixels[i] > 0)
        for (let k = 0; k < HIDDEN; k++) h[k] += (pixels[i] / 255) * this.W1[i * HIDDEN + k]
    const z = Float64Array.from(this.b2)
    for (let k = 0; k < HIDDEN; k++) {
      h[k] = Math.max(0, h[k])
      for (let j = 0; j < CLASSES; j++) z[j] += h[k] * this.W2[k * CLASSES + j]
    }
    const largest = Math.max(...z)
    const p = z.map(value => exp(value - largest))
    const sum = p.reduce((a, b) => a + b)
    return { h, p: p.map(value => value / sum) }
  }

  /** One step of stochastic gradient descent on −log p(label), averaged over the batch. */
  step(batch, rate) {
    // Every example's gradient is taken at the same weights: all forward passes come first.
    const passes = batch.map(({ pixels, label }) => {
      const { h, p } = this.forward(pixels)
      p[label] -= 1 // ∂(−log p)/∂z = p − target
      const dh = h.map((value, k) => {
        let sum = 0
        if (value > 0) for (let j = 0; j < CLASSES; j++) sum += this.W2[k * CLASSES + j] * p[j]
        return sum
      })
      return { pixels, h, dz: p, dh }
    })
    const eta = rate / batch.length
    for (const { pixels, h, dz, dh } of passes) {
      for (let k = 0; k < HIDDEN; k++) {
        this.b1[k] -= eta * dh[k]
        for (let j = 0; j < CLASSES; j++) this.W2[k * CLASSES + j] -= eta * h[k] * dz[j]
      }
      for (let j = 0; j < CLASSES; j++) this.b2[j] -= eta * dz[j]
      for (let i = 0; i < INPUTS; i++)
        if (pixels[i] > 0)
          for (let k = 0; k < HIDDEN; k++)
            this.W1[i * HIDDEN + k] -= ((eta * pixels[i]) / 255) * dh[k]
    }
  }

  read(pixels) {
    const { p } = this.forward(pixels)
    return p.indexOf(Math.max(...p))
  }
}

const examples = (pixels, labels) =>
  Array.from(labels, (label, i) => ({
    pixels: pixels.subarray(i * INPUTS, (i + 1) * INPUTS),
    label,
  }))

const shareRead = (network, set) =>
  set.filter(({ pixels, label }) => network.read(pixels) === label).length / set.length

/** MNIST's images and labels; the headers of its IDX files are 16 and 8 bytes long. */
function mnist(folder, part) {
  const payload = (name, header) => {
    const path = join(folder, name)
    const bytes = existsSync(path) ? readFileSync(path) : gunzipSync(readFileSync(`${path}.gz`))
    return bytes.subarray(header)
  }
  return examples(payload(`${part}-images-idx3-ubyte`, 16), payload(`${part}-labels-idx1-ubyte`, 8))
}

const folder = process.env.LACUNA_DATA
if (!folder || !existsSync(folder)) {
  console.log('Skipped: set LACUNA_DATA to a folder that holds MNIST’s files.')
  process.exit(0)
}

const [mnistTrain, mnistTest] = [mnist(folder, 'train'), mnist(folder, 't10k')]

const percent = share => `${(100 * share).toFixed(1)} %`
const started = performance.now()
const { train, test } = strokes({ seed: SEED })
const count = train.labels.length + test.labels.length
console.log(`${count} strokes written in ${((performance.now() - started) / 1000).toFixed(1)} s`)

const random = new Random(SEED)
const network = new Perceptron(random)
const lessons = examples(train.images.pixels, train.labels)
for (let epoch = 0; epoch < EPOCHS; epoch++) {
  for (let i = lessons.length - 1; i > 0; i--) {
    const j = random.integer(0, i + 1)
    ;[lessons[i], lessons[j]] = [lessons[j], lessons[i]]
  }
  const rate = LEARNING_RATE * (1 - epoch / EPOCHS)
  for (let i = 0; i < lessons.length; i += BATCH) network.step(lessons.slice(i, i + BATCH), rate)
  console.log(`epoch ${epoch + 1} of ${EPOCHS}`)
}

for (const [name, set] of [
  ['strokes never seen', examples(test.images.pixels, test.labels)],
  ['MNIST training images', mnistTrain],
  ['MNIST test images', mnistTest],
])
  console.log(`read right: ${percent(shareRead(network, set))} of ${set.length} ${name}`)
