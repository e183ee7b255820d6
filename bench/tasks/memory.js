// What images cost a training: the peak of resident memory beyond what the process had before, its own
// images included, less the same of a training on few images, which is the cost of the training itself.
import { execFileSync } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import { buildName, threadCounts } from '../builds.js'

const script = fileURLToPath(new URL('../processes/peak-memory.js', import.meta.url))
const BYTES = 784
const FEW = 600

/** MB that a training on so many images adds. */
const added = count => Number(execFileSync(process.execPath, [script, count])) / 1e6

/** What so many images may cost: 60 MB, and the bytes of what is more than 60,000. */
const goal = count => 60 + (BYTES * (count - 60_000)) / 1e6

const line = (unit, run, goal) => ({
  unit,
  scale: 1,
  count: 1,
  trial: 0,
  rounds: 1,
  ours: [{ build: buildName(threadCounts.at(-1)), run }],
  peers: [],
  goal,
})

export const memory = {
  name: 'memory',
  cases: ({ quick }) => [
    line(`MB, EnergyInpainter on ${FEW} images`, () => added(FEW)),
    ...[60_000, 600_000]
      .slice(0, quick ? 1 : 2)
      .map(count =>
        line(
          `MB more on ${count.toLocaleString('en')} images`,
          () => added(count) - added(FEW),
          goal(count),
        ),
      ),
  ],
}
