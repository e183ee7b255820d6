// An epoch of PCD-1, 784 visible and 256 hidden units, batches of 100. Ours also ends an epoch with
// its monitors and a resumable state.
import { ConditionalRbm, Matrix } from '../../packages/lacuna/dist/index.js'
import { buildName, threadCounts } from '../builds.js'
import { TESTED } from '../images.js'
import { epochSeconds } from '../stopwatch.js'

const settings = { method: 'pcd', sweeps: 1, batch: 100, learningRate: 0.05, validation: 0 }

export const rbmEpoch = {
  name: 'rbm-epoch',
  cases: async ({ open, quick }) => {
    const { images, file } = await open()
    const rows = images.count - TESTED
    const bytes = images.slice(0, rows).pixels
    const y = new Matrix(
      rows,
      784,
      Float32Array.from(bytes, byte => (byte >= 128 ? 1 : 0)),
    )
    const x = new Matrix(rows, 0)
    return [
      {
        unit: `s/epoch of ${rows.toLocaleString('en')} images`,
        scale: 1,
        count: 1,
        rounds: quick ? 3 : 5,
        ours: threadCounts.map(threads => ({
          build: buildName(threads),
          run: count => {
            const rbm = ConditionalRbm.create({ seed: 1, outputs: 784, hidden: 256 })
            return epochSeconds(count, epochs => rbm.train(x, y, { ...settings, epochs, threads }))
          },
        })),
        peers: [
          {
            name: 'scikit-learn VERSION, BernoulliRBM',
            module: 'sklearn',
            script: 'rbm_sklearn.py',
            args: [file],
            goal: 3,
          },
          {
            name: 'PyTorch VERSION',
            module: 'torch',
            script: 'rbm_torch.py',
            args: [file],
            goal: 2,
          },
        ],
      },
    ]
  },
}
