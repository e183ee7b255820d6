import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { NearestNeighbours, nearestMean } from '../dist/completion/nearest-neighbours.js'
import { NearestSearch } from '../dist/completion/nearest-search.js'
import { drawTrial } from '../dist/completion/trial.js'
import { Matrix } from '../dist/compute/matrix.js'
import { Random } from '../dist/compute/random.js'
import { Images } from '../dist/data/images.js'
import { strokes } from '../dist/data/strokes.js'

const pixel = (level: number) => Math.fround(level / 127.5 - 1)
const row = (...levels: number[]) => new Matrix(1, levels.length, Float32Array.from(levels, pixel))
const mask = (...bits: number[]) => new Matrix(1, bits.length, Float32Array.from(bits))

/** Four images of four pixels. */
const four = new Images(
  4,
  2,
  2,
  Uint8Array.from([
    ...[0, 0, 0, 255],
    ...[255, 255, 0, 0],
    ...[255, 250, 0, 100],
    ...[100, 100, 100, 100],
  ]),
)

describe('by hand, on four images of four pixels', () => {
  // Observed 250, 251, 0: squared distances 125501, 41, 26 and 55301.
  const [z, hole] = [row(250, 251, 0, 7), mask(0, 0, 0, 1)]

  test('one neighbour: the pixel that the nearest image has', () => {
    const completed = NearestNeighbours.of(four, 1).complete(z, hole)
    expect([...completed.data]).toEqual([...z.data.slice(0, 3), pixel(100)])
  })

  test('two and three: the mean of theirs', () => {
    const neighbours = NearestNeighbours.of(four, 2)
    expect(neighbours.complete(z, hole).data[3]).toBe(pixel(50))
    expect(neighbours.withCount(3).complete(z, hole).data[3]).toBeCloseTo(pixel(200 / 3), 6)
    const [one, all] = neighbours.completeByEach(z, hole, [1, 4])
    expect(one!.data[3]).toBe(pixel(100))
    expect(all!.data[3]).toBe(pixel((255 + 0 + 100 + 100) / 4))
    for (const counts of [[0], [1, 5], [1.5], [3, 2]])
      expect(() => neighbours.completeByEach(z, hole, counts)).toThrow(/LACUNA_E_OPTION/)
  })

  test('answers differ, and their energy is the mean squared difference of what is observed', () => {
    const [answers] = NearestNeighbours.of(four, 1).completions(z, hole, 10)
    // The fourth image has in the hole what the first answer has.
    expect([...answers!.completed.data].filter((_, at) => at % 4 === 3)).toEqual(
      [100, 0, 255].map(pixel),
    )
    for (const [k, squares] of [26, 41, 125501].entries())
      expect(answers!.scores[k]).toBeCloseTo(squares / 3 / 127.5 ** 2, 5)
    const [two] = NearestNeighbours.of(four, 1).completions(z, hole, 2)
    expect([...two!.scores]).toEqual([...answers!.scores.slice(0, 2)])
  })

  test('an image of which nothing is known is filled from the first ones', () => {
    const [answers] = NearestNeighbours.of(four, 1).completions(z, mask(1, 1, 1, 1), 1)
    expect([...answers!.completed.data]).toEqual([0, 0, 0, 255].map(pixel))
    expect([...answers!.scores]).toEqual([0])
  })
})

test('finds the nearest, whatever the images, masks and numbers of them', () => {
  const sizes = fc.record({
    count: fc.integer({ min: 1, max: 600 }), // more than fit one block
    rows: fc.integer({ min: 1, max: 20 }),
    seed: fc.integer({ min: 0, max: 1000 }),
  })
  fc.assert(
    fc.property(sizes, ({ count, rows, seed }) => {
      const random = new Random(seed)
      const bytes = (n: number) =>
        Uint8Array.from({ length: n }, () => Math.max(0, random.integer(-200, 256)))
      const images = new Images(count, 3, 4, bytes(count * 12))
      const z = new Images(rows, 3, 4, bytes(rows * 12)).matrix()
      const hole = new Matrix(rows, 12)
      for (let at = 0; at < hole.data.length; at++) hole.data[at] = random.integer(0, 2)
      const k = Math.min(count, 3)
      const found = new NearestSearch(images).nearest(z, hole, k)
      const x = images.matrix()
      for (let i = 0; i < rows; i++) {
        const distance = (at: number) =>
          x.row(at).reduce((sum, v, j) => {
            const d = hole.row(i)[j] ? 0 : 127.5 * (v - z.row(i)[j]!)
            return sum + d * d
          }, 0)
        const sorted = Array.from(x.data.subarray(0, count), (_, at) => distance(at)).sort(
          (a, b) => a - b,
        )
        for (const [rank, at] of found[i]!.entries())
          expect(Math.abs(distance(at) - sorted[rank]!)).toBeLessThan(0.5) // of up to 780,000
        expect(new Set(found[i]).size).toBe(k)
      }
    }),
    { numRuns: 30 },
  )
})

test('an image of the training set completes itself', () => {
  const { images } = strokes({ seed: 1, train: 300, test: 0 }).train
  const trial = drawTrial(images, 'patch', new Random(1))
  const completed = NearestNeighbours.of(images, 1).complete(trial.incomplete, trial.mask)
  expect(completed.data).toEqual(trial.truth.data)
})

test('the k that is chosen is the best of the trial', async () => {
  const { train, test } = strokes({ seed: 1, train: 500, test: 60 })
  const trial = drawTrial(test.images, 'patch', new Random(1))
  const training = nearestMean.train({ images: train.images, trial, seed: 1 })
  let next = await training.next()
  while (!next.done) next = await training.next()
  const { completer, chosen } = next.value
  const mse = (completed: Matrix) =>
    completed.data.reduce((sum, v, at) => sum + (v - trial.truth.data[at]!) ** 2, 0)
  const own = mse(completer.complete(trial.incomplete, trial.mask))
  const others = NearestNeighbours.of(train.images, 1).completeByEach(
    trial.incomplete,
    trial.mask,
    [1, 2, 3, 5, 7, 10, 15, 20, 30, 50],
  )
  expect(own).toBe(Math.min(...others.map(mse)))
  expect((completer as NearestNeighbours).count).toBe(chosen!.k)
})

test('refuses numbers of neighbours that there are not, and unfit images', () => {
  for (const k of [0, 5, 1.5])
    expect(() => NearestNeighbours.of(four, k)).toThrow(/LACUNA_E_OPTION/)
  const neighbours = NearestNeighbours.of(four, 1)
  const [z, hole] = [row(0, 0, 0, 0), mask(0, 0, 0, 1)]
  expect(() => neighbours.complete(z, mask(0, 1))).toThrow(/LACUNA_E_SHAPE/)
  expect(() => neighbours.complete(z, mask(0, 0, 0, 0.5))).toThrow(/LACUNA_E_OPTION/)
  expect(() => neighbours.completions(z, hole, 0)).toThrow(/LACUNA_E_OPTION/)
  z.data[0] = Number.NaN
  expect(() => neighbours.complete(z, hole)).toThrow(/LACUNA_E_NOT_FINITE/)
})
