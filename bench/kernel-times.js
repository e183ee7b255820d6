// How the time of a training step divides among the kernels, on this thread.
import {
  EnergyInpainter,
  MixtureDensityNetwork,
  WindowInpainter,
} from '../packages/lacuna/dist/index.js'
import { trainEpochs } from '../packages/lacuna/dist/inpainting/training.js'
import { trainWindow } from '../packages/lacuna/dist/inpainting/window-training.js'
import { trainMixture } from '../packages/lacuna/dist/mixture/training.js'
import { imagesName, openImages } from './images.js'
import { examplesOf, nameOf, STEPS, shapes } from './tasks/mixture-step.js'

const [EPOCHS, WARM_UP] = [10, 2]

/** The trainings that can be looked at, by the task that measures them; each starts anew. */
const trainings = {
  'inpainting-step': [
    async quick => {
      const { images } = await openImages(quick)
      const checkpoint = EnergyInpainter.create({ seed: 10 }).save()
      const options = { epochs: EPOCHS, batch: 100 }
      const training = trainEpochs({ checkpoint, images: images.slice(0, 10_000), options })
      return { training, name: imagesName, steps: 100 }
    },
  ],
  'window-step': [
    async quick => {
      const { images } = await openImages(quick)
      const checkpoint = WindowInpainter.create({ seed: 1 }).save()
      const training = trainWindow({ checkpoint, images, options: { steps: 2000 } })
      // The steps of the generator alone.
      for (let report = 0; report < 8; report++) training.next()
      return { training, name: imagesName, steps: 100 }
    },
  ],
  'mixture-step': shapes.map(shape => async () => {
    const { batch, goal: _, epochs: __, ...architecture } = shape
    const checkpoint = MixtureDensityNetwork.create({ seed: 1, ...architecture }).save()
    const [x, t] = examplesOf(shape)
    const options = { epochs: EPOCHS, batch, validation: 0 }
    const training = trainMixture({ checkpoint, x, t, options })
    return { training, name: nameOf(shape), steps: STEPS }
  }),
}

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

/** Runs a training and prints milliseconds a step for each kernel, in its best epoch. */
function printTimes({ training, name, steps }) {
  spent.clear()
  let best = Infinity
  for (epoch = 0; epoch < EPOCHS; epoch++) {
    const start = performance.now()
    training.next()
    if (epoch >= WARM_UP) best = Math.min(best, (performance.now() - start) / steps)
  }
  console.log(
    `Node ${process.version}, one thread, ${name}: ${best.toFixed(3)} ms a step at best, of which`,
  )
  const times = [...spent].map(([kernel, each]) => [
    kernel,
    Math.min(...each.subarray(WARM_UP)) / steps,
  ])
  for (const [kernel, time] of times.sort(([, a], [, b]) => b - a))
    if (time > 0.001) console.log(`${kernel.padEnd(28)} ${time.toFixed(3)} ms`)
}

/** Prints the times of a task's kernels, for each of its trainings. */
export async function printKernelTimes(task, quick) {
  if (!Object.hasOwn(trainings, task)) {
    console.error(`Kernels are timed in ${Object.keys(trainings).join(' and ')}, not in '${task}'.`)
    process.exitCode = 1
    return
  }
  watchKernels()
  for (const open of trainings[task]) printTimes(await open(quick))
}
