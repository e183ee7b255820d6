// From import to first step in a fresh process, and what a page has to load: the whole library as
// Vite bundles it, WebAssembly included. What a page loads for a worker comes only when it trains.
import { execFileSync } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import { gzipSync } from 'node:zlib'
import { buildName } from '../builds.js'

const path = name => fileURLToPath(new URL(name, import.meta.url))

/** Kilobytes of each file of the bundle, gzipped. */
async function bundle() {
  const { build } = await import('vite') // half a second, for those who need it
  const { output } = await build({
    root: path('../..'),
    configFile: false,
    logLevel: 'error',
    build: {
      write: false,
      rolldownOptions: {
        input: path('../../packages/lacuna/dist/index.js'),
        preserveEntrySignatures: 'strict',
      },
    },
    worker: { format: 'es' },
  })
  return output.map(({ isEntry = false, code, source }) => ({
    isEntry,
    size: gzipSync(code ?? source).length / 1000,
  }))
}

const once = { scale: 1, count: 1, trial: 0, rounds: 1, peers: [] }
const sum = files => files.reduce((total, { size }) => total + size, 0)

export const startUp = {
  name: 'start-up',
  cases: async ({ quick }) => {
    const files = await bundle()
    return [
      {
        unit: 'ms from import to first step',
        scale: 1000,
        count: 1,
        rounds: quick ? 3 : 15,
        ours: [
          {
            build: buildName(1),
            run: () => Number(execFileSync(process.execPath, [path('../first-step.js')])),
          },
        ],
        peers: [],
        goal: 100,
      },
      {
        ...once,
        unit: 'KB gzipped, the library in a page',
        ours: [{ build: buildName(1), run: () => sum(files.filter(({ isEntry }) => isEntry)) }],
        goal: 60,
      },
      {
        ...once,
        unit: 'KB gzipped, the library and its workers',
        ours: [{ build: buildName(1), run: () => sum(files) }],
      },
    ]
  },
}
