import fc from 'fast-check'
import {
  AnyMaskInpainter,
  ClassificationRbm,
  ConditionalGaussian,
  ConditionalRbm,
  chooseLoss,
  EnergyInpainter,
  GaussianMixture,
  Images,
  Matrix,
  MixtureDensityNetwork,
  Random,
  removePatch,
  strokes,
  vis10,
  WindowInpainter,
} from 'lacuna'
import { Yardstick } from 'lacuna/completion'
import { annealedImportanceSampling, calibration, collapseReport } from 'lacuna/verification'
import { describe, expect, test } from 'vitest'
import { editDistance, requireKnown } from '../dist/compute/known-options.js'

const images = new Images(10, 28, 28, new Uint8Array(10 * 784))
const x = images.matrix(0, 2)
const random = new Random(1)
const doubles = (rows: number, cols: number) =>
  new Matrix(rows, cols, new Float64Array(rows * cols))
const inpainter = EnergyInpainter.create({ seed: 1 })
const network = MixtureDensityNetwork.create({ seed: 1, inputs: 1 })
const rbm = ConditionalRbm.create({ seed: 1, outputs: 3, hidden: 2 })
const classifier = ClassificationRbm.create({ seed: 1, inputs: 784, classes: 2 })
const mixture = GaussianMixture.fromLogits(
  doubles(1, 1),
  doubles(1, 1),
  new Matrix(1, 1, Float64Array.of(1)),
)
const one = new Matrix(2, 1, new Float32Array(2))
const labelled = { images, labels: new Uint8Array(10) }

/** Everything public that takes options, called with those alone. */
const takers: Record<string, (options: never) => unknown> = {
  'EnergyInpainter.create': options => EnergyInpainter.create(options),
  'EnergyInpainter.step': options => inpainter.step(x, [], options),
  'EnergyInpainter.train': options => inpainter.train(images, options).next(),
  'WindowInpainter.create': options => WindowInpainter.create(options),
  'WindowInpainter.train': options =>
    WindowInpainter.create({ seed: 1 }).train(images, options).next(),
  'AnyMaskInpainter.create': options => AnyMaskInpainter.create(options),
  'AnyMaskInpainter.train': options =>
    AnyMaskInpainter.create({ seed: 1 }).train(images, options).next(),
  'ConditionalGaussian.fit': options => ConditionalGaussian.fit(images, options),
  'MixtureDensityNetwork.create': options => MixtureDensityNetwork.create(options),
  'MixtureDensityNetwork.train': options => network.train(one, one, options).next(),
  'GaussianMixture.sample': options => mixture.sample(random, options),
  'ConditionalRbm.create': options => ConditionalRbm.create(options),
  'ConditionalRbm.train': options => rbm.train(doubles(2, 0), doubles(2, 3), options).next(),
  'ConditionalRbm.predict': options => rbm.predict(doubles(1, 0), options),
  'ConditionalRbm.completions': options => rbm.completions(doubles(1, 0), 1, options),
  'ConditionalRbm.sample': options => rbm.sample(doubles(1, 0), random, options),
  'ConditionalRbm.meanField': options => rbm.meanField(doubles(1, 0), options),
  'ClassificationRbm.create': options => ClassificationRbm.create(options),
  'ClassificationRbm.train': options => classifier.train(x, [0, 1], options).next(),
  annealedImportanceSampling: options => annealedImportanceSampling(rbm, random, options),
  calibration: options => calibration(mixture, doubles(1, 1), options),
  collapseReport: options => collapseReport(network, one, one, options),
  chooseLoss,
  removePatch: options => removePatch(x, random, options),
  strokes,
  vis10: options => vis10(x, options),
  'Yardstick.prepare': options => Yardstick.prepare(labelled, labelled, options).next(),
}

test.each(Object.entries(takers))('%s refuses an option that it does not know', async (_, take) => {
  const options = { sede: 1 } as never
  await expect((async () => take(options))()).rejects.toThrow(
    /^LACUNA_E_OPTION: .* has no option 'sede'/,
  )
  await expect((async () => take(null as never))()).rejects.toThrow(/^LACUNA_E_OPTION: .* null/)
})

test('the sizes of training’s patches are looked at too', async () => {
  const patch = { heigth: 6 } as never
  await expect(inpainter.train(images, { epochs: 1, patch }).next()).rejects.toThrow(/'heigth'/)
})

describe('the error', () => {
  test('names what comes nearest', () => {
    const options = { learningRat: 1 }
    const known = ['batch', 'epochs', 'learningRate', 'threads'] as never[]
    expect(() => requireKnown('train', options, known)).toThrow(
      expect.objectContaining({
        message: "LACUNA_E_OPTION: train has no option 'learningRat'",
        hint: expect.stringMatching(/^Nearest are: learningRate, /),
      }),
    )
  })

  test('known options pass, whatever their values', () => {
    expect(() => requireKnown('train', { batch: undefined }, ['batch'])).not.toThrow()
  })
})

describe('the distance of two words', () => {
  const word = fc.string({ maxLength: 8, unit: fc.constantFrom('a', 'b', 'c') })

  test('is that of known examples', () => {
    expect(editDistance('kitten', 'sitting')).toBe(3)
    expect(editDistance('', 'abc')).toBe(3)
  })

  test('is a metric, and one letter more is one more at most', () => {
    fc.assert(
      fc.property(word, word, word, (a, b, c) => {
        expect(editDistance(a, b)).toBe(editDistance(b, a))
        expect(editDistance(a, b) === 0).toBe(a === b)
        expect(editDistance(a, c)).toBeLessThanOrEqual(editDistance(a, b) + editDistance(b, c))
        expect(editDistance(a, `${a}b`)).toBe(1)
      }),
    )
  })
})
