// Completes 10,000 images with the sheet's generator; `complete` computes on the calling thread.
import { EnergyInpainter, Random, removePatch } from '../../packages/lacuna/dist/index.js'
import { buildName } from '../builds.js'
import { callSeconds } from '../stopwatch.js'

export const complete = {
  name: 'complete',
  cases: async ({ open, quick }) => {
    const { images, file } = await open()
    const { incomplete, mask } = removePatch(images.matrix(0, 10_000), new Random(1))
    const inpainter = EnergyInpainter.create({ seed: 1 })
    return [
      {
        unit: 'ms for 10,000 images',
        scale: 1000,
        count: quick ? 1 : 3,
        rounds: quick ? 3 : 15,
        ours: [
          {
            build: buildName(1),
            run: count => callSeconds(count, () => inpainter.complete(incomplete, mask)),
          },
        ],
        peers: [
          {
            name: 'PyTorch VERSION',
            module: 'torch',
            script: 'complete.py',
            args: [file],
            goal: 1.5,
          },
        ],
      },
    ]
  },
}
