// Boltzmann machines on problems whose answer is known. After npm run build, with LACUNA_DATA naming
// the folder of MNIST's files:
//
//   node bench/boltzmann.js rbm-16 [SEEDS]     16 hidden units on binarised MNIST, exact likelihood; 1 seed
//   node bench/boltzmann.js bias               how CD-k nears the exact gradient as k grows, and its picture
//
// Add --json for the figures alone.

import { existsSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import * as Plot from '@observablehq/plot'
import { contrastiveBias } from 'lacuna/verification'
import { figure, legend } from '../packages/cli/dist/report/figure.js'
import { blue, orange } from '../packages/cli/dist/report/theme.js'
import { ConditionalRbm, Matrix, Random, readImages } from '../packages/lacuna/dist/index.js'

/** MNIST's images as bits, 1 where a pixel is 128 or more; one digit a row. */
async function binarised(set) {
  const folder = process.env.LACUNA_DATA
  if (!folder) throw new Error('set LACUNA_DATA to the folder of MNIST’s files')
  const path = join(folder, `${set}-images-idx3-ubyte`)
  const { count, pixels } = await readImages(readFileSync(existsSync(path) ? path : `${path}.gz`))
  return new Matrix(
    count,
    784,
    Float32Array.from(pixels, pixel => (pixel >= 128 ? 1 : 0)),
  )
}

const none = rows => new Matrix(rows, 0)
const double = ({ rows, cols, data }) => new Matrix(rows, cols, Float64Array.from(data))
const mean = values => values.reduce((sum, value) => sum + value, 0) / values.length

/** Mean of log p over these digits, exactly; log Z is a sum over the 2^K hidden states. */
function logLikelihood(rbm, digits) {
  return mean(rbm.logProbability(double(none(digits.rows)), double(digits)))
}

// All 60,000 training digits, 50 epochs of PCD-1 with centring, as in the run published for PyDeep.
const protocol = { method: 'pcd', sweeps: 1, epochs: 50, centring: true, validation: 0 }
const settings = { batch: 100, learningRate: 0.1 }
const known = [
  [-149.05, 'PyDeep (Melchior), 50 epochs of PCD-1 without centring'],
  [-142.56, '… with centring'],
]

async function likelihood(seeds) {
  const [training, test] = [await binarised('train'), await binarised('t10k')]
  const results = []
  for (let seed = 1; seed <= Number(seeds ?? 1); seed++) {
    const rbm = ConditionalRbm.create({ seed, outputs: 784, hidden: 16 })
    const start = performance.now()
    const options = { ...protocol, ...settings }
    for await (const _ of rbm.train(none(training.rows), training, options));
    const seconds = (performance.now() - start) / 1000
    const [train, tested] = [training, test].map(digits => logLikelihood(rbm, digits))
    results.push({ seed, test: tested, training: train, logPartition: rbm.logPartition(), seconds })
  }
  return results
}

function printLikelihood(results) {
  console.log(
    'RBM with 16 hidden units on MNIST binarised at 0.5; mean log-likelihood in nats, exact',
  )
  for (const { seed, test, training, logPartition, seconds } of results)
    console.log(
      `seed ${seed}  test ${test.toFixed(2)}  training ${training.toFixed(2)}  log Z ${logPartition.toFixed(3)}  ${seconds.toFixed(1)} s`,
    )
  for (const [line, what] of known) console.log(`${line.toFixed(2).padStart(13)}  ${what}`)
}

/** Sweeps of CD-k that are tried. */
const sweeps = [1, 2, 4, 8, 16]

/** A machine of 8 visible and 5 hidden bits, and what another of the same kind says they should be. */
function contrastiveBiases() {
  return [0.5, 1, 2].flatMap(scale => {
    const random = new Random(1)
    const couplings = () =>
      new Matrix(
        8,
        5,
        Float64Array.from({ length: 40 }, () => scale * random.normal()),
      )
    const W = new Matrix(0, 5, new Float64Array(0))
    const teacher = ConditionalRbm.from({ W, U: couplings() })
    const y = teacher.sample(double(none(500)), random, { sweeps: 200 })
    const rbm = ConditionalRbm.from({ W, U: couplings() })
    return sweeps.map(k => ({ scale, k, ...contrastiveBias(rbm, double(none(500)), y, k) }))
  })
}

async function bias() {
  const results = contrastiveBiases()
  const line = { x: 'k', y: ({ angle }) => (180 / Math.PI) * angle }
  const colour = ({ scale }) => (scale === 1 ? orange : blue)
  const drawing = figure(
    'contrastive-bias',
    'The angle between CD-k and the exact gradient, over k',
    {
      x: { type: 'log', base: 2, label: 'k, sweeps of a chain', tickFormat: 'd' },
      y: { label: 'degrees', grid: true, zero: true, nice: true },
      marks: [
        legend(
          'standard deviation of the couplings: 0.5, 1 (orange) and 2, from below',
          'currentColor',
          0,
        ),
        Plot.line(results, { ...line, z: 'scale', stroke: colour }),
        Plot.dot(results, { ...line, fill: colour }),
      ],
    },
  )
  writeFileSync(new URL('../docs/images/contrastive-bias.svg', import.meta.url), drawing)
  return results
}

function printBias(results) {
  console.log('CD-k against the exact gradient: degrees between them, and the ratio of their norms')
  for (const { scale, k, angle, normRatio } of results)
    console.log(
      `couplings ${scale}  k = ${String(k).padStart(2)}  ${((180 / Math.PI) * angle).toFixed(2).padStart(6)}°  ${normRatio.toFixed(3)}`,
    )
  console.log('Drawn in docs/images/contrastive-bias.svg')
}

const benches = {
  'rbm-16': [likelihood, printLikelihood],
  bias: [bias, printBias],
}
const [name, ...rest] = process.argv.slice(2).filter(word => !word.startsWith('--'))
if (!Object.hasOwn(benches, name ?? '')) {
  console.error(`Name one of: ${Object.keys(benches).join(', ')}`)
  process.exit(1)
}
const [run, print] = benches[name]
const results = await run(...rest)
if (process.argv.includes('--json')) console.log(JSON.stringify(results))
else print(results)
