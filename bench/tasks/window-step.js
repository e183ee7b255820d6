// A step of the recipe `window`, the average over a training: two fifths of it are the generator's alone.
// Minibatches and the running average of the weights are included, and in ours ten resumable states, of
// which a real training, twelve times as long, has no more. The first tenth of each round is not
// counted: in it our worker starts and its code is optimised.
import { WindowInpainter } from '../../packages/lacuna/dist/index.js'
import { buildName, threadCounts } from '../builds.js'

const UNCOUNTED = 0.1

/** Seconds that so many steps take. */
async function trainingSeconds(images, steps, threads) {
  let start
  for await (const { step } of WindowInpainter.create({ seed: 1 }).train(images, {
    steps,
    threads,
  }))
    if (step >= UNCOUNTED * steps) start ??= performance.now()
  return (performance.now() - start) / 1000 / (1 - UNCOUNTED)
}

export const windowStep = {
  name: 'window-step',
  cases: async ({ open, quick }) => {
    const { images, file } = await open()
    const trained = images.slice(0, 10_000)
    return [
      {
        unit: 'ms/step',
        scale: 1000,
        count: quick ? 300 : 1000,
        trial: 100,
        rounds: quick ? 3 : 5,
        ours: threadCounts.map(threads => ({
          build: buildName(threads),
          run: count => trainingSeconds(trained, count, threads),
        })),
        peers: [
          {
            name: 'PyTorch VERSION',
            module: 'torch',
            script: 'window.py',
            args: [file, UNCOUNTED],
            goal: 2,
          },
        ],
      },
    ]
  },
}
