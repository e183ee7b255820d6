// A step of a mixture density network with Adam, minibatches included. Ours also keeps a running
// average of the weights, and an epoch ends with a resumable state; PyTorch's does neither.
import { Matrix, MixtureDensityNetwork, Random } from '../../packages/lacuna/dist/index.js'
import { buildName, threadCounts } from '../builds.js'
import { epochSeconds } from '../stopwatch.js'

const STEPS = 40

const shapes = [
  { inputs: 1, hidden: [20], components: 3, outputs: 1, batch: 1000, goal: 8, epochs: 10 },
  { inputs: 64, hidden: [256, 256], components: 10, outputs: 4, batch: 256, goal: 1.5, epochs: 4 },
]

function normal(rows, cols, random) {
  const values = Float32Array.from({ length: rows * cols }, () => random.normal())
  return new Matrix(rows, cols, values)
}

function caseOf({ batch, goal, epochs, ...shape }, quick) {
  const { inputs, hidden, components, outputs } = shape
  const random = new Random(1)
  const [x, t] = [inputs, outputs].map(cols => normal(STEPS * batch, cols, random))
  const units = [inputs, ...hidden, components * (2 + outputs)]
  return {
    unit: `ms/step of ${units.join('–')}, batch ${batch.toLocaleString('en')}`,
    scale: 1000,
    count: (quick ? 1 : epochs) * STEPS,
    rounds: quick ? 3 : 9,
    ours: threadCounts.map(threads => ({
      build: buildName(threads),
      run: count => {
        const options = { batch, validation: 0, threads }
        const network = MixtureDensityNetwork.create({ seed: 1, ...shape })
        return epochSeconds(count / STEPS, epochs => network.train(x, t, { ...options, epochs }))
      },
    })),
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
