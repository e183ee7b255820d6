// Classification machines on MNIST, beside what is known of them. After npm run build, with the four
// gzipped files of MNIST in the folder LACUNA_DATA:
//
//   node bench/classification-rbm.js [discriminative|hybrid]   one of them; both if none is named
//
// Add --json for the figures alone. Each is trained on the first 50,000 training images, with the
// other 10,000 deciding which epoch is kept; pixels are divided by 255. Errors are those of that
// epoch on the 10,000 test images, which nothing else looks at.

import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { ClassificationRbm, Matrix, readImages, readLabels } from '../packages/lacuna/dist/index.js'

const settings = {
  discriminative: { hidden: 500, epochs: 20, learningRate: 0.006, known: 1.81 },
  hybrid: { hidden: 1500, epochs: 15, learningRate: 0.008, alpha: 0.02, known: 1.28 },
}

async function mnist(part) {
  const read = name => readFileSync(join(process.env.LACUNA_DATA, `${part}-${name}.gz`))
  const { count, pixels } = await readImages(read('images-idx3-ubyte'))
  const labels = await readLabels(read('labels-idx1-ubyte'))
  const x = new Matrix(
    count,
    784,
    Float32Array.from(pixels, value => value / 255),
  )
  return { x, labels }
}

const slice = ({ x, labels }, start, end) => ({
  x: x.slice(start, end),
  labels: labels.subarray(start, end),
})

async function run(objective, train, test) {
  const { hidden, known, ...options } = settings[objective]
  const rbm = ClassificationRbm.create({ seed: 1, inputs: 784, classes: 10, hidden })
  const { x, labels } = slice(train, 0, 50_000)
  const validation = slice(train, 50_000, 60_000)
  const start = performance.now()
  let last
  const validationErrors = []
  for await (const epoch of rbm.train(x, labels, { objective, ...options, validation })) {
    last = epoch
    validationErrors.push(epoch.validationError)
  }
  const seconds = (performance.now() - start) / 1000
  const p = rbm.predict(test.x)
  let wrong = 0
  for (let n = 0; n < p.rows; n++) {
    const row = p.row(n)
    if (row.indexOf(Math.max(...row)) !== test.labels[n]) wrong++
  }
  return {
    objective,
    hidden,
    ...options,
    best: last.best,
    validationError: validationErrors[last.best],
    testError: wrong / p.rows,
    seconds,
    known: known / 100,
  }
}

const percent = share => `${(100 * share).toFixed(2)} %`

function print({ objective, hidden, epochs, learningRate, alpha, ...found }) {
  const also = alpha === undefined ? '' : `, α ${alpha}`
  console.log(
    `${objective}: ${hidden} hidden units, ${epochs} epochs of batches of 100, Adam at ${learningRate} falling to 0${also}`,
  )
  console.log(
    `  test error ${percent(found.testError)}  validation error ${percent(found.validationError)} at epoch ${found.best}  ` +
      `${found.seconds.toFixed(0)} s  (Larochelle & Bengio 2008: ${percent(found.known)})`,
  )
}

const named = process.argv.slice(2).filter(word => !word.startsWith('--'))
const unknown = named.find(name => !Object.hasOwn(settings, name))
if (unknown || !process.env.LACUNA_DATA) {
  console.error(
    unknown
      ? `There is no objective '${unknown}': discriminative or hybrid.`
      : 'Set LACUNA_DATA to the folder with the files of MNIST.',
  )
  process.exit(1)
}
const json = process.argv.includes('--json')
const [train, test] = [await mnist('train'), await mnist('t10k')]
const results = []
for (const objective of named.length > 0 ? named : Object.keys(settings)) {
  const result = await run(objective, train, test)
  results.push(result)
  if (!json) print(result)
}
if (json) console.log(JSON.stringify(results))
