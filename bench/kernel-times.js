// How the time of the sheet's step divides among the kernels, on this thread.
import { EnergyInpainter } from '../packages/lacuna/dist/index.js'
import { trainEpochs } from '../packages/lacuna/dist/inpainting/training.js'
import { imagesName, openImages } from './images.js'

const [EPOCHS, WARM_UP, STEPS] = [10, 2, 100]

/** Milliseconds spent in each kernel, epoch by epoch; in the products by their shapes. */
const spent = new Map()
let epoch = 0

/** Has every instance of the kernels that is made from now on note the time of each call. */
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

/** Prints milliseconds a step for each kernel, in its best epoch. */
export async function printKernelTimes(quick) {
  const { images } = await openImages(quick)
  watchKernels()
  const checkpoint = EnergyInpainter.create({ seed: 10 }).save()
  const options = { epochs: EPOCHS, batch: 100 }
  const training = trainEpochs({ checkpoint, images: images.slice(0, 100 * STEPS), options })
  let best = Infinity
  for (; epoch < EPOCHS; epoch++) {
    const start = performance.now()
    training.next()
    if (epoch >= WARM_UP) best = Math.min(best, (performance.now() - start) / STEPS)
  }
  console.log(
    `Node ${process.version}, one thread, ${imagesName}: ${best.toFixed(2)} ms a step at best, of which`,
  )
  const times = [...spent].map(([kernel, each]) => [
    kernel,
    Math.min(...each.subarray(WARM_UP)) / STEPS,
  ])
  for (const [kernel, time] of times.sort(([, a], [, b]) => b - a))
    if (time > 0.001) console.log(`${kernel.padEnd(28)} ${time.toFixed(3)} ms`)
}
