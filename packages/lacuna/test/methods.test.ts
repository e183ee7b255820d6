import { describe, expect, test } from 'vitest'
import { givesSeveral } from '../dist/completion/completer.js'
import type { Method, Trained } from '../dist/completion/method.js'
import {
  hasLearntFrom,
  imageOfCheckpoint,
  methodNamed,
  methodOfCheckpoint,
  methods,
} from '../dist/completion/methods.js'
import { drawTrial, trialWith } from '../dist/completion/trial.js'
import { Matrix } from '../dist/compute/matrix.js'
import { Random } from '../dist/compute/random.js'
import { Images } from '../dist/data/images.js'
import { strokes } from '../dist/data/strokes.js'
import { writeSafetensors } from '../dist/formats/safetensors.js'
import { AnyMaskInpainter } from '../dist/inpainting/any-mask-inpainter.js'
import { WindowInpainter } from '../dist/inpainting/window-inpainter.js'
import { MixtureDensityNetwork } from '../dist/mixture/mixture-density-network.js'

const digits = strokes({ seed: 1, train: 120, test: 12 })
const lesson = {
  images: digits.train.images,
  trial: drawTrial(digits.test.images, 'patch', new Random(1)),
  seed: 1,
}

const results = new Map<Method, Promise<Trained>>()

/** What comes of a method's training, which is done once. */
function trained(method: Method): Promise<Trained> {
  const result = results.get(method) ?? train(method)
  results.set(method, result)
  return result
}

async function train(method: Method): Promise<Trained> {
  const training = method.train(lesson)
  let next = await training.next()
  while (!next.done) {
    expect(next.value.done).toBeLessThanOrEqual(next.value.of)
    next = await training.next()
  }
  return next.value
}

test('methods have names of their own, from plain to strong', () => {
  expect(methods.map(({ name }) => name)).toEqual([
    ...['gray', 'mean', 'nearest', 'nearest-mean', 'pca-10', 'pca-60', 'pca-360'],
    ...['conditional-pca', 'rbm', 'mixture', 'sheet', 'supervised', 'window', 'heads', 'any'],
  ])
  expect(methodNamed('pca-60').title).toBe('PCA, d = 60')
  expect(methodNamed('pca-37')).toMatchObject({ name: 'pca-37', title: 'PCA, d = 37' })
  for (const name of ['pca-', 'pca-0', 'pca-07', 'pca-1.5'])
    expect(() => methodNamed(name)).toThrow(/LACUNA_E_OPTION: there is no method/)
  expect(() => methodNamed('pca')).toThrow(/LACUNA_E_OPTION: there is no method 'pca'/)
})

// Those whose whole training on few images is short.
const short = methods.filter(
  ({ name, effort }) => effort === 'seconds' || ['rbm', 'mixture', 'sheet'].includes(name),
)

describe.each(short)('$name', method => {
  test('fills holes, keeps what is observed, and says what its answers are', async () => {
    const { completer } = await trained(method)
    const kinds =
      method.holes === 'any' ? (['patch', 'strokes', 'half'] as const) : ['patch' as const]
    for (const kind of kinds) {
      const { truth, incomplete, mask } = drawTrial(digits.test.images, kind, new Random(2))
      const completed = completer.complete(incomplete, mask)
      const disturbed = new Matrix(truth.rows, truth.cols, truth.data.slice())
      expect(completer.complete(disturbed, mask).data).toEqual(completed.data)
      const answers = givesSeveral(completer)
        ? completer.completions(incomplete.slice(0, 1), mask.slice(0, 1), 2, new Random(3))
        : []
      for (const [i, x] of [completed, ...answers.map(each => each.completed)].entries())
        for (const [at, v] of x.data.entries()) {
          const from = i === 0 ? at : (i - 1) * x.cols + (at % x.cols)
          if (!mask.data[from] && v !== incomplete.data[from]) expect.fail(`${kind}, pixel ${at}`)
          if (!Number.isFinite(v)) expect.fail(`${kind}, pixel ${at} is ${v}`)
        }
      for (const { completed, scores } of answers) {
        expect(completed.rows).toBe(scores.length)
        expect(scores.length).toBeGreaterThan(0)
        const best = method.score === 'energy' ? scores : scores.map(p => -p)
        expect([...best]).toEqual([...best].sort((a, b) => a - b))
      }
    }
    expect(completer.score).toBe(method.score)
    expect(completer.energy !== undefined).toBe(method.energy === true)
  })
})

