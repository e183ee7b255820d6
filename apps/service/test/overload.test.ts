import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { Agent, request } from 'node:http'
import { Random } from 'lacuna'
import { expect, test } from 'vitest'
import {
  matrix,
  modelFiles,
  models,
  randomImages,
  rowsOf,
  sent,
  temporaryFolder,
} from './serving.js'

/** How many times as much is asked as one can be answered after the other, and for how long. */
const [TIMES, SECONDS] = [10, 2]

/** A service in a process of its own, which tells how much memory it holds. */
const script = `
  import { Service } from 'lacuna-service'
  const [models, limits] = process.argv.slice(1).map(text => JSON.parse(text))
  const service = await Service.start({ models, limits, threads: 1, logLevel: 'silent' })
  process.on('message', async () => {
    for (let i = 0; i < 3; i++) await new Promise(resolve => setTimeout(resolve, 20, gc()))
    const { heapUsed, external } = process.memoryUsage()
    process.send({ held: (heapUsed + external) / 1e6, peak: process.resourceUsage().maxRSS / 1e3 })
  })
  process.on('disconnect', () => process.exit())
  process.send({ url: service.url })`

const agent = new Agent({ keepAlive: true, maxSockets: 100 })

/** Posts bytes, and gives back the answer. */
function post(url: URL, body: Buffer): Promise<{ status: number; retry?: string; text: string }> {
  return new Promise((resolve, reject) => {
    const headers = { 'content-type': 'application/json', 'content-length': body.length }
    const asked = request(url, { method: 'POST', agent, headers }, response => {
      let text = ''
      response.setEncoding('utf8')
      response.on('data', piece => {
        text += piece
      })
      response.on('end', () => {
        const retry = response.headers['retry-after']
        resolve({ status: response.statusCode!, text, ...(retry !== undefined && { retry }) })
      })
    })
    asked.on('error', reject)
    asked.end(body)
  })
}

/** Questions that take some milliseconds each, with what the library answers. */
function questions() {
  return Array.from({ length: 24 }, (_, seed) => {
    if (seed % 2) {
      const inputs = [[seed & 1, (seed >> 1) & 1]]
      const random = new Random(seed)
      const drawn = Array.from({ length: 20 }, () =>
        models.bits.sample(matrix(inputs), random, { sweeps: 300 }),
      )
      const asked = { model: 'bits', inputs, samples: 20, sweeps: 300, seed }
      const expected = JSON.stringify([drawn.map(y => [...y.row(0)])])
      return {
        path: '/v1/sample',
        body: Buffer.from(JSON.stringify(asked)),
        key: 'samples',
        expected,
      }
    }
    const { z, mask } = randomImages(40, seed)
    const completed = models.sheet.complete(z, mask)
    const energies = models.sheet.energy(completed)
    const images = rowsOf(completed).map((image, i) => ({
      answers: [{ image, energy: energies[i] }],
    }))
    const body = Buffer.from(JSON.stringify({ model: 'sheet', images: sent({ z, mask }) }))
    return { path: '/v1/complete', body, key: 'images', expected: JSON.stringify(images) }
  })
}

test('asked ten times as much as it can answer, it sheds, holds no more memory, and errs in nothing', async () => {
  const files = modelFiles(temporaryFolder(), ['sheet', 'bits'])
  const limits = { rate: 1e9, queue: 50, concurrency: 32, timeout: 20 }
  const child = spawn(
    process.execPath,
    [
      '--expose-gc',
      '--input-type=module',
      '-e',
      script,
      JSON.stringify(files),
      JSON.stringify(limits),
    ],
    { cwd: import.meta.dirname, stdio: ['ignore', 'inherit', 'inherit', 'ipc'] },
  )
  try {
    const [{ url }] = (await once(child, 'message')) as [{ url: string }]
    const memory = async () => {
      child.send('memory')
      const [message] = (await once(child, 'message')) as [{ held: number; peak: number }]
      return message
    }
    const all = questions()
    const outcomes = { right: 0, wrong: 0, shed: 0, other: 0, unsaid: 0 }
    const ask = async (i: number) => {
      const { path, body, key, expected } = all[i % all.length]!
      const { status, text, retry } = await post(new URL(path, url), body)
      if (status === 503) {
        outcomes.shed++
        if (retry === undefined || JSON.parse(text).code !== 'LACUNA_E_BUSY') outcomes.unsaid++
      } else if (status !== 200) outcomes.other++
      else if (JSON.stringify(JSON.parse(text)[key]) === expected) outcomes.right++
      else outcomes.wrong++
    }

    // What it can sustain: one question after the other, the first ones not counted.
    for (let i = 0; i < 24; i++) await ask(i)
    const start = performance.now()
    for (let i = 0; i < 48; i++) await ask(i)
    const rate = 48 / (performance.now() - start)
    expect(outcomes).toEqual({ right: 72, wrong: 0, shed: 0, other: 0, unsaid: 0 })

    const overload = async (seconds: number) => {
      const asked: Promise<void>[] = []
      const from = performance.now()
      for (let now = from; now - from < seconds * 1000; now = performance.now()) {
        const due = TIMES * rate * (now - from)
        while (asked.length < due) asked.push(ask(asked.length))
        await new Promise(resolve => setTimeout(resolve, 1))
      }
      await Promise.all(asked)
    }
    await overload(0.5) // opens all connections, and warms up
    const before = await memory()
    await overload(SECONDS)
    const after = await memory()

    const { right, shed, ...faults } = outcomes
    expect(faults).toEqual({ wrong: 0, other: 0, unsaid: 0 })
    expect(right).toBeGreaterThan(72)
    expect(shed).toBeGreaterThan(right - 72)
    expect(after.held - before.held).toBeLessThan(8)
    expect(after.peak - before.peak).toBeLessThan(100)
    expect((await post(new URL('/v1/complete', url), all[0]!.body)).status).toBe(200)
  } finally {
    child.disconnect()
    agent.destroy()
  }
})
