// The sheet's removepatch on 10,000 images.
import { Random, removePatch } from '../../packages/lacuna/dist/index.js'
import { buildName } from '../builds.js'
import { callSeconds } from '../stopwatch.js'

export const removePatchTask = {
  name: 'remove-patch',
  cases: async ({ open, quick }) => {
    const { images, file } = await open()
    const x = images.matrix(0, 10_000)
    const peer = (kind, name, goal) => ({
      name,
      module: 'numpy',
      script: 'remove_patch.py',
      args: [file, kind],
      goal,
    })
    return [
      {
        unit: 'ms for 10,000 images',
        scale: 1000,
        count: quick ? 1 : 5,
        rounds: quick ? 3 : 15,
        ours: [
          {
            build: buildName(1),
            run: count => callSeconds(count, () => removePatch(x, new Random(1))),
          },
        ],
        peers: [
          peer('loop', 'the sheet’s loop, NumPy VERSION', 50),
          peer('numpy', 'NumPy VERSION, vectorised', 1),
        ],
      },
    ]
  },
}
