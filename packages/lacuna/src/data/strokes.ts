import { exp } from '../compute/elementary.js'
import { requireKnown } from '../compute/known-options.js'
import { Random, Stream } from '../compute/random.js'
import { LacunaError } from '../errors.js'
import { writeDigit } from './handwriting.js'
import { Images, type LabelledImages } from './images.js'
import { drawLine, EDGE, pressPen } from './pen.js'
import type { Point } from './spline.js'

/** Side of an image, and of the box that a digit fills before it is centred; in pixels. */
const SIZE = 28
const BOX = 20

/** The row and column, counted from 0, of the pixel at which MNIST's centres of mass lie. */
const CENTRE = 14

const LARGEST_COUNT = 100_000

/**
 * Synthetic handwriting: digits drawn as strokes of a pen, in the form of MNIST. Each is scaled so
 * that its longer side fills a 20×20 box and placed in 28×28 pixels so that its centre of mass lies
 * at pixel (14, 14), rounded to whole pixels; 0 is paper and 255 ink. Labels run 0, 1, … 9, 0, 1, …
 *
 * Image i depends on the seed, on its part and on i, and on nothing else: the first hundred of
 * 12,000 are the hundred that a request for a hundred gives, with the same bits on every machine.
 *
 * @param options.seed a whole number from 0 to 2⁵³ − 1: whose handwriting it is
 * @param options.train how many digits to train on, 0 to 100,000; 12,000 if left out
 * @param options.test how many other digits to test on, 0 to 100,000; 2,000 if left out
 * @throws LACUNA_E_OPTION if one of them is out of range
 *
 * @example
 * ```ts
 * const { train, test } = strokes({ seed: 1 })
 * train.images.matrix(0, 100) // a minibatch, 100×784
 * test.labels[7] // 7
 * ```
 */
export function strokes(options: { seed: number; train?: number; test?: number }): {
  train: LabelledImages
  test: LabelledImages
} {
  requireKnown('strokes', options, ['seed', 'train', 'test'])
  const { seed, train = 12_000, test = 2_000 } = options
  requireCount('train', train)
  requireCount('test', test)
  return {
    train: writePart(train, i => new Random(seed, Stream.strokes, 2 * i)),
    test: writePart(test, i => new Random(seed, Stream.strokes, 2 * i + 1)),
  }
}

function writePart(count: number, randomOf: (i: number) => Random): LabelledImages {
  const images = new Images(count, SIZE, SIZE, new Uint8Array(count * SIZE * SIZE))
  const labels = Uint8Array.from({ length: count }, (_, i) => i % 10)
  for (let i = 0; i < count; i++) {
    const random = randomOf(i)
    const picture = inkLines(writeDigit(labels[i]!, random), random)
    copyCentred(picture, images.slice(i, i + 1).pixels)
  }
  return { images, labels }
}

/** Draws lines of any unit so that, ink included, their longer side fills the box; gray 0 to 1. */
function inkLines(lines: Point[][], random: Random): Float64Array {
  const points = lines.flat()
  const xs = points.map(point => point.x)
  const ys = points.map(point => point.y)
  const left = Math.min(...xs)
  const right = Math.max(...xs)
  const top = Math.min(...ys)
  const bottom = Math.max(...ys)
  const side = Math.max(right - left, bottom - top)
  // The longer the way, the finer the pen, or loops would fill with ink: radius ∝ (length/side)^−¼.
  // Its scale and spread give MNIST's mean ink and nearly its spread.
  const length = lines.reduce((sum, line) => sum + lengthOf(line), 0)
  const radius = 1.29 * exp(0.26 * random.normal()) * Math.sqrt(Math.sqrt((2.5 * side) / length))
  const scale = (BOX - 2 * radius - EDGE / 2) / side
  const place = ({ x, y }: Point): Point => ({
    x: SIZE / 2 + (x - (left + right) / 2) * scale,
    y: SIZE / 2 + (y - (top + bottom) / 2) * scale,
  })
  const picture = new Float64Array(SIZE * SIZE)
  for (const line of lines) drawLine(picture, SIZE, pressPen(line.map(place), radius, random))
  return picture
}

function lengthOf(line: readonly Point[]): number {
  let length = 0
  for (let i = 1; i < line.length; i++) {
    const dx = line[i]!.x - line[i - 1]!.x
    const dy = line[i]!.y - line[i - 1]!.y
    length += Math.sqrt(dx * dx + dy * dy)
  }
  return length
}

/** Copies a picture, moved by whole pixels so that its centre of mass is at `CENTRE`, as bytes. */
function copyCentred(picture: Float64Array, pixels: Uint8Array): void {
  let [mass, massRow, massColumn] = [0, 0, 0]
  for (let row = 0; row < SIZE; row++)
    for (let column = 0; column < SIZE; column++) {
      const gray = picture[row * SIZE + column]!
      mass += gray
      massRow += gray * row
      massColumn += gray * column
    }
  const down = Math.round(hold(CENTRE - massRow / mass))
  const across = Math.round(hold(CENTRE - massColumn / mass))
  for (let row = Math.max(0, down); row < Math.min(SIZE, SIZE + down); row++)
    for (let column = Math.max(0, across); column < Math.min(SIZE, SIZE + across); column++)
      pixels[row * SIZE + column] = Math.round(
        255 * picture[(row - down) * SIZE + column - across]!,
      )
}

/** The move, held within the box's margin so that no ink is pushed over the image's edge. */
function hold(move: number): number {
  const margin = (SIZE - BOX) / 2
  return Math.min(margin, Math.max(-margin, move))
}

function requireCount(name: string, count: number): void {
  if (!Number.isInteger(count) || count < 0 || count > LARGEST_COUNT)
    throw new LacunaError(
      'LACUNA_E_OPTION',
      `${name} must be a whole number from 0 to ${LARGEST_COUNT}, not ${count}`,
      'Say how many images to write.',
    )
}
