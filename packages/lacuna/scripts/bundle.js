// Joins the compiled modules into few files, which Node loads in a quarter of the time: one for what
// entries have in common, and one for each entry with the rest of its own. The workers' URLs in them
// begin with `../`, so they lie one folder deep, as the modules do that name them.
import { fileURLToPath } from 'node:url'
import { rolldown } from 'rolldown'

const path = name => fileURLToPath(new URL(`../dist/${name}`, import.meta.url))
const entries = ['library', 'completion', 'verification']

const bundle = await rolldown({
  input: Object.fromEntries(entries.map(name => [name, path(`${name}.js`)])),
  external: ['#worker', '#fast-kernels', 'fast-png'],
})
await bundle.write({
  dir: path('bundle'),
  cleanDir: true,
  chunkFileNames: '[name].js',
  codeSplitting: { groups: [{ name: 'common', minShareCount: 2 }] },
})
