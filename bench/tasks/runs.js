// Whether runs leave anything behind: what is there after a thousand of them, and was not after a
// hundred. Some were finished, some left, some aborted.
import { execFileSync } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import { buildName } from '../builds.js'

const script = fileURLToPath(new URL('../processes/many-runs.js', import.meta.url))

export const runs = {
  name: 'runs',
  cases: ({ quick }) => {
    const [few, many] = quick ? [20, 100] : [100, 1000]
    const output = execFileSync(process.execPath, ['--expose-gc', script, few, many])
    const [early, late] = JSON.parse(output)
    const line = (what, key, per, goal) => ({
      unit: `${what} more after ${many.toLocaleString('en')} runs than after ${few}`,
      scale: 1,
      count: 1,
      trial: 0,
      rounds: 1,
      ours: [{ build: buildName(2), run: () => (late[key] - early[key]) / per }],
      peers: [],
      goal,
    })
    return [
      line('threads', 'threads', 1, 0),
      line('handles', 'handles', 1, 0),
      line('MB', 'bytes', 1e6, 20),
    ]
  },
}
