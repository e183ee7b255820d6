// From import to first step in a fresh process, and what a page has to load of each entry, and of one
// class alone, as Vite bundles it, WebAssembly included. What a page loads for a worker comes only when
// it trains, and what is loaded on demand only when it is asked for.
import { execFileSync } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import { gzipSync } from 'node:zlib'
import { buildName } from '../builds.js'

const path = name => fileURLToPath(new URL(name, import.meta.url))

/**
 * Kilobytes of each file, gzipped, that a page needs for these names, and whether it loads the file at
 * once: the page's own module and whatever that imports.
 */
async function bundle(names, entry = 'lacuna') {
  const { build } = await import('vite') // half a second, for those who need it
  const page = {
    name: 'page',
    resolveId: id => (id === 'page' ? id : null),
    load: id => (id === 'page' ? `export ${names} from '${entry}'` : null),
  }
  const { output } = await build({
    root: path('../..'),
    configFile: false,
    logLevel: 'error',
    plugins: [page],
    build: {
      write: false,
      rolldownOptions: { input: 'page', preserveEntrySignatures: 'strict' },
    },
    worker: { format: 'es' },
  })
  const atOnce = new Set(output.filter(({ isEntry }) => isEntry).map(({ fileName }) => fileName))
  for (const name of atOnce) // what is added meanwhile is visited too
    for (const imported of output.find(({ fileName }) => fileName === name).imports)
      atOnce.add(imported)
  return output.map(({ fileName, code, source }) => ({
    atOnce: atOnce.has(fileName),
    size: gzipSync(code ?? source).length / 1000,
  }))
}

const once = { scale: 1, count: 1, trial: 0, rounds: 1, peers: [] }
const sum = files => files.reduce((total, { size }) => total + size, 0)
const atOnce = files => sum(files.filter(file => file.atOnce))
const size = (what, kilobytes, goal) => ({
  ...once,
  unit: `KB gzipped, ${what}`,
  ours: [{ build: buildName(1), run: () => kilobytes }],
  goal,
})

export const startUp = {
  name: 'start-up',
  cases: async ({ quick }) => {
    const library = await bundle('*')
    const ofEntry = async name => atOnce(await bundle('*', `lacuna/${name}`))
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
      size('the whole of lacuna in a page', atOnce(library), 60),
      size('with its workers and what is loaded on demand', sum(library)),
      size('EnergyInpainter alone', atOnce(await bundle('{ EnergyInpainter }'))),
      size('lacuna/completion', await ofEntry('completion')),
      size('lacuna/verification', await ofEntry('verification')),
    ]
  },
}
