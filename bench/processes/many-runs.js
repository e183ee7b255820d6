// Starts trainings one after the other, of which a third are finished, a third left by `break` and a
// third aborted, and prints as JSON what is left of them after FEW and after MANY: threads, handles and
// bytes of resident memory. node --expose-gc bench/processes/many-runs.js FEW MANY
import { existsSync, readdirSync } from 'node:fs'
import { setTimeout } from 'node:timers/promises'
import { EnergyInpainter, Images } from 'lacuna'

const [few, many] = process.argv.slice(2).map(Number)
const images = new Images(200, 28, 28, new Uint8Array(200 * 784).fill(9))
const model = EnergyInpainter.create({ seed: 1, generatorHidden: [16], energyHidden: [16] })

async function run(number) {
  const stop = new AbortController()
  try {
    for await (const _ of model.train(images, { epochs: 2, threads: 2, signal: stop.signal })) {
      if (number % 3 === 1) break
      if (number % 3 === 2) stop.abort()
    }
  } catch (error) {
    if (error.code !== 'LACUNA_E_ABORTED') throw error
  }
}

/** What there is now, once the last threads have gone. */
async function census() {
  await setTimeout(500)
  for (let i = 0; i < 3; i++) globalThis.gc()
  return {
    threads: existsSync('/proc/self/task') ? readdirSync('/proc/self/task').length : 0,
    handles: process.getActiveResourcesInfo().length,
    bytes: process.memoryUsage.rss(),
  }
}

let number = 0
while (number < few) await run(number++)
const early = await census()
while (number < many) await run(number++)
console.log(JSON.stringify([early, await census()]))
