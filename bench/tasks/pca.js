// All principal components of the training images, and the reconstruction of 10,000 others from 60.
// Ours takes bytes and converts them, peers are given floats.
import { PrincipalComponents } from '../../packages/lacuna/dist/index.js'
import { buildName } from '../builds.js'
import { TESTED } from '../images.js'
import { callSeconds } from '../stopwatch.js'

export const pca = {
  name: 'pca',
  cases: async ({ open, quick }) => {
    const { images, file } = await open()
    const rows = images.count - TESTED
    const trained = images.slice(0, rows)
    const z = images.matrix(rows)
    const peer = (name, module, goal) => ({
      name,
      module,
      script: 'pca.py',
      args: [file, module],
      goal,
    })
    return [
      {
        unit: `s for ${rows.toLocaleString('en')} images`,
        scale: 1,
        count: 1,
        rounds: quick ? 1 : 5,
        ours: [
          {
            build: buildName(1),
            run: count =>
              callSeconds(count, () => PrincipalComponents.fit(trained).reconstruct(z, 60)),
          },
        ],
        peers: [peer('scikit-learn VERSION', 'sklearn', 1.3), peer('NumPy VERSION, eigh', 'numpy')],
      },
    ]
  },
}
