// jax-js on its WebAssembly backend, and rounds.py's protocol for peers in JavaScript.
import { readFileSync } from 'node:fs'
import { createInterface } from 'node:readline'

// jax-js looks for a browser's `navigator`, and names Float16Array before it knows whether it needs
// it; Node 20 has neither.
globalThis.navigator ??= { userAgent: 'node' }
globalThis.Float16Array ??= class {}
export const jax = await import('@jax-js/jax')
await jax.init('wasm')
jax.defaultDevice('wasm')

const manifest = new URL('../package.json', import.meta.resolve('@jax-js/jax'))
const { version } = JSON.parse(readFileSync(manifest, 'utf8'))

/** Answers each line of standard input, a count, with the seconds that run(count) took. */
export async function serve(run) {
  console.log(JSON.stringify({ jax: version }))
  for await (const line of createInterface({ input: process.stdin }))
    console.log(await run(Number(line)))
}
