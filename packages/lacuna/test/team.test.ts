import { spawnSync } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import { EnergyInpainter, MixtureDensityNetwork, strokes } from 'lacuna'
import { describe, expect, test } from 'vitest'
import { iterate } from '../dist/compute/background.js'
import { Matrix } from '../dist/compute/matrix.js'
import { Random } from '../dist/compute/random.js'
import { Worker } from '../dist/compute/worker-node.js'

const { images } = strokes({ seed: 1, train: 250, test: 0 }).train

describe('any number of threads gives the same bits', () => {
  async function inpainter(threads: number) {
    const model = EnergyInpainter.create({ seed: 1 })
    for await (const _ of model.train(images, { epochs: 6, threads }));
    return model.save()
  }

  async function mixture(threads: number) {
    const random = new Random(1)
    const [x, t] = [new Matrix(600, 8), new Matrix(600, 2)]
    for (const { data } of [x, t]) for (let i = 0; i < data.length; i++) data[i] = random.normal()
    const hidden = [128, 128]
    const network = MixtureDensityNetwork.create({ seed: 1, inputs: 8, outputs: 2, hidden })
    for await (const _ of network.train(x, t, { epochs: 6, batch: 200, threads }));
    return network.save()
  }

  test.each([
    ['an inpainter', inpainter],
    ['a mixture density network', mixture],
  ])('%s', async (_, train) => {
    const alone = await train(1)
    for (const threads of [2, 4]) expect(Buffer.from(await train(threads)).equals(alone)).toBe(true)
  })
})

test('a number of threads that cannot be is refused', async () => {
  const model = EnergyInpainter.create({ seed: 1 })
  for (const threads of [0, 1.5, -2, 10_000, Number.NaN])
    await expect(model.train(images, { epochs: 1, threads }).next()).rejects.toThrow(
      /LACUNA_E_OPTION: threads must be a whole number from 1 to 64/,
    )
})

test('threads start under flags of V8 too', () => {
  const script = `
    import('lacuna').then(async ({ EnergyInpainter, Images }) => {
      const images = new Images(10, 28, 28, new Uint8Array(7840))
      for await (const _ of EnergyInpainter.create({ seed: 1 }).train(images, { epochs: 1 }));
    })`
  const { status, stderr } = spawnSync(process.execPath, ['--expose-gc', '--eval', script], {
    cwd: fileURLToPath(new URL('.', import.meta.url)),
    encoding: 'utf8',
  })
  expect(stderr).toBe('')
  expect(status).toBe(0)
})

/** How many worker threads there are. */
const threads = () => process.getActiveResourcesInfo().filter(name => name === 'MessagePort').length

/** A worker that asks for helpers on a board that is not there, and then computes for ever. */
const misled = `data:text/javascript,${encodeURIComponent(`
  import { parentPort } from 'node:worker_threads'
  parentPort.once('message', () => {
    const memory = new WebAssembly.Memory({ initial: 3, maximum: 3, shared: true })
    parentPort.postMessage({ helpers: 2, recruitment: { memory, board: 2 ** 30 } })
    for (;;);
  })
`)}`

test('a helper that dies ends the run, with all its threads', async () => {
  const leader = new Worker(new URL(misled), { type: 'module' })
  await expect(iterate(leader, {}).next()).rejects.toThrow(
    /LACUNA_E_WORKER: a worker thread stopped: /,
  )
})

/** A worker that asks for a helper on a good board, says that it has, and then sleeps for ever. */
const asking = `data:text/javascript,${encodeURIComponent(`
  import { parentPort } from 'node:worker_threads'
  parentPort.once('message', ({ job: { asked, memory } }) => {
    parentPort.postMessage({ helpers: 1, recruitment: { memory, board: 20 * 65536 } })
    Atomics.store(asked, 0, 1)
    Atomics.notify(asked, 0)
    Atomics.wait(asked, 0, 1)
  })
`)}`

test('a helper that was asked for when the run was cancelled is not started', async () => {
  await expect.poll(threads, { timeout: 5000 }).toBe(0)
  const memory = new WebAssembly.Memory({ initial: 21, maximum: 21, shared: true })
  const asked = new Int32Array(new SharedArrayBuffer(4))
  const stop = new AbortController()
  const leader = new Worker(new URL(asking), { type: 'module' })
  const answer = iterate(leader, { asked, memory }, stop.signal).next()
  await new Promise(resolve => setTimeout(resolve)) // the job is on its way
  expect(Atomics.wait(asked, 0, 0, 10_000)).not.toBe('timed-out')
  stop.abort()
  await expect(answer).rejects.toThrow(/LACUNA_E_ABORTED/)
  await expect.poll(threads, { timeout: 5000 }).toBe(0)
  // A helper would be up by now, and stay.
  await new Promise(resolve => setTimeout(resolve, 300))
  expect(threads()).toBe(0)
})

/** A worker whose generator comes upon an error of Node's own. */
const unlucky = `data:text/javascript,${encodeURIComponent(`
  import { serve } from '${new URL('../dist/compute/serve.js', import.meta.url)}'
  serve(() => { throw Object.assign(new Error('the disk is full'), { code: 'ENOSPC' }) })
`)}`

test("an error that is not Lacuna's own comes through whole", async () => {
  const worker = new Worker(new URL(unlucky), { type: 'module' })
  await expect(iterate(worker, {}).next()).rejects.toThrow(
    /LACUNA_E_WORKER: the worker thread failed: Error: the disk is full/,
  )
})

test('runs that end, are left or are cancelled leave no thread behind', async () => {
  await expect.poll(threads, { timeout: 5000 }).toBe(0) // those of earlier tests have gone
  for (let run = 0; run < 12; run++) {
    const model = EnergyInpainter.create({ seed: run })
    const stop = new AbortController()
    const options = { epochs: 2, threads: 3, signal: stop.signal }
    try {
      for await (const _ of model.train(images, options)) {
        if (run % 3 === 0) break
        if (run % 3 === 1) stop.abort()
      }
    } catch (error) {
      expect((error as Error).message).toMatch(/LACUNA_E_ABORTED/)
    }
  }
  await expect.poll(threads, { timeout: 5000 }).toBe(0)
})
