// Outputs that depend on one another given the inputs: conditional machines beside independent
// logistic regressions. After npm run build:
//
//   node bench/structured-outputs.js coin     y = x, or its complement, whichever a coin says, and noise
//   node bench/structured-outputs.js patch    36 pixels of a digit given the others; LACUNA_DATA names MNIST's folder
//
// Add --json for the figures alone. Log-likelihoods are means over the test rows of log p(y|x) in nats.

import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { annealedImportanceSampling } from 'lacuna/verification'
import { ConditionalRbm, Matrix, Random, readImages } from '../packages/lacuna/dist/index.js'

const double = ({ rows, cols, data }) => new Matrix(rows, cols, Float64Array.from(data))
const sigmoid = z => 1 / (1 + Math.exp(-z))

/** One logistic regression an output, by Adam on minibatches of 100; p(y_j = 1|x) for the test rows. */
function logisticRegressions({ x, y }, test, epochs) {
  const [d, c] = [x.cols, y.cols]
  const size = (d + 1) * c
  const [w, m, v, g] = [0, 0, 0, 0].map(() => new Float64Array(size))
  const logits = (row, into) => {
    into.set(w.subarray(d * c))
    for (let i = 0; i < d; i++) if (row[i]) for (let j = 0; j < c; j++) into[j] += w[i * c + j]
  }
  const [z, random, steps] = [new Float64Array(c), new Random(1), Math.ceil(x.rows / 100)]
  for (let step = 0; step < epochs * steps; step++) {
    g.fill(0)
    for (let i = 0; i < 100; i++) {
      const n = random.integer(0, x.rows)
      const row = x.row(n)
      logits(row, z)
      for (let j = 0; j < c; j++) z[j] = (sigmoid(z[j]) - y.row(n)[j]) / 100
      for (let j = 0; j < c; j++) g[d * c + j] += z[j]
      for (let i = 0; i < d; i++) if (row[i]) for (let j = 0; j < c; j++) g[i * c + j] += z[j]
    }
    const rate = 0.005 * (1 - step / (epochs * steps))
    for (let k = 0; k < size; k++) {
      m[k] = 0.9 * m[k] + 0.1 * g[k]
      v[k] = 0.999 * v[k] + 0.001 * g[k] * g[k]
      w[k] -= (rate * m[k]) / (Math.sqrt(v[k] / (1 - 0.999 ** (step + 1))) + 1e-8)
    }
  }
  const p = new Matrix(test.x.rows, c, new Float64Array(test.x.rows * c))
  for (let n = 0; n < p.rows; n++) {
    logits(test.x.row(n), z)
    p.row(n).set(z.map(sigmoid))
  }
  return p
}

/** Shares of bits and of whole rows that are right. */
function accuracy(answers, y) {
  let [bits, rows] = [0, 0]
  for (let n = 0; n < y.rows; n++) {
    const right = y.row(n).reduce((sum, bit, j) => sum + (answers.row(n)[j] === bit ? 1 : 0), 0)
    bits += right / y.cols
    rows += right === y.cols ? 1 : 0
  }
  return { perBit: bits / y.rows, exactMatch: rows / y.rows }
}

const rounded = p =>
  new Matrix(
    p.rows,
    p.cols,
    p.data.map(value => (value > 0.5 ? 1 : 0)),
  )
const mean = values => values.reduce((sum, value) => sum + value, 0) / values.length

/** Independent outputs: the most probable row is the row of the most probable bits. */
function judgeRegressions(p, y) {
  const logs = Array.from({ length: y.rows }, (_, n) =>
    y.row(n).reduce((sum, bit, j) => sum + Math.log(bit ? p.row(n)[j] : 1 - p.row(n)[j]), 0),
  )
  return { ...accuracy(rounded(p), y), logLikelihood: mean(logs) }
}

/** x is 5 bits; a coin says whether y is x or its complement; each bit of y is wrong with probability 0.05. */
function coinProblem(rows, seed) {
  const random = new Random(seed)
  const [x, y] = [new Matrix(rows, 5), new Matrix(rows, 5)]
  for (let n = 0; n < rows; n++) {
    const coin = random.integer(0, 2)
    for (let j = 0; j < 5; j++) {
      x.row(n)[j] = random.integer(0, 2)
      y.row(n)[j] = x.row(n)[j] ^ coin ^ (random.uniform() < 0.05 ? 1 : 0)
    }
  }
  return { x, y }
}

