import { Worker } from 'node:worker_threads'
import { describe, expect, test } from 'vitest'
import { Activation, Mode } from '../dist/compute/kernels.js'
import { Workspace } from '../dist/compute/workspace.js'
import { LacunaError } from '../dist/errors.js'
import { noise } from './reference/noise.js'

/** The error that `action` throws. */
function failure(action: () => unknown): LacunaError {
  try {
    action()
  } catch (error) {
    if (error instanceof LacunaError) return error
    throw error
  }
  throw new Error('nothing was thrown')
}

describe('Workspace', () => {
  test('lays out zeroed, aligned views that do not overlap', () => {
    const workspace = new Workspace()
    const views = [1, 16, 17, 0, 100_000, 3].map(count => workspace.floats(count))
    views.push(new Float32Array(workspace.memory.buffer, workspace.bytes(5).byteOffset, 1))
    views.forEach((view, i) => {
      expect(view.byteOffset % 64).toBe(0)
      expect(view.byteOffset).toBeGreaterThan(0)
      expect(view.every(value => value === 0)).toBe(true)
      view.fill(i + 1)
    })
    expect(views.every((view, i) => view.every(value => value === i + 1))).toBe(true)
  })

  test('keeps old views valid when the memory grows', () => {
    const workspace = new Workspace()
    const first = workspace.floats(4)
    const before = workspace.memory.buffer.byteLength
    const last = workspace.floats(1_000_000)
    expect(workspace.memory.buffer.byteLength).toBeGreaterThan(before)
    first.set([1, 2, 3, 4])
    workspace.kernels.scale(first.byteOffset, 2, 4)
    workspace.kernels.addScaled(last.byteOffset, first.byteOffset, 1, 4)
    expect([...first]).toEqual([2, 4, 6, 8])
    expect([...last.subarray(0, 5)]).toEqual([2, 4, 6, 8, 0])
  })

  test('says how much is missing when the memory cannot grow, and goes on serving less', () => {
    const workspace = new Workspace({ maximumBytes: 2 ** 20 })
    const error = failure(() => workspace.floats(10_000_000))
    expect(error.code).toBe('LACUNA_E_MEMORY')
    expect(error.message).toMatch(/40000000 bytes do not fit/)
    expect(workspace.floats(100)).toHaveLength(100)
    expect(failure(() => workspace.floats(2 ** 40)).code).toBe('LACUNA_E_MEMORY')
    expect(failure(() => workspace.floats(2 ** 52)).code).toBe('LACUNA_E_MEMORY')
  })

  test('refuses sizes that are none', () => {
    const workspace = new Workspace()
    for (const count of [-1, 0.5, NaN, Infinity]) {
      expect(failure(() => workspace.floats(count)).code).toBe('LACUNA_E_OPTION')
      expect(failure(() => workspace.bytes(count)).code).toBe('LACUNA_E_OPTION')
    }
    for (const maximumBytes of [0, -1, NaN, 2 ** 33])
      expect(failure(() => new Workspace({ maximumBytes })).code).toBe('LACUNA_E_OPTION')
  })

  test('joins the memory of another without touching what lies there', () => {
    const workspace = new Workspace()
    const mine = workspace.floats(1000).fill(1)
    const other = new Workspace({ memory: workspace.memory })
    const theirs = other.floats(1000).fill(2)
    const later = workspace.floats(1000)
    other.kernels.scale(mine.byteOffset, 3, 1000)
    expect(mine.every(value => value === 3)).toBe(true)
    expect(theirs.every(value => value === 2)).toBe(true)
    expect(later.every(value => value === 0)).toBe(true)
  })
})

test('two threads multiply at once in one memory, and get the bits that one thread gets', async () => {
  const [m, n, k] = [100, 96, 300]
  const workspace = new Workspace()
  const random = noise(11)
  const a = workspace.floats(m * k)
  const b = workspace.floats(k * n)
  for (const view of [a, b]) for (let i = 0; i < view.length; i++) view[i] = random()
  const c = workspace.floats(m * n)
  const half = n / 2
  const columns = (to: Float32Array, first: number, count: number) =>
    [
      to.byteOffset + 4 * first,
      n,
      m,
      count,
      k,
      a.byteOffset,
      k,
      1,
      b.byteOffset + 4 * first,
      n,
      1,
      Mode.store,
      1,
      0,
      Activation.identity,
    ] as const

  const entry = new URL('../dist/compute/workspace.js', import.meta.url).href
  const code = `
    const { parentPort, workerData } = require('node:worker_threads')
    import(${JSON.stringify(entry)}).then(({ Workspace }) => {
      const { kernels } = new Workspace({ memory: workerData.memory })
      parentPort.postMessage('ready')
      for (let i = 0; i < 50; i++) kernels.product(...workerData.columns)
      parentPort.postMessage('done')
    })`
  const workerData = { memory: workspace.memory, columns: columns(c, half, half) }
  const worker = new Worker(code, { eval: true, workerData })
  try {
    await new Promise((resolve, reject) => worker.once('message', resolve).once('error', reject))
    const done = new Promise(resolve => worker.once('message', resolve))
    for (let i = 0; i < 50; i++) workspace.kernels.product(...columns(c, 0, half))
    await done
  } finally {
    await worker.terminate()
  }

  const whole = workspace.floats(m * n)
  workspace.kernels.product(...columns(whole, 0, n))
  expect(new Uint32Array(c.slice().buffer)).toEqual(new Uint32Array(whole.slice().buffer))
})
