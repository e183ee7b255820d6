// Boltzmann machines on problems whose answer is known. After npm run build, with LACUNA_DATA naming
// the folder of MNIST's files:
//
//   node bench/boltzmann.js rbm-16 [SEEDS]     16 hidden units on binarised MNIST, exact likelihood; 1 seed
//   node bench/boltzmann.js epoch [HIDDEN…]    one epoch of PCD-1, 60,000 digits; 16 and 256 hidden units
//
// Add --json for the figures alone.

import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { ConditionalRbm, Matrix, readImages } from '../packages/lacuna/dist/index.js'

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

async function epochTimes(...sizes) {
  const digits = await binarised('train')
  const results = []
  for (const hidden of (sizes.length > 0 ? sizes : [16, 256]).map(Number)) {
    const rbm = ConditionalRbm.create({ seed: 1, outputs: 784, hidden })
    const seconds = []
    let start = performance.now()
    // The first epoch starts the worker too. A worker is one epoch ahead, so each is timed as it comes.
    const options = { ...protocol, epochs: 4, batch: 100, learningRate: 0.05 }
    for await (const _ of rbm.train(none(digits.rows), digits, options)) {
      seconds.push((performance.now() - start) / 1000)
      start = performance.now()
    }
    results.push({ hidden, first: seconds[0], later: Math.min(...seconds.slice(1)) })
  }
  return results
}

function printEpochTimes(results) {
  console.log(
    'One epoch of PCD-1 on 60,000×784 bits in batches of 100, one thread, monitors included',
  )
  for (const { hidden, first, later } of results)
    console.log(
      `${String(hidden).padStart(4)} hidden units  first ${first.toFixed(2)} s  later, best of 3, ${later.toFixed(2)} s`,
    )
}

const benches = {
  'rbm-16': [likelihood, printLikelihood],
  epoch: [epochTimes, printEpochTimes],
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
