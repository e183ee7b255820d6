// The sheet's whole training, 100 epochs of 10,000 images: from new networks to trained ones, the
// start of the worker included.
import { EnergyInpainter } from '../../packages/lacuna/dist/index.js'
import { buildName, threadCounts } from '../builds.js'
import { torchPeer } from './inpainting-step.js'

export const sheet = {
  name: 'sheet',
  cases: async ({ open, quick }) => {
    const { images, file } = await open()
    const trained = images.slice(0, 10_000)
    const epochs = quick ? 5 : 100
    return [
      {
        unit: `s for ${epochs} epochs`,
        scale: epochs,
        count: epochs,
        trial: 1,
        rounds: quick ? 3 : 2,
        ours: threadCounts.slice(-1).map(threads => ({
          build: buildName(threads),
          run: async count => {
            const start = performance.now()
            const inpainter = EnergyInpainter.create({ seed: 10 })
            for await (const _ of inpainter.train(trained, { epochs: count, threads }));
            return (performance.now() - start) / 1000
          },
        })),
        peers: [torchPeer(file, 'loop', 2), torchPeer(file, 'vectorised')],
      },
    ]
  },
}
