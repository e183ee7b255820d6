// The sheet's step: batch 100, generator 784–256–256–784, energy network 784–256–256–1, minibatches
// and masks included. Ours is measured through `train`, a resumable state an epoch included.
import { EnergyInpainter } from '../../packages/lacuna/dist/index.js'
import { buildName, builds, threadCounts } from '../builds.js'
import { epochSeconds } from '../stopwatch.js'

const STEPS = 100

/** PyTorch on the same images, its masks drawn by the sheet's loop or vectorised. */
export const torchPeer = (file, masks, goal) => ({
  name: `PyTorch VERSION, ${masks === 'loop' ? 'the sheet’s mask loop' : 'vectorised masks'}`,
  module: 'torch',
  script: 'inpainting.py',
  args: [file, masks],
  goal,
})

export const inpaintingStep = {
  name: 'inpainting-step',
  cases: async ({ open, quick }) => {
    const { images, file } = await open()
    const trained = images.slice(0, 10_000)
    return [
      {
        unit: 'ms/step',
        scale: 1000 / STEPS,
        count: quick ? 1 : 2,
        rounds: quick ? 3 : 9,
        ours: builds.flatMap(build =>
          threadCounts.map(threads => ({
            build: buildName(threads, build),
            run: count =>
              epochSeconds(count, epochs =>
                EnergyInpainter.create({ seed: 10 }).train(trained, { epochs, threads, build }),
              ),
          })),
        ),
        peers: [
          torchPeer(file, 'vectorised', 1.7),
          torchPeer(file, 'loop'),
          {
            name: 'jax-js VERSION on WebAssembly',
            module: '@jax-js/jax',
            script: 'jax-inpainting.js',
            args: [file],
            goal: 7,
          },
        ],
      },
    ]
  },
}
