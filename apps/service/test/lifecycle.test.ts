import { spawnSync } from 'node:child_process'
import { createHash } from 'node:crypto'
import { once } from 'node:events'
import { renameSync, writeFileSync } from 'node:fs'
import { writeFile } from 'node:fs/promises'
import { type AddressInfo, connect, createServer } from 'node:net'
import { join } from 'node:path'
import { EnergyInpainter } from 'lacuna'
import { Service } from 'lacuna-service'
import { expect, test } from 'vitest'
import {
  ask,
  imagesOf,
  metric,
  modelFiles,
  models,
  randomImages,
  rowsOf,
  sent,
  serve,
  temporaryFolder,
} from './serving.js'

/** Takes the thread for some tenths of a second. */
const slow = { model: 'bits', inputs: Array(256).fill([1, 0]), samples: 4, sweeps: 100 }
/** Would take it for minutes. */
const endless = { model: 'bits', inputs: Array(256).fill([1, 0]), samples: 1000, sweeps: 10_000 }

const until = async (condition: () => Promise<unknown> | unknown) => {
  while (!(await condition())) await new Promise(resolve => setTimeout(resolve, 2))
}

test('at the end, what was accepted is answered, and nothing else', async () => {
  const { service, log } = await serve({ only: ['bits', 'sheet'] })
  const { z, mask } = randomImages(3, 1)
  const completion = { model: 'sheet', images: sent({ z, mask }) }
  const accepted = [slow, slow].map(question => ask(service, '/v1/sample', question))
  accepted.push(ask(service, '/v1/complete', completion))
  await until(async () => (await metric(service, 'lacuna_requests_in_flight')) === 3)

  // A connection that was open before, and asks once more afterwards.
  const { hostname, port } = new URL(service.url)
  const socket = connect(Number(port), hostname)
  let said = ''
  socket.on('data', piece => {
    said += piece
  })
  socket.write('GET /readyz HTTP/1.1\r\nHost: x\r\n\r\nPOST /v1/sample HTTP/1.1\r\nHost: x\r\n')
  await until(() => said.includes('"ready"'))

  const closed = service.close()
  expect(service.close()).toBe(closed)
  socket.write('Content-Type: application/json\r\nContent-Length: 2\r\n\r\n{}')
  await until(() => said.includes('LACUNA_E_BUSY'))
  expect(said).toMatch(/503 Service Unavailable.*connection: close.*shutting down/is)
  await expect(ask(service, '/readyz')).rejects.toThrow() // it takes no connection
  const outcomes = await Promise.all(accepted)
  expect(outcomes.map(({ status }) => status)).toEqual([200, 200, 200])
  expect(imagesOf(outcomes[2]!.body)).toEqual(rowsOf(models.sheet.complete(z, mask)))
  await closed
  expect(log.join('')).not.toContain('could be answered in time')
})

test('the end comes, even if an answer does not', async () => {
  const { service, log } = await serve({ only: ['bits'], limits: { grace: 1 } })
  const asked = ask(service, '/v1/sample', endless)
  asked.catch(() => {})
  await until(async () => metric(service, 'lacuna_busy_threads'))
  await service.close()
  await expect(asked).rejects.toThrow()
  expect(log.join('')).toContain('not all that was accepted could be answered in time')
})

test('a thread that computes for nobody is replaced, and the next questions are answered', async () => {
  const { service } = await serve({ only: ['bits'], limits: { timeout: 1 } })
  const first = await ask(service, '/v1/sample', endless)
  expect([first.status, first.body.code]).toEqual([504, 'LACUNA_E_TIMEOUT'])
  await until(async () => !(await metric(service, 'lacuna_busy_threads')))
  const { status } = await ask(service, '/v1/sample', { ...slow, inputs: [[1, 0]] })
  expect(status).toBe(200)
})

const pipe = join(temporaryFolder(), 'pipe')
const hasPipe = spawnSync('mkfifo', [pipe]).status === 0
if (!hasPipe)
  console.log('skipped, as there are no named pipes: what is answered while models load')

test.skipIf(!hasPipe)('it says that it is not ready while it loads', async () => {
  const port = await freePort()
  const url = `http://127.0.0.1:${port}`
  // A file that cannot be read before something is written into it.
  const starting = Service.start({ models: [{ name: 'a', path: pipe }], port, logLevel: 'silent' })
  const state = async (path: string) => (await fetch(url + path).catch(() => undefined))?.status
  await until(async () => (await state('/healthz')) === 200)
  expect(await state('/readyz')).toBe(503)
  const headers = { 'content-type': 'application/json' }
  const asked = await fetch(`${url}/v1/complete`, { method: 'POST', headers, body: '{}' })
  expect([asked.status, (await asked.json()).code]).toEqual([503, 'LACUNA_E_BUSY'])
  await writeFile(pipe, models.sheet.save())
  const service = await starting
  expect(await state('/readyz')).toBe(200)
  await service.close()
})

