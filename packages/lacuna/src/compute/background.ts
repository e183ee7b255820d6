import { Worker } from '#worker'
import { type ErrorCode, LacunaError } from '../errors.js'
import type { KernelBuild } from './kernels.js'

type Thread = InstanceType<typeof Worker>

/**
 * What helpers are sent: the memory of a run, where its team's board is (see team.ts), and the build of
 * the kernels, if it is another than the strict one.
 */
export interface Recruitment {
  readonly memory: WebAssembly.Memory
  readonly board: number
  readonly build?: KernelBuild
}

/** What a worker may ask for at any time. */
export type Request = { helpers: number; recruitment: Recruitment }

/** An error on its way to another thread; with code and hint if it is Lacuna's own. */
export type Described = { code?: ErrorCode; message: string; hint?: string }

/** What a worker answers each time it is asked for the next item. */
export type Answer<Item> = { item: Item } | { done: true } | { error: Described }

/**
 * Iterates, on this thread, over what a generator yields in a worker; `serve` (serve.ts) is the
 * other end.
 * The worker computes at most one item ahead of the reader. Leaving the loop, or the signal, ends
 * the worker at once, in the middle of whatever it computes. Helpers that it asks for (team.ts) are
 * started here, and end with it.
 *
 * @param worker started by the caller, which owns its URL (bundlers look for it there)
 * @param job what the worker's generator receives, by structured clone
 * @param transfer buffers of the job that go to the worker for good
 * @param build of the kernels, for the worker and its helpers; the strict one if left out
 * @throws LACUNA_E_WORKER if the worker or a helper dies; LACUNA_E_ABORTED if the signal fires; whatever
 *   coded error the generator throws
 */
export async function* iterate<Item>(
  worker: Thread,
  job: unknown,
  signal?: AbortSignal,
  transfer: readonly ArrayBuffer[] = [],
  build?: KernelBuild,
): AsyncGenerator<Item, void, undefined> {
  let settle: { resolve(answer: Answer<Item>): void; reject(error: Error): void } | undefined
  let failure: Error | undefined
  const fail = (error: Error) => {
    failure ??= error
    settle?.reject(failure)
  }
  const abort = () =>
    fail(
      new LacunaError(
        'LACUNA_E_ABORTED',
        'the work was cancelled',
        'Nothing to mend: the model keeps what the last finished item left.',
        { cause: signal?.reason },
      ),
    )
  const answers: Answer<Item>[] = []
  const helpers: Thread[] = []
  const watched = (thread: Thread) => {
    thread.onerror = ({ message }: { message: string }) =>
      fail(
        new LacunaError(
          'LACUNA_E_WORKER',
          `a worker thread stopped: ${message}`,
          'Check memory and that worker threads may be started here; then run again.',
        ),
      )
    return thread
  }
  worker.onmessage = ({ data }: { data: unknown }) => {
    const answer = data as Answer<Item> | Request
    if ('helpers' in answer) {
      for (let i = 0; i < answer.helpers; i++) {
        // Bundlers find the worker only if its URL stands in this very place.
        const helper = new Worker(new URL('../compute/team-worker.js', import.meta.url), {
          type: 'module',
        })
        helpers.push(watched(helper))
        helper.postMessage({ ...answer.recruitment, build })
      }
      return
    }
    if (settle) settle.resolve(answer)
    else answers.push(answer)
  }
  watched(worker)
  const next = () =>
    new Promise<Answer<Item>>((resolve, reject) => {
      const early = answers.shift()
      if (failure) reject(failure)
      else if (early) resolve(early)
      else settle = { resolve, reject }
    }).finally(() => {
      settle = undefined
    })

  try {
    if (signal?.aborted) abort()
    signal?.addEventListener('abort', abort)
    worker.postMessage({ job, build }, transfer)
    for (;;) {
      // Asked for while the item before is still awaited, so that the worker never waits for a reader
      // who is quick.
      worker.postMessage({ next: true })
      const answer = await next()
      if ('error' in answer) throw revive(answer.error)
      if ('done' in answer) return
      yield answer.item
    }
  } finally {
    signal?.removeEventListener('abort', abort)
    // Messages that are on their way still arrive; helpers that they ask for would never end.
    worker.onmessage = null
    for (const thread of [worker, ...helpers]) thread.terminate()
  }
}

function revive({ code, message, hint }: Described) {
  if (code && hint !== undefined) return new LacunaError(code, message, hint)
  return new LacunaError(
    'LACUNA_E_WORKER',
    `the worker thread failed: ${message}`,
    'This is a fault in Lacuna; please report it with the message.',
  )
}
