// Peers run in processes of their own, which stay alive and are asked for one round at a time
// (peers/rounds.py): neither their start nor their imports count.
import { spawn, spawnSync } from 'node:child_process'
import { availableParallelism } from 'node:os'
import { delimiter, join } from 'node:path'
import { createInterface } from 'node:readline'
import { fileURLToPath } from 'node:url'

const CORES = availableParallelism()

/** How to install what a peer needs. */
const install = {
  torch: 'on Debian: apt-get install python3-torch libopenblas0-pthread',
  sklearn: 'on Debian: apt-get install python3-sklearn libopenblas0-pthread',
  numpy: 'on Debian: apt-get install python3-numpy libopenblas0-pthread',
  '@jax-js/jax': 'npm ci',
}

/** What has been looked for, by module: the command that starts a script with it, or undefined. */
const found = new Map()

function find(module) {
  if (module.startsWith('@'))
    try {
      import.meta.resolve(module)
      return process.execPath
    } catch {
      return undefined
    }
  // The first python3 on the path need not be the one that has the module.
  const folders = new Set(process.env.PATH.split(delimiter))
  return [...folders]
    .map(folder => join(folder, 'python3'))
    .find(python => spawnSync(python, ['-c', `import ${module}`]).status === 0)
}

/** The command that has a module; if there is none, says once how to install it. */
function commandWith(module) {
  if (!found.has(module)) {
    found.set(module, find(module))
    if (!found.get(module))
      console.error(`Peers that need ${module} are skipped. To install it, ${install[module]}`)
  }
  return found.get(module)
}

/** Starts a peer's process with so many threads, or all the peer itself takes if undefined. */
async function start(command, { script, args }, threads) {
  const env = { ...process.env }
  if (threads) Object.assign(env, { OMP_NUM_THREADS: threads, OPENBLAS_NUM_THREADS: threads })
  const path = fileURLToPath(new URL(`peers/${script}`, import.meta.url))
  const child = spawn(command, [path, ...args.map(String)], {
    env,
    stdio: ['pipe', 'pipe', 'inherit'],
  })
  const lines = createInterface({ input: child.stdout })[Symbol.asyncIterator]()
  const answer = async () => {
    const { done, value } = await lines.next()
    if (done) throw new Error(`${script} ended before it answered`)
    return value
  }
  const versions = JSON.parse(await answer())
  return {
    threads,
    versions,
    run: async count => {
      child.stdin.write(`${count}\n`)
      return Number(await answer())
    },
    close: () => child.stdin.end(),
  }
}

/**
 * Opens a peer at the number of threads at which it is fastest.
 *
 * @param peer.module what it needs; `script` and `args`, how it is started; `threads`, how many it may
 *   have, if that is given
 * @param trial the count of a round to try with
 * @returns `run(count)`, seconds; undefined if what it needs is not installed
 */
export async function openPeer(peer, trial) {
  const command = commandWith(peer.module)
  if (!command) return undefined
  const counts = peer.module.startsWith('@') ? [undefined] : [peer.threads ?? [1, CORES]].flat()
  const candidates = []
  for (const threads of new Set(counts)) {
    const contender = await start(command, peer, threads)
    candidates.push({ ...contender, best: Infinity })
  }
  if (candidates.length > 1)
    for (let round = 0; round < 2; round++)
      for (const candidate of candidates)
        candidate.best = Math.min(candidate.best, await candidate.run(trial))
  const [fastest, ...others] = candidates.sort((a, b) => a.best - b.best)
  for (const other of others) other.close()
  return fastest
}