/** A port that was free a moment ago. */
async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1')
  await once(server, 'listening')
  const { port } = server.address() as AddressInfo
  server.close()
  await once(server, 'close')
  return port
}

test('a model that cannot be loaded ends the start, and says which', async () => {
  const folder = temporaryFolder()
  const [sheet] = modelFiles(folder, ['sheet']) as [{ name: string; path: string }]
  const broken = { name: 'broken', path: join(folder, 'broken.safetensors') }
  const missing = { name: 'missing', path: join(folder, 'none.safetensors') }
  writeFileSync(broken.path, models.sheet.save().slice(0, 1000))
  await expect(Service.start({ models: [sheet, broken], logLevel: 'silent' })).rejects.toThrow(
    /^LACUNA_E_SAFETENSORS: the model broken: /,
  )
  await expect(Service.start({ models: [sheet, missing], logLevel: 'silent' })).rejects.toThrow(
    /^LACUNA_E_CHECKPOINT: the model missing: cannot read /,
  )
})

test('a port that is taken is said', async () => {
  const { service } = await serve({ only: ['sheet'] })
  const files = modelFiles(temporaryFolder(), ['sheet'])
  const port = Number(new URL(service.url).port)
  await expect(Service.start({ models: files, port, logLevel: 'silent' })).rejects.toMatchObject({
    code: 'LACUNA_E_SERVE',
  })
})

test('a sound model is loaded, even if a thread is ended meanwhile', async () => {
  const files = modelFiles(temporaryFolder(), ['sheet', 'bits'])
  const { service } = await serve({ models: files, limits: { timeout: 1 } })
  const asked = ask(service, '/v1/sample', endless)
  await until(() => metric(service, 'lacuna_busy_threads'))
  writeFileSync(files[0]!.path, models.line.save())
  expect((await service.reload()).map(({ outcome }) => outcome)).toEqual(['replaced', 'unchanged'])
  expect((await asked).status).toBe(504)
  const { status } = await ask(service, '/v1/density', { inputs: [[1, 2]], outputs: [[3]] })
  expect(status).toBe(200)
})

test('a reload lets a new model answer, keeps the old one if the file is broken, and mixes nothing', async () => {
  const folder = temporaryFolder()
  const files = modelFiles(folder, ['sheet', 'bits'])
  const { service, log } = await serve({ models: files, limits: { queue: 1e6 } })
  const other = EnergyInpainter.create({
    ...{ seed: 99, image: { height: 9, width: 7 }, generatorHidden: [20], energyHidden: [3] },
  })
  const path = files[0]!.path
  const install = (bytes: Uint8Array) => {
    writeFileSync(`${path}.new`, bytes)
    renameSync(`${path}.new`, path)
  }
  const outcomes = async () => (await service.reload()).map(({ outcome }) => outcome)
  const before = service.models[0]!.checkpoint
  expect(await outcomes()).toEqual(['unchanged', 'unchanged'])

  install(models.sheet.save().slice(0, -1))
  expect(await outcomes()).toEqual(['kept', 'unchanged'])
  expect(service.models[0]!.checkpoint).toBe(before)
  expect(log.map(line => JSON.parse(line)).at(-2)).toMatchObject({
    ...{ level: 50, model: 'sheet', code: 'LACUNA_E_SAFETENSORS', msg: 'kept' },
  })
  install(new Uint8Array(0))
  expect(await outcomes()).toEqual(['kept', 'unchanged'])

  // Questions go on all the while: each is answered by one of the two, as it says itself.
  const { z, mask } = randomImages(4, 2)
  const expected = new Map([[before, JSON.stringify(rowsOf(models.sheet.complete(z, mask)))]])
  const question = { model: 'sheet', images: sent({ z, mask }) }
  const answered = new Set<string>()
  let going = true
  const asking = Array.from({ length: 4 }, async () => {
    while (going) {
      const { status, body } = await ask(service, '/v1/complete', question)
      expect(status).toBe(200)
      answered.add(body.checkpoint)
      const images = imagesOf(body)
      expect(JSON.stringify(images)).toBe(expected.get(body.checkpoint))
    }
  })
  // One that is accepted before the reload and computed after it.
  const blocked = ask(service, '/v1/sample', slow)
  await until(() => metric(service, 'lacuna_busy_threads'))
  const waiting = ask(service, '/v1/complete', question)
  await until(() => metric(service, 'lacuna_waiting_examples'))
  install(other.save())
  const after = `sha256:${createHash('sha256').update(other.save()).digest('hex')}`
  expected.set(after, JSON.stringify(rowsOf(other.complete(z, mask))))
  expect(await outcomes()).toEqual(['replaced', 'unchanged'])
  expect(service.models[0]!.checkpoint).toBe(after)
  expect((await ask(service, '/v1/complete', question)).body.checkpoint).toBe(after)
  expect((await waiting).body.checkpoint).toBe(before)
  expect((await blocked).status).toBe(200)
  await until(() => answered.has(after))
  going = false
  await Promise.all(asking)
  expect([...answered].sort()).toEqual([before, after].sort())
})
