// How long one step of the sheet's experiment takes on one thread: batch 100, a generator of
// 784–256–256–784 units and an energy network of 784–256–256–1, patches and minibatches included,
// on MNIST if LACUNA_DATA names its folder, else on strokes. After npm run build:
//
//   node bench/inpainting-step.js                 milliseconds a step
//   node bench/inpainting-step.js --kernels       … and how they divide among the kernels
//   node bench/inpainting-step.js OTHER/dist      in turn with another build of the library
import { existsSync, readFileSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { gunzipSync } from 'node:zlib'

const OWN = new URL('../packages/lacuna/dist/', import.meta.url)
const [EPOCHS, WARM_UP, COUNT, BATCH] = [10, 2, 10_000, 100]
const STEPS = COUNT / BATCH

const names = process.argv.slice(2)
const detailed = names.includes('--kernels')
const others = names.filter(name => name !== '--kernels').map(name => `file://${resolve(name)}/`)

/** Milliseconds spent in each kernel, epoch by epoch; in the products by their shapes. */
const spent = new Map()
let epoch = 0

/** Has every instance of the kernels note the time of each call. */
function watchKernels() {
  const { Instance } = WebAssembly
  WebAssembly.Instance = class {
    constructor(module, imports) {
      const { exports } = new Instance(module, imports)
      this.exports = Object.fromEntries(
        Object.entries(exports).map(([name, kernel]) => [name, timed(name, kernel)]),
      )
    }
  }
}

function timed(name, kernel) {
  return (...values) => {
    const start = performance.now()
    const result = kernel(...values)
    const time = performance.now() - start
    let key = name
    if (name === 'product') key += ` ${values[2]}×${values[4]}×${values[3]}`
    if (name === 'sparseProduct') key += ` ${values[2]} rows, ${values[10] ? 'added' : 'stored'}`
    if (!spent.has(key)) spent.set(key, new Float64Array(EPOCHS))
    spent.get(key)[epoch] += time
    return result
  }
}

/** The first images to train on. */
async function images() {
  const { readImages, strokes } = await import(new URL('index.js', OWN))
  const folder = process.env.LACUNA_DATA
  if (!folder) return strokes({ seed: 1, train: COUNT, test: 0 }).train.images
  const path = join(folder, 'train-images-idx3-ubyte')
  const bytes = existsSync(path) ? readFileSync(path) : gunzipSync(readFileSync(`${path}.gz`))
  return (await readImages(bytes)).slice(0, COUNT)
}

/** A training under way in one build of the library; it is advanced epoch by epoch. */
async function start(dist, { count, height, width, pixels }) {
  const { EnergyInpainter } = await import(new URL('inpainting/energy-inpainter.js', dist))
  const { trainEpochs } = await import(new URL('inpainting/training.js', dist))
  const checkpoint = EnergyInpainter.create({ seed: 10 }).save()
  const options = { epochs: EPOCHS, batch: BATCH }
  return trainEpochs({ checkpoint, images: { count, height, width, pixels }, options })
}

if (detailed) watchKernels()
const data = await images()
const runs = []
for (const dist of [OWN, ...others])
  runs.push({ dist, training: await start(dist, data), times: [] })

for (; epoch < EPOCHS; epoch++) {
  for (const { training, times } of runs) {
    const begin = performance.now()
    training.next()
    if (epoch >= WARM_UP) times.push((performance.now() - begin) / STEPS)
  }
}

const median = values => values.toSorted((a, b) => a - b)[values.length >> 1]
console.log(`Node ${process.version}, one thread, ${EPOCHS - WARM_UP} epochs of ${STEPS} steps`)
for (const { dist, times } of runs) {
  const ratio = median(times.map((time, i) => time / runs[0].times[i]))
  const figures = `median ${median(times).toFixed(2)} ms a step, best ${Math.min(...times).toFixed(2)}`
  console.log(`${figures}${dist === OWN ? '' : `, ${ratio.toFixed(2)} times as long: ${dist}`}`)
}
const best = [...spent].map(([name, times]) => [name, Math.min(...times.subarray(WARM_UP)) / STEPS])
for (const [name, time] of best.sort(([, a], [, b]) => b - a))
  if (time > 0) console.log(`${name.padEnd(28)} ${time.toFixed(3)} ms a step in its best epoch`)
