import { readFileSync } from 'node:fs'
import { cpus, loadavg, totalmem } from 'node:os'
import { buildName } from '../packages/lacuna/dist/compute/strict-kernels.js'

/** One sentence on what all this was measured with. */
export function machine(data) {
  const [{ model }] = cpus()
  const { version } = JSON.parse(
    readFileSync(new URL('../packages/lacuna/package.json', import.meta.url)),
  )
  return (
    `${model.trim()}, ${cpus().length} cores, ${Math.round(totalmem() / 2 ** 30)} GB; ` +
    `Node ${process.versions.node}; lacuna ${version}, kernels ${buildName}; ${data}; ` +
    `load average ${loadavg()[0].toFixed(1)} at the start; ${new Date().toISOString().slice(0, 10)}`
  )
}
