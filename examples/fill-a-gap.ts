/**
 * Several answers to one question: a plain Boltzmann machine learns digits as bits; then the pixels
 * round a 6×6 gap are held fast and those in it are drawn, again and again.
 *
 *     node examples/dist/fill-a-gap.js [picture, runs/fill-a-gap.png] [epochs, 30]
 *
 * LACUNA_DATA names a folder with MNIST's IDX files, plain or gzipped. Without it the digits are
 * strokes, synthetic handwriting. It takes about a minute.
 */
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import {
  ConditionalRbm,
  type Images,
  Matrix,
  Random,
  readImages,
  strokes,
  writeGrayPng,
} from 'lacuna'

const [picture = 'runs/fill-a-gap.png', epochs = '30'] = process.argv.slice(2)
const [digits, answers] = [8, 5]

async function images(set: 'train' | 't10k'): Promise<Images> {
  const folder = process.env.LACUNA_DATA
  if (!folder) return strokes({ seed: 1 })[set === 'train' ? 'train' : 'test'].images
  const path = join(folder, `${set}-images-idx3-ubyte`)
  return readImages(readFileSync(existsSync(path) ? path : `${path}.gz`))
}

/** Images as bits, 1 where a pixel is 128 or more; one a row. */
const bits = ({ count, pixels }: Images) =>
  new Matrix(
    count,
    784,
    Float64Array.from(pixels, pixel => (pixel >= 128 ? 1 : 0)),
  )
const none = (rows: number) => new Matrix(rows, 0, new Float64Array(0))

// 1. Learn p(y), y all 784 pixels, by persistent contrastive divergence.
const train = bits((await images('train')).slice(0, 20_000))
const rbm = ConditionalRbm.create({ seed: 1, outputs: 784, hidden: 200 })
for await (const { epoch, pseudoLogLikelihood } of rbm.train(none(train.rows), train, {
  epochs: Number(epochs),
}))
  if (epoch % 10 === 9)
    console.log(`epoch ${epoch}: pseudo-log-likelihood ${pseudoLogLikelihood.toFixed(1)}`)

// 2. Ask: what is known is given, what is not is NaN.
const whole = bits((await images('t10k')).slice(0, digits))
const isInGap = (pixel: number) =>
  pixel % 28 >= 11 && pixel % 28 < 17 && pixel >= 11 * 28 && pixel < 17 * 28
const given = new Matrix(
  digits,
  784,
  whole.data.map((bit, at) => (isInGap(at % 784) ? Number.NaN : bit)),
)
const random = new Random(2)
const draws = Array.from({ length: answers }, () =>
  rbm.sample(none(digits), random, { given, sweeps: 500 }),
)

// 3. Compare: e^(−F) says how much likelier one completion is than another.
for (let i = 0; i < digits; i++) {
  const energies = draws.map(y => rbm.freeEnergy(none(1), y.slice(i, i + 1))[0]!)
  const least = Math.min(...energies)
  const relative = energies.map(energy => Math.exp(least - energy).toPrecision(2))
  console.log(`digit ${i}: relative probabilities of the ${answers} answers ${relative.join(', ')}`)
}

// 4. Show, three times as large: a row for each digit: the gap, the answers, the truth.
const columns = [given, ...draws, whole]
const [side, scale] = [30, 3]
const [width, height] = [scale * side * columns.length, scale * side * digits]
const gray = Uint8Array.from({ length: width * height }, (_, at) => {
  const [x, y] = [Math.floor((at % width) / scale), Math.floor(at / width / scale)]
  const [column, row] = [(x % side) - 1, (y % side) - 1]
  if (column < 0 || column >= 28 || row < 0 || row >= 28) return 40
  const bit = columns[Math.floor(x / side)]!.row(Math.floor(y / side))[28 * row + column]!
  return Number.isNaN(bit) ? 128 : 255 * bit
})
mkdirSync(dirname(picture), { recursive: true })
writeFileSync(picture, await writeGrayPng(gray, width, height))
console.log(`gap, ${answers} answers, truth: ${picture}`)
