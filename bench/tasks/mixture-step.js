// A step of a mixture density network with Adam, minibatches included. Ours also keeps a running
// average of the weights, and an epoch ends with a resumable state; PyTorch's does neither.
import { Matrix, MixtureDensityNetwork, Random } from '../../packages/lacuna/dist/index.js'
import { buildName, builds, threadCounts } from '../builds.js'
import { epochSeconds } from '../stopwatch.js'

/** Of an epoch. */
export const STEPS = 40

export const shapes = [
  { inputs: 1, hidden: [20], components: 3, outputs: 1, batch: 1000, goal: 8, epochs: 10 },
  { inputs: 64, hidden: [256, 256], components: 10, outputs: 4, batch: 256, goal: 1.5, epochs: 4 },
]

function normal(rows, cols, random) {
  const values = Float32Array.from({ length: rows * cols }, () => random.normal())
  return new Matrix(rows, cols, values)
}

/** The examples of an epoch: noise. */
export function examplesOf({ inputs, outputs, batch }) {
  const random = new Random(1)
  return [inputs, outputs].map(cols => normal(STEPS * batch, cols, random))
}

/** What a shape is called. */
export function nameOf({ inputs, hidden, components, outputs, batch }) {
  const units = [inputs, ...hidden, components * (2 + outputs)]
  return `${units.join('–')}, batch ${batch.toLocaleString('en')}`
}

function caseOf(whole, quick) {
  const { batch, goal, epochs, ...shape } = whole
  const { inputs, hidden, components, outputs } = shape
  const [x, t] = examplesOf(whole)
  return {
    unit: `ms/step of ${nameOf(whole)}`,
    scale: 1000,
    count: (quick ? 1 : epochs) * STEPS,
    rounds: quick ? 3 : 9,
    ours: builds.flatMap(build =>
      threadCounts.map(threads => ({
        build: buildName(threads, build),
        run: count => {
          const options = { batch, validation: 0, threads, build }
          const network = MixtureDensityNetwork.create({ seed: 1, ...shape })
          return epochSeconds(count / STEPS, epochs => network.train(x, t, { ...options, epochs }))
        },
      })),
    ),
    peers: [
      {
        name: 'PyTorch VERSION',
        module: 'torch',
        script: 'mixture.py',
        args: [inputs, hidden, components, outputs, batch],
        goal,
      },
    ],
  }
}

export const mixtureStep = {
  name: 'mixture-step',
  cases: ({ quick }) => shapes.map(shape => caseOf(shape, quick)),
}
