// Peak resident memory of a training beyond what the process had before, its images included: that of
// the worker, its network and the one copy of the images' bytes which it is sent.
import { execFileSync } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import { buildName, threadCounts } from '../builds.js'

const script = fileURLToPath(new URL('../processes/peak-memory.js', import.meta.url))
const BYTES = 784

/** What a training on so many images may take: 60 MB, and the bytes of what is more than 60,000. */
const goal = count => 60 + (BYTES * (count - 60_000)) / 1e6

export const memory = {
  name: 'memory',
  cases: ({ quick }) =>
    [60_000, 600_000].slice(0, quick ? 1 : 2).map(count => ({
      unit: `MB, EnergyInpainter on ${count.toLocaleString('en')} images`,
      scale: 1,
      count: 1,
      trial: 0,
      rounds: 1,
      ours: [
        {
          build: buildName(threadCounts.at(-1)),
          run: () => Number(execFileSync(process.execPath, [script, count])) / 1e6,
        },
      ],
      peers: [],
      goal: goal(count),
    })),
}
