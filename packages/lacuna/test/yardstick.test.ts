import { describe, expect, test } from 'vitest'
import { ConstantImage } from '../dist/completion/constant-image.js'
import { differentAnswers } from '../dist/completion/different-answers.js'
import { realism } from '../dist/completion/realism.js'
import { drawTrial } from '../dist/completion/trial.js'
import { Yardstick } from '../dist/completion/yardstick.js'
import { Matrix } from '../dist/compute/matrix.js'
import { Random } from '../dist/compute/random.js'
import { Images } from '../dist/data/images.js'
import { strokes } from '../dist/data/strokes.js'
import { holeErrors } from '../dist/inpainting/hole-errors.js'

async function last<Result>(work: AsyncGenerator<unknown, Result>): Promise<Result> {
  let next = await work.next()
  while (!next.done) next = await work.next()
  return next.value
}

const digits = strokes({ seed: 1, train: 1200, test: 100 })

describe('realism', () => {
  const part = (from: number, to: number, step: number) =>
    drawTrial(digits.train.images.slice(from, to), 'patch', new Random(1, 0, step))
  const [learnt, asked] = [part(0, 600, 0), part(600, 1200, 1)]
  const told = (fill: (trial: typeof learnt) => Matrix, masks: 'patch' | 'half' = 'patch') =>
    last(
      realism(
        { trial: learnt, completed: fill(learnt) },
        { trial: asked, completed: fill(asked) },
        { masks, seed: 1 },
      ),
    )

  test('the truth cannot be told from itself, and gray always can', async () => {
    expect(await told(({ truth }) => truth)).toBe(0.5)
    expect(await told(({ incomplete }) => incomplete)).toBeGreaterThan(0.95)
  })

  test('fractions of a level do not give completions away', async () => {
    const nearly = ({ truth }: typeof learnt) =>
      new Matrix(
        truth.rows,
        truth.cols,
        truth.data.map(v => v * 0.999),
      )
    expect(await told(nearly)).toBe(0.5)
  })

  test('of a patch the critic sees 14×14 pixels, of other holes the whole image', async () => {
    const cornered = ({ truth }: typeof learnt) => {
      const changed = new Matrix(truth.rows, truth.cols, truth.data.slice())
      for (let i = 0; i < changed.rows; i++) for (const j of [0, 1, 28, 29]) changed.row(i)[j] = 1 // no view reaches the corner
      return changed
    }
    expect(await told(cornered)).toBe(0.5)
    expect(await told(cornered, 'half')).toBeGreaterThan(0.95)
  })
})

test('in images of other shapes the critic sees the patch with its margin, and nothing else', async () => {
  const shape = { height: 20, width: 12 }
  const random = new Random(5)
  const blank = (n: number, step: number) => {
    const bytes = Uint8Array.from({ length: n * 240 }, () => random.integer(0, 256))
    return drawTrial(new Images(n, 20, 12, bytes), 'patch', new Random(1, 0, step))
  }
  const trials = [blank(120, 0), blank(120, 1)] as const
  /** White where `pick` says, by how far a pixel is from the patch. */
  const changed = (pick: (distance: number) => boolean) =>
    trials.map(({ truth, mask }) => {
      const x = new Matrix(truth.rows, truth.cols, truth.data.slice())
      for (let i = 0; i < x.rows; i++) {
        const [first, last] = [mask.row(i).indexOf(1), mask.row(i).lastIndexOf(1)]
        for (let j = 0; j < x.cols; j++) {
          const beyond = (at: (k: number) => number) =>
            Math.max(at(first) - at(j), at(j) - at(last), 0)
          const distance = Math.max(
            beyond(k => Math.floor(k / shape.width)),
            beyond(k => k % shape.width),
          )
          if (pick(distance)) x.row(i)[j] = 1
        }
      }
      return x
    }) as [Matrix, Matrix]
  const told = ([learnt, asked]: [Matrix, Matrix]) =>
    last(
      realism(
        { trial: trials[0], completed: learnt },
        { trial: trials[1], completed: asked },
        { masks: 'patch', seed: 1 },
      ),
    )
  expect(await told(changed(distance => distance > 4))).toBe(0.5)
  expect(await told(changed(distance => distance === 4))).toBeGreaterThan(0.95)
})