async function coin() {
  const [training, test] = [coinProblem(4000, 1), coinProblem(2000, 2)]
  const start = performance.now()
  const rbm = ConditionalRbm.create({ seed: 1, inputs: 5, outputs: 5, hidden: 24 })
  const options = { method: 'exact', epochs: 150, learningRate: 0.5, momentum: 0.9 }
  for await (const _ of rbm.train(training.x, training.y, options));
  const seconds = (performance.now() - start) / 1000
  const [x, y] = [double(test.x), double(test.y)]
  return {
    machine: {
      ...accuracy(rbm.predict(x).best, y),
      logLikelihood: mean(rbm.conditionalLogProbability(y, x)),
    },
    regressions: judgeRegressions(logisticRegressions(training, test, 20), test.y),
    // Either coin's row is right with 0.95⁵, and no rule does better than to bet on one coin.
    known: 'no rule matches more than 38.7 % of the rows; the entropy of y given x is 1.686 nats',
    how: '24 hidden units, exact gradient of log p(y|x), 150 epochs of 4,000 rows; judged on 2,000, all exact',
    seconds,
  }
}

/** Rows of the digits' bits outside the 6×6 square in the middle, and inside. */
async function digits(set, rows) {
  const folder = process.env.LACUNA_DATA
  if (!folder) throw new Error('set LACUNA_DATA to the folder of MNIST’s files')
  const path = join(folder, `${set}-images-idx3-ubyte`)
  const { pixels } = await readImages(readFileSync(existsSync(path) ? path : `${path}.gz`))
  const isInside = p => p % 28 >= 11 && p % 28 < 17 && p >= 11 * 28 && p < 17 * 28
  const places = Array.from({ length: 784 }, (_, p) => p)
  const part = chosen =>
    new Matrix(
      rows,
      chosen.length,
      Float32Array.from({ length: rows * chosen.length }, (_, at) => {
        const n = Math.floor(at / chosen.length)
        return pixels[784 * n + chosen[at % chosen.length]] >= 128 ? 1 : 0
      }),
    )
  return { x: part(places.filter(p => !isInside(p))), y: part(places.filter(isInside)) }
}

/** log p(y|x) with log Z(x) by annealed importance sampling in the machine over y alone. */
function annealedLogLikelihood(rbm, x, y, rows) {
  const none = new Matrix(1, 0, new Float64Array(0))
  const logs = Array.from({ length: rows }, (_, n) => {
    const hiddenBias = rbm.hiddenBias.slice()
    for (let i = 0; i < x.cols; i++)
      if (x.row(n)[i]) for (const [k, w] of rbm.W.row(i).entries()) hiddenBias[k] += w
    const W = new Matrix(0, hiddenBias.length, new Float64Array(0))
    const given = ConditionalRbm.from({ W, U: rbm.U, outputBias: rbm.outputBias, hiddenBias })
    const options = { chains: 20, steps: 500 }
    const { logPartition } = annealedImportanceSampling(given, new Random(1, 0, n), options)
    return -given.freeEnergy(none, y.slice(n, n + 1))[0] - logPartition
  })
  return mean(logs)
}

async function patch() {
  const [training, test] = [await digits('train', 60_000), await digits('t10k', 1000)]
  const start = performance.now()
  const rbm = ConditionalRbm.create({ seed: 1, inputs: 748, outputs: 36, hidden: 256 })
  const options = { method: 'pcd', likelihood: 'joint', epochs: 20, validation: 0 }
  for await (const _ of rbm.train(training.x, training.y, options));
  const seconds = (performance.now() - start) / 1000
  const [x, y] = [double(test.x), double(test.y)]
  const search = { random: new Random(1), chains: 4, sweeps: 60 }
  const { best, marginals } = rbm.predict(x, search)
  return {
    machine: {
      perBit: accuracy(rounded(marginals), y).perBit,
      exactMatch: accuracy(best, y).exactMatch,
      logLikelihood: annealedLogLikelihood(rbm, x, y, 100),
    },
    regressions: judgeRegressions(logisticRegressions(training, test, 3), test.y),
    known: 'nothing beyond them',
    how: '256 hidden units, PCD-1 on log p(x,y), 20 epochs of 60,000 digits; judged on 1,000; bits by the means of Gibbs sampling, rows by annealed search, log Z(x) by annealed importance sampling on 100 of them (20 chains of 500 steps)',
    seconds,
  }
}

const problems = { coin, patch }
const [name] = process.argv.slice(2).filter(word => !word.startsWith('--'))
if (!Object.hasOwn(problems, name ?? '')) {
  console.error('node bench/structured-outputs.js coin|patch [--json]')
  process.exit(1)
}
const result = await problems[name]()
if (process.argv.includes('--json')) console.log(JSON.stringify(result))
else {
  const percent = share => `${(100 * share).toFixed(1)} %`.padStart(8)
  for (const [who, { perBit, exactMatch, logLikelihood }] of [
    ['conditional machine ', result.machine],
    ['logistic regressions', result.regressions],
  ])
    console.log(
      `${who}  bits right ${percent(perBit)}  rows right ${percent(exactMatch)}  log p(y|x) ${logLikelihood.toFixed(3)}`,
    )
  console.log(`known: ${result.known}`)
  console.log(`${result.how}; ${result.seconds.toFixed(0)} s to train`)
}
