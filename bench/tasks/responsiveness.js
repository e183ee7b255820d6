// The longest stall of the calling thread's event loop in a whole `train` on full-size data: from the
// call, with the data handed over, to the end of the last epoch and what follows it. It is what Node's
// own monitor (perf_hooks, a timer of 1 ms) saw as its longest interval.
import { monitorEventLoopDelay } from 'node:perf_hooks'
import { setTimeout } from 'node:timers/promises'
import {
  AnyMaskInpainter,
  ClassificationRbm,
  ConditionalRbm,
  EnergyInpainter,
  Matrix,
  MixtureDensityNetwork,
  Random,
  WindowInpainter,
} from 'lacuna'
import { buildName, threadCounts } from '../builds.js'
import { TESTED } from '../images.js'

const threads = threadCounts.at(-1)

/** Seconds of the longest stall while a training goes on and a little before and after it. */
async function longestStall(train) {
  const delay = monitorEventLoopDelay({ resolution: 1 })
  delay.enable()
  await setTimeout(100)
  delay.reset() // whatever came before; the first interval after that is not counted
  await setTimeout(20)
  for await (const _ of train());
  await setTimeout(100)
  delay.disable()
  return delay.max / 1e9
}

/** Every family, with a few epochs of what it learns. */
function trainings(images) {
  const rows = images.count
  const floats = (cols, value) =>
    new Matrix(rows, cols, Float32Array.from({ length: rows * cols }, value))
  const random = new Random(1)
  const [x, t] = [floats(64, () => random.normal()), floats(4, () => random.normal())]
  const gray = floats(784, (_, i) => images.pixels[i] / 255)
  const bits = floats(784, (_, i) => (images.pixels[i] >= 128 ? 1 : 0))
  const labels = Uint8Array.from({ length: rows }, (_, i) => i % 10)
  const none = new Matrix(rows, 0)
  const inpainter = EnergyInpainter.create({ seed: 1 })
  const window = WindowInpainter.create({ seed: 1 })
  const any = AnyMaskInpainter.create({ seed: 1 })
  const shape = { inputs: 64, outputs: 4, hidden: [256, 256] }
  const network = MixtureDensityNetwork.create({ seed: 1, ...shape })
  const machine = ConditionalRbm.create({ seed: 1, outputs: 784, hidden: 256 })
  const classifier = ClassificationRbm.create({ seed: 1, inputs: 784, classes: 10, hidden: 256 })
  return {
    EnergyInpainter: () => inpainter.train(images, { epochs: 2, threads }),
    WindowInpainter: () => window.train(images, { steps: 200, threads }),
    AnyMaskInpainter: () => any.train(images, { steps: 20, threads }),
    MixtureDensityNetwork: () => network.train(x, t, { epochs: 2, batch: 256, threads }),
    ConditionalRbm: () => machine.train(none, bits, { epochs: 2, threads }),
    ClassificationRbm: () => classifier.train(gray, labels, { epochs: 1, threads }),
  }
}

export const responsiveness = {
  name: 'responsiveness',
  cases: async ({ open }) => {
    const { images } = await open()
    const learnt = images.slice(0, images.count - TESTED)
    return Object.entries(trainings(learnt)).map(([name, train]) => ({
      unit: `ms of the longest stall, ${name} on ${learnt.count.toLocaleString('en')} examples`,
      scale: 1000,
      count: 1,
      trial: 0,
      rounds: 1,
      ours: [{ build: buildName(threads), run: () => longestStall(train) }],
      peers: [],
      goal: 20,
    }))
  },
}
