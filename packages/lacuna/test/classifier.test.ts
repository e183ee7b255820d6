import { describe, expect, test } from 'vitest'
import { Random } from '../dist/compute/random.js'
import { Images } from '../dist/data/images.js'
import { strokes } from '../dist/data/strokes.js'
import { Classifier } from '../dist/network/classifier.js'
import { crossEntropy, mostProbableClass } from '../dist/network/cross-entropy.js'

describe('the cross-entropy', () => {
  test('by hand: softmax of (0, log 2, log 5) is (1, 2, 5)/8', () => {
    const z = Float32Array.of(0, Math.log(2), Math.log(5))
    const slopes = new Float32Array(3)
    expect(crossEntropy(z, Uint8Array.of(1), 1, 3, slopes)).toBeCloseTo(Math.log(4), 6)
    for (const [j, slope] of [1 / 8, 2 / 8 - 1, 5 / 8].entries())
      expect(slopes[j]).toBeCloseTo(slope, 6)
  })

  test('by hand: one output of log 3 says class 1 with probability ¾', () => {
    const z = Float32Array.of(Math.log(3), Math.log(3))
    const slopes = new Float32Array(2)
    const sum = crossEntropy(z, Uint8Array.of(1, 0), 2, 1, slopes)
    expect(sum).toBeCloseTo(Math.log(4 / 3) + Math.log(4), 6)
    expect(slopes[0]).toBeCloseTo((3 / 4 - 1) / 2, 6)
    expect(slopes[1]).toBeCloseTo(3 / 4 / 2, 6)
  })

  test.each([1, 4])('its slopes are those of finite differences, %i outputs', outputs => {
    const random = new Random(1)
    const n = 5
    const z = Float32Array.from({ length: n * outputs }, () => 3 * random.normal())
    const labels = Uint8Array.from({ length: n }, () => random.integer(0, Math.max(2, outputs)))
    const slopes = new Float32Array(z.length)
    const none = new Float32Array(z.length)
    crossEntropy(z, labels, n, outputs, slopes)
    for (let at = 0; at < z.length; at++) {
      const by = (step: number) => {
        const moved = z.slice()
        moved[at]! += step
        const width = moved[at]! - z[at]! // as float32 has it
        return { value: crossEntropy(moved, labels, n, outputs, none) / n, width }
      }
      const [up, down] = [by(1 / 64), by(-1 / 64)]
      const slope = (up.value - down.value) / (up.width - down.width)
      expect(Math.abs(slope - slopes[at]!)).toBeLessThan(1e-4)
    }
  })

  test('outputs that e to their power would overflow give finite numbers', () => {
    const slopes = new Float32Array(2)
    expect(crossEntropy(Float32Array.of(1000, -1000), Uint8Array.of(1), 1, 2, slopes)).toBe(2000)
    expect([...slopes]).toEqual([1, -1])
    expect(crossEntropy(Float32Array.of(1000), Uint8Array.of(0), 1, 1, slopes)).toBe(1000)
  })

  test('the most probable class is that of the largest output, or the sign of a single one', () => {
    expect(mostProbableClass(Float32Array.of(-3, 2, 1))).toBe(1)
    expect([-0.1, 0.1].map(z => mostProbableClass(Float32Array.of(z)))).toEqual([0, 1])
  })
})

/** Images of 6×6: noise, of class 1 those brighter on the left than on the right. */
function halves(count: number, seed: number) {
  const random = new Random(seed)
  const labels = Uint8Array.from({ length: count }, () => random.integer(0, 2))
  const pixels = Uint8Array.from({ length: count * 36 }, (_, at) => {
    const left = at % 6 < 3 === (labels[Math.floor(at / 36)] === 1)
    return random.integer(0, 128) + (left ? 60 : 0)
  })
  return { images: new Images(count, 6, 6, pixels), labels }
}

async function trained(threads: number, seed = 1): Promise<Uint8Array> {
  const { images, labels } = halves(600, 1)
  const classifier = Classifier.create({ seed, inputs: 36, hidden: [20], classes: 2 })
  for await (const _ of classifier.train(
    { pixels: images.pixels, labels },
    { epochs: 5, batch: 50, learningRate: 0.01, threads },
  ));
  return classifier.classify(halves(300, 2).images.matrix())
}

describe('a classifier', () => {
  test('learns two classes, and says the same whatever the number of threads', async () => {
    const said = await trained(1)
    const { labels } = halves(300, 2)
    expect(said.filter((label, i) => label === labels[i]).length).toBeGreaterThan(290)
    expect(await trained(2)).toEqual(said)
  })

  test('learns to read digits, better each epoch', async () => {
    const { train, test } = strokes({ seed: 1, train: 2000, test: 200 })
    const reader = Classifier.create({ seed: 1, inputs: 784, hidden: [64], classes: 10 })
    const examples = { pixels: train.images.pixels, labels: train.labels }
    const losses: number[] = []
    for await (const { epoch, loss } of reader.train(examples, { epochs: 4 })) {
      expect(epoch).toBe(losses.length)
      losses.push(loss)
    }
    expect(losses).toEqual([...losses].sort((a, b) => b - a))
    const read = reader.classify(test.images.matrix())
    expect(read.filter((label, i) => label === test.labels[i]).length).toBeGreaterThan(160)
  })

  test('refuses what does not fit, with a code', async () => {
    const classifier = Classifier.create({ seed: 1, inputs: 36, hidden: [4], classes: 3 })
    const first = (pixels: number, labels: number[]) =>
      classifier
        .train({ pixels: new Uint8Array(pixels), labels: Uint8Array.from(labels) })
        .next()
        .catch(error => error.code)
    expect(await first(36, [])).toBe('LACUNA_E_SHAPE')
    expect(await first(35, [0])).toBe('LACUNA_E_SHAPE')
    expect(await first(36, [3])).toBe('LACUNA_E_SHAPE')
    const create = (options: object) => () =>
      Classifier.create({ seed: 1, inputs: 36, hidden: [4], classes: 2, ...options })
    for (const options of [{ seed: -1 }, { hidden: [] }, { hidden: [0] }, { classes: 1 }])
      expect(create(options)).toThrow(/LACUNA_E_OPTION/)
  })

  test('stops when the signal fires', async () => {
    const { images, labels } = halves(600, 1)
    const classifier = Classifier.create({ seed: 1, inputs: 36, hidden: [20], classes: 2 })
    const controller = new AbortController()
    const training = classifier.train(
      { pixels: images.pixels, labels },
      { epochs: 100_000, signal: controller.signal },
    )
    await training.next()
    controller.abort()
    await expect(
      (async () => {
        for await (const _ of training);
      })(),
    ).rejects.toThrow(/LACUNA_E_ABORTED/)
  })
})
