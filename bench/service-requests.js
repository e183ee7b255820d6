// Requests to the service that are sound, to be spoilt, and how it takes what became of them.
import { rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { setImmediate } from 'node:timers/promises'
import { Service } from 'lacuna-service'
import * as lacuna from '../packages/lacuna/dist/index.js'
import { mutatedJson } from './mutation.js'

const text = string => new TextEncoder().encode(string)

/** Small untrained models, and requests that they answer. */
const models = {
  image: lacuna.EnergyInpainter.create({
    ...{ seed: 1, image: { height: 4, width: 4 }, energyHidden: [4], generatorHidden: [4] },
  }),
  line: lacuna.MixtureDensityNetwork.create({ seed: 1, inputs: 2, components: 2, hidden: [3] }),
  bits: lacuna.ConditionalRbm.create({ seed: 1, inputs: 2, outputs: 3, hidden: 2 }),
}
const pixels = Array.from({ length: 16 }, (_, j) => j / 8 - 1)
const mask = { row: 1, column: 0, height: 2, width: 3 }
const bodies = [
  { images: [{ image: pixels, mask }], seed: 7 },
  { model: 'image', images: [{ image: pixels, mask: pixels.map(v => (v > 0 ? 1 : 0)) }] },
  { model: 'line', inputs: [[1, 2]], outputs: [[0.5]] },
  { inputs: [[0, 1]], quantiles: [0.1, 0.9] },
  { model: 'bits', inputs: [[0, 1]], given: [[null, 1, 0]], samples: 2, sweeps: 3, seed: 1 },
]
const paths = ['complete', 'energy', 'density', 'predict', 'sample'].map(name => `/v1/${name}`)
const urls = [
  ...[`/v1/models?${'a=b&c[d]=%20&'.repeat(9)}`, `/readyz?${'x'.repeat(90)}#${'%41'.repeat(9)}`],
  ...[
    '/v1/models',
    '/docs',
    '/openapi.json',
    '/readyz',
    '/v1/complete?seed=1&model=image&answers=1',
  ],
  ...['/../../etc/passwd', '/v1/%2e%2e/models', '/v1//complete;x=1?a[b]=c#d'],
]

/**
 * Parsers of the harness: what is answered is read, what is refused throws its code. Each has a service,
 * which is asked without a socket, from the first input until `close`.
 * @param folder for its checkpoints
 */
export function serviceParsers(folder) {
  const parser = (seeds, requestOf, change) => {
    let opened
    return {
      ...{ seeds: seeds.map(text), change },
      read: async bytes => {
        opened ??= start(folder)
        const { app } = await opened
        const answer = await app.inject(requestOf(bytes))
        await setImmediate() // as between requests on sockets, when what is left of the last one is freed
        return taken(answer)
      },
      close: async () => (await opened)?.close(),
    }
  }
  return {
    bodies: parser(
      bodies.map(body => JSON.stringify(body)),
      bytes => ({
        ...{ method: 'POST', url: paths[bytes.length % paths.length] },
        ...{ headers: { 'content-type': 'application/json' }, payload: Buffer.from(bytes) },
      }),
      (random, bytes) => text(mutatedJson(random, new TextDecoder().decode(bytes))),
    ),
    // As a server sees them: what is not printable is refused by Node.
    addresses: parser([...urls, ...paths], bytes => ({
      method: ['GET', 'POST', 'PUT', 'OPTIONS'][bytes.length % 4],
      url: new TextDecoder('latin1')
        .decode(bytes)
        .replace(/[^!-~]/g, '')
        .replace(/^[^/]|^$/, '/'),
    })),
  }
}

async function start(folder) {
  const files = Object.entries(models).map(([name, model]) => {
    const path = join(folder, `${name}.safetensors`)
    writeFileSync(path, model.save())
    return { name, path }
  })
  const service = await Service.create({
    models: files,
    ...{ threads: 1, gather: 0, logLevel: 'silent', limits: { rate: 1e9 } },
  })
  for (const { path } of files) rmSync(path) // nothing that is asked needs a file
  return service
}

/** Whether an answer is one; throws the error of a refusal. */
function taken({ statusCode, headers, body }) {
  if (statusCode < 300) return true
  if (statusCode >= 500 || !/json/.test(headers['content-type'])) return false
  const { code, message, hint } = JSON.parse(body)
  throw new lacuna.LacunaError(code, message, hint)
}
