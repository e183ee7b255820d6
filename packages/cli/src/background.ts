import { on } from 'node:events'
import { parentPort, Worker, workerData } from 'node:worker_threads'
import { type ErrorCode, LacunaError } from 'lacuna'

type Report<Item> = { item: Item } | { done: true } | { error: Fault }

type Fault = {
  readonly code?: ErrorCode | undefined
  readonly message: string
  readonly hint?: string | undefined
}

/**
 * Iterates over what a generator yields on a thread of its own, so that this one hears Ctrl-C and draws
 * its progress, however long a single computation takes. `serve` is the other end. Leaving the loop, or
 * the signal, ends the thread at once, and all threads that it has started.
 *
 * @param module the thread's, which calls `serve`
 * @param job what its generator receives, by structured clone
 * @throws the LacunaError that the generator throws; LACUNA_E_WORKER if the thread dies
 */
export async function* inBackground<Item>(
  module: URL,
  job: unknown,
  signal: AbortSignal,
): AsyncGenerator<Item, void, undefined> {
  signal.throwIfAborted()
  const thread = new Worker(module, { workerData: job })
  try {
    const messages = on(thread, 'message', { signal, close: ['exit'] })
    for await (const [report] of messages as AsyncIterable<[Report<Item>]>) {
      if ('done' in report) return
      if ('error' in report) throw revive(report.error)
      yield report.item
    }
    throw broken('it ended without an answer')
  } catch (error) {
    throw signal.aborted || error instanceof LacunaError ? error : broken(String(error))
  } finally {
    await thread.terminate()
  }
}

/** On a thread that `inBackground` has started: runs the generator on the job and reports. */
export async function serve<Job>(generator: (job: Job) => AsyncIterable<unknown>): Promise<void> {
  const report = (message: Report<unknown>) => parentPort!.postMessage(message)
  try {
    for await (const item of generator(workerData as Job)) report({ item })
    report({ done: true })
  } catch (error) {
    const { code, message, hint } = error as LacunaError
    report({ error: { code, message: code ? message.slice(code.length + 2) : message, hint } })
  }
}

function revive({ code, message, hint }: Fault): LacunaError {
  return code && hint !== undefined ? new LacunaError(code, message, hint) : broken(message)
}

function broken(why: string): LacunaError {
  return new LacunaError(
    'LACUNA_E_WORKER',
    `the thread that computes stopped: ${why}`,
    'Check that there is memory to spare (about 2 GB); then run again.',
  )
}