test.each(short)('$name refuses what is no question', async method => {
  const { completer } = await trained(method)
  const { incomplete, mask } = lesson.trial
  const { rows, cols } = incomplete
  const changed = (x: Matrix, value: number) => {
    const data = x.data.slice()
    data[1] = value
    return new Matrix(rows, cols, data)
  }
  const unfit: [Matrix, Matrix, RegExp][] = [
    [new Matrix(rows, cols + 1), mask, /LACUNA_E_SHAPE: z must be 12×784 but is 12×785/],
    [new Matrix(rows, 0), mask, /LACUNA_E_SHAPE: z must be 12×784 but is 12×0/],
    [new Matrix(rows - 1, cols), mask, /LACUNA_E_SHAPE: mask must be 11×784 but is 12×784/],
    [incomplete, new Matrix(rows, cols - 1), /LACUNA_E_SHAPE: mask must be 12×784/],
    [changed(incomplete, Number.NaN), mask, /LACUNA_E_NOT_FINITE: z holds NaN at row 0, column 1/],
    [incomplete, changed(mask, 0.5), /LACUNA_E_OPTION: the mask holds 0.5 at row 0, column 1/],
  ]
  for (const [z, hole, message] of unfit) {
    expect(() => completer.complete(z, hole)).toThrow(message)
    if (!givesSeveral(completer)) continue
    expect(() => completer.completions(z, hole, 1, new Random(1))).toThrow(message)
  }
})

describe.each(short.filter(({ checkpoint }) => checkpoint))('$name', method => {
  test('comes back from its checkpoint, which says whose it is', async () => {
    const { completer } = await trained(method)
    const bytes = completer.save!()
    expect(methodOfCheckpoint(bytes)).toBe(method)
    expect(imageOfCheckpoint(bytes)).toEqual({ height: 28, width: 28 })
    expect(hasLearntFrom(method, bytes, lesson.images)).toBe(true)
    expect(hasLearntFrom(method, bytes, digits.test.images)).toBe(false)
    const { incomplete, mask } = lesson.trial
    const loaded = method.checkpoint!.load(bytes)
    expect(loaded.complete(incomplete, mask).data).toEqual(
      completer.complete(incomplete, mask).data,
    )
  })
})

test.each(['supervised', 'window', 'heads', 'any'])(
  '%s begins its training, and is known by its checkpoint',
  async name => {
    const method = methodNamed(name)
    const training = method.train(lesson)
    const { value, done } = await training.next()
    await training.return(undefined as never)
    expect(done).toBe(false)
    expect(value).toMatchObject({ done: expect.any(Number), of: expect.any(Number) })
    const fresh =
      name === 'any'
        ? AnyMaskInpainter.create({ seed: 1 })
        : WindowInpainter.create({ seed: 1, recipe: name as 'window' })
    const bytes = fresh.save()
    expect(methodOfCheckpoint(bytes)).toBe(method)
    expect(imageOfCheckpoint(bytes)).toEqual({ height: 28, width: 28 })
    expect(hasLearntFrom(method, bytes, lesson.images)).toBe(false)
    const loaded = method.checkpoint!.load(bytes)
    expect(loaded.score).toBe(method.score)
  },
)

test('images of fewer pixels than components are projected on all of them', async () => {
  const images = new Images(30, 4, 5, digits.train.images.pixels.slice(300, 900))
  const trial = drawTrial(images, 'half', new Random(1))
  const training = methodNamed('pca-360').train({ images, trial, seed: 1 })
  await training.next()
  const { value } = await training.next()
  const { completer } = value as Trained
  // The incomplete image itself comes back.
  const { data } = completer.complete(trial.incomplete, trial.mask)
  for (const [at, v] of data.entries()) expect(v).toBeCloseTo(trial.incomplete.data[at]!, 4)
})

test('a trial asks for a mask of zeros and ones', () => {
  const { images } = digits.test
  const mask = new Matrix(12, 784)
  mask.data[3] = 0.5
  expect(() => trialWith(images, mask)).toThrow(/LACUNA_E_OPTION: the mask holds 0.5/)
  expect(() => trialWith(images, new Matrix(11, 784))).toThrow(/LACUNA_E_SHAPE/)
})

test('a checkpoint by which no hole can be filled is refused', () => {
  const network = MixtureDensityNetwork.create({ seed: 1, inputs: 1 })
  expect(() => methodOfCheckpoint(network.save())).toThrow(/LACUNA_E_CHECKPOINT/)
  expect(() => methodOfCheckpoint(new Uint8Array(3))).toThrow(/LACUNA_E_SAFETENSORS/)
  for (const configuration of [
    '{"image":{"height":"4","width":-2}}',
    '{"pixels":0}',
    '{"image":null}',
  ])
    expect(() => imageOfCheckpoint(writeSafetensors(new Map(), { configuration }))).toThrow(
      /LACUNA_E_CHECKPOINT/,
    )
})
