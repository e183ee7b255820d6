// The HTTP service under load: completions of one image each by the ready-made `sheet` model, over loopback,
// beside the library called in a loop. The service is `lacuna serve` in a process of its own, what asks it
// (autocannon) is this one.
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { readFileSync } from 'node:fs'
import { availableParallelism } from 'node:os'
import { fileURLToPath } from 'node:url'
import autocannon from 'autocannon'
import { EnergyInpainter, Random, removePatch, writeGrayPng } from 'lacuna'
import { buildName } from '../builds.js'

/** Requests at a time that load it fully, and images that are asked for in turn. */
const CONNECTIONS = 32
const IMAGES = 64

const path = name => fileURLToPath(new URL(name, import.meta.url))
const model = path('../../packages/models/sheet.safetensors')

async function serve() {
  const args = ['serve', '--model', model, '--port', '0', '--json', '--log-level', 'error']
  const limits = ['--rate', '1000000000', '--concurrency', '1000']
  const child = spawn(
    process.execPath,
    [path('../../packages/cli/bin/lacuna.js'), ...args, ...limits],
    {
      stdio: ['ignore', 'pipe', 'ignore'],
    },
  )
  const [line] = await once(child.stdout, 'data')
  return { child, url: JSON.parse(line).url }
}

/** The bodies of requests, in numbers and as PNGs. */
async function requestsFor({ incomplete, mask }) {
  const white = await Promise.all(
    rows(mask).map(m =>
      writeGrayPng(
        levels(m, v => v),
        28,
        28,
      ),
    ),
  )
  const gray = await Promise.all(
    rows(incomplete).map(z =>
      writeGrayPng(
        levels(z, v => (v + 1) / 2),
        28,
        28,
      ),
    ),
  )
  const base64 = png => Buffer.from(png).toString('base64')
  const body = (image, mask) => JSON.stringify({ images: [{ image, mask }] })
  const request = body => ({
    ...{ method: 'POST', path: '/v1/complete', body },
    headers: { 'content-type': 'application/json' },
  })
  return {
    numbers: rows(incomplete).map((z, i) => request(body([...z], [...mask.row(i)]))),
    pngs: gray.map((png, i) => request(body(base64(png), base64(white[i])))),
  }
}

const rows = x => Array.from({ length: x.rows }, (_, i) => x.row(i))
const levels = (values, share) => Uint8Array.from(values, v => Math.round(255 * share(v)))

/** Seconds of load, and what it saw. */
async function load(url, requests, seconds, options) {
  const result = await autocannon({ url, requests, duration: seconds, ...options })
  if (result.non2xx + result.errors + result.timeouts > 0)
    throw new Error(`${result.non2xx} refusals, ${result.errors} errors`)
  return { rate: result.requests.average, p50: result.latency.p50, p99: result.latency.p99 }
}

/** Seconds that a completion takes the library, one image at a time or all at once. */
function direct({ incomplete, mask }, batch, seconds) {
  const inpainter = EnergyInpainter.load(readFileSync(model))
  const start = performance.now()
  let done = 0
  while (performance.now() - start < 1000 * seconds) {
    const from = done % IMAGES
    const [z, m] = [incomplete, mask].map(x => x.slice(from, from + batch))
    const completed = inpainter.complete(z, m)
    inpainter.energy(completed)
    done += batch
  }
  return (performance.now() - start) / 1000 / done
}

/** A table of figures, each with what it is, beside peers that are measured in turn. */
const table = (unit, figures, peers = []) => ({
  ...{ unit, count: 1, trial: 0, rounds: 1, scale: 1, peers },
  ours: Object.entries(figures).map(([build, figure]) => ({ build, run: () => figure })),
})

export const service = {
  name: 'service',
  cases: async ({ open, quick }) => {
    const { images } = await open()
    const asked = removePatch(images.matrix(0, IMAGES), new Random(1))
    const seconds = quick ? 3 : 10
    const { child, url } = await serve()
    const threads = buildName(Math.max(1, availableParallelism() - 1))
    try {
      const library = [1, IMAGES].map(batch => ({
        name: batch === 1 ? 'the library, one at a time' : `the library, ${batch} at a time`,
        run: () => 1e6 * direct(asked, batch, seconds / 5),
      }))
      const [times, waits] = [{}, {}]
      for (const [what, requests] of Object.entries(await requestsFor(asked))) {
        await load(url, requests, 1, { connections: CONNECTIONS })
        const full = await load(url, requests, seconds, { connections: CONNECTIONS })
        const half = await load(url, requests, seconds, {
          ...{ connections: CONNECTIONS, overallRate: Math.round(full.rate / 2) },
        })
        times[`${threads}, ${what}`] = 1e6 / full.rate
        for (const [name, { rate, p50, p99 }] of Object.entries({ full, half })) {
          const which = `${what}, ${name} load (${Math.round(rate)} a second)`
          Object.assign(waits, { [`p50, ${which}`]: p50, [`p99, ${which}`]: p99 })
        }
      }
      return [
        table('µs a completion, at full load', times, library),
        table('ms from request to answer', waits),
      ]
    } finally {
      child.kill('SIGINT')
    }
  },
}