describe('the yardstick', () => {
  const options = { masks: 'patch', seed: 3, n: 50 } as const

  test('never lets the last sixth of the training images be learnt from', async () => {
    const yardstick = await last(Yardstick.prepare(digits.train, digits.test, options))
    const { images, trial } = yardstick.lesson()
    expect(images.count).toBe(1000)
    expect(images.pixels).toEqual(digits.train.images.slice(0, 1000).pixels)
    expect(yardstick.learnt.truth.data).toEqual(digits.train.images.matrix(1000, 1050).data)
    expect(trial.truth.data).toEqual(yardstick.learnt.truth.data)
    expect(yardstick.asked.truth.data).toEqual(digits.test.images.matrix(0, 50).data)

    const mean = ConstantImage.mean(images)
    const complete = (of: typeof yardstick.asked) => mean.complete(of.incomplete, of.mask)
    const [asked, learnt] = [complete(yardstick.asked), complete(yardstick.learnt)]
    const measured = await last(yardstick.measure(asked, learnt))
    const { truth, mask } = yardstick.asked
    expect(measured).toMatchObject(holeErrors(truth, asked, mask))
    expect(yardstick.limits.clean).toBeGreaterThan(yardstick.limits.incomplete)
    expect(yardstick.limits.clean).toBeGreaterThan(0.6)
    const perfect = await last(yardstick.measure(truth, yardstick.learnt.truth))
    expect(perfect).toMatchObject({ mse: 0, recognition: yardstick.limits.clean, realism: 0.5 })
    const few = yardstick.learnt.truth.slice(0, 49)
    await expect(last(yardstick.measure(truth, few))).rejects.toThrow(/LACUNA_E_SHAPE.*49×784/)
  })

  test('refuses more images than there are', async () => {
    const prepare = (more: object, train = digits.train) =>
      last(Yardstick.prepare(train, digits.test, { ...options, ...more }))
    await expect(prepare({ n: 101 })).rejects.toThrow(/LACUNA_E_OPTION/)
    const few = { images: digits.train.images.slice(0, 5), labels: digits.train.labels.slice(0, 5) }
    await expect(prepare({}, few)).rejects.toThrow(/LACUNA_E_SHAPE/)
  })
})

test('a constant image, by hand', () => {
  const two = new Images(2, 1, 3, Uint8Array.of(0, 255, 100, 255, 255, 0))
  const [z, mask] = [Float32Array.of(0.25, 9, 9), Float32Array.of(0, 1, 1)].map(
    data => new Matrix(1, 3, data),
  ) as [Matrix, Matrix]
  const { data } = ConstantImage.mean(two).complete(z, mask)
  expect([...data]).toEqual([0.25, 1, Math.fround(50 / 127.5 - 1)])
  expect([...ConstantImage.gray(3).complete(z, mask).data]).toEqual([0.25, 0, 0])
})

test('images go to the nearest level, and come back', () => {
  const all = new Images(
    1,
    16,
    16,
    Uint8Array.from({ length: 256 }, (_, p) => p),
  )
  expect(Images.fromMatrix(all.matrix(), all).pixels).toEqual(all.pixels)
  const x = new Matrix(1, 4, Float32Array.of(-2, 3, 0.001, -0.99))
  expect([...Images.fromMatrix(x, { height: 2, width: 2 }).pixels]).toEqual([0, 255, 128, 1])
  expect(() => Images.fromMatrix(x, { height: 3, width: 2 })).toThrow(/LACUNA_E_SHAPE/)
  x.data[2] = Number.NaN
  expect(() => Images.fromMatrix(x, { height: 2, width: 2 })).toThrow(/NOT_FINITE.*column 2/)
})

test('answers that hardly differ in the hole count once', () => {
  const rows = [
    [0, 0, 0.5],
    [0, 0.4, 0.5], // mean square 0.08
    [0, 0.5, 0.5], // 0.125
    [0, 0.5, -9], // differs where nothing is missing
    [1, 1, 0],
  ]
  const completed = new Matrix(5, 3, Float32Array.from(rows.flat()))
  const hole = Float32Array.of(1, 1, 0)
  expect(differentAnswers(completed, hole, 9)).toEqual([0, 2, 4])
  expect(differentAnswers(completed, hole, 2)).toEqual([0, 2])
})
