import { expect, test } from 'vitest'
import { cancelled, WorkerCalls } from '../src/worker/calls.js'

type Doubling = { double(x: number): number }

/** Calls of workers that never answer, and how many of them were started and ended. */
function unanswered() {
  const count = { started: 0, ended: 0 }
  const calls = new WorkerCalls<Doubling>(() => {
    count.started++
    const terminate = () => {
      count.ended++
    }
    return { postMessage() {}, terminate } as unknown as Worker
  })
  return { calls, count }
}

test('stopped for good, it starts no worker for what is still asked', async () => {
  const { calls, count } = unanswered()
  const underWay = calls.call('double', 1)
  calls.stop()
  await expect(underWay).rejects.toBe(cancelled)
  await expect(calls.call('double', 2)).rejects.toBe(cancelled)
  expect(count).toEqual({ started: 1, ended: 1 })
})

test('interrupted, it starts another one when it is asked again', async () => {
  const { calls, count } = unanswered()
  const underWay = calls.call('double', 1)
  calls.interrupt()
  await expect(underWay).rejects.toBe(cancelled)
  void calls.call('double', 2)
  expect(count).toEqual({ started: 2, ended: 1 })
})

test('what was given up before it is asked, is not asked', async () => {
  const { calls, count } = unanswered()
  const signal = AbortSignal.abort()
  await expect(calls.call('double', 1, { signal })).rejects.toBe(cancelled)
  expect(count).toEqual({ started: 0, ended: 0 })
})
