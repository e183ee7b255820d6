import type { Failure } from '../frame/failure.js'

/** How far something is, from 0 to 1, or unknown; and what it is. */
export interface Progress {
  readonly what: string
  readonly fraction?: number
}

/** What functions in a worker may use while they run; they may report other things than progress. */
export interface Context<Report = Progress> {
  progress(report: Report): void
  /** Fires when the caller does not want the answer any more. */
  readonly signal: AbortSignal
}

/** The functions of a worker, by their names: what each takes and gives. */
export type Functions = Record<string, (argument: never) => unknown>

/** How a worker implements its functions. */
export type Implementation<F extends Functions, Report> = {
  [Name in keyof F]: (
    argument: Parameters<F[Name]>[0],
    context: Context<Report>,
  ) => ReturnType<F[Name]> | Promise<ReturnType<F[Name]>>
}

type Request = { id: number; name: string; argument: unknown } | { id: number; cancel: true }

type Reply = { id: number } & ({ value: unknown } | { progress: never } | { failure: Failure })

type Pending = {
  resolve(value: never): void
  reject(failure: Failure): void
  onProgress: ((report: never) => void) | undefined
}

/** The rejection of what was cancelled. */
export const cancelled: Failure = { what: 'Cancelled.', hint: '' }

/**
 * Calls of a worker's functions; `answerCalls` is the other end. The worker is started by the first
 * call, and again by the first after `stop` or after it has died.
 */
export class WorkerCalls<F extends Functions, Report = Progress> {
  readonly #start: () => Worker
  #worker: Worker | undefined
  #last = 0
  readonly #pending = new Map<number, Pending>()

  constructor(start: () => Worker) {
    this.#start = start
  }

  /** @throws a Failure: what the function throws, or `cancelled` */
  call<Name extends keyof F & string>(
    name: Name,
    argument: Parameters<F[Name]>[0],
    options: { onProgress?: (report: Report) => void; signal?: AbortSignal } = {},
  ): Promise<ReturnType<F[Name]>> {
    const { onProgress, signal } = options
    const worker = this.#running()
    const id = ++this.#last
    return new Promise((resolve, reject) => {
      this.#pending.set(id, { resolve, reject, onProgress })
      signal?.addEventListener('abort', () => {
        worker.postMessage({ id, cancel: true } satisfies Request)
        this.#settle(id)?.reject(cancelled)
      })
      worker.postMessage({ id, name, argument } satisfies Request)
    })
  }

  /** Ends the worker in the midst of what it does; every call that is under way is cancelled. */
  stop(): void {
    this.#end(cancelled)
  }

  #running(): Worker {
    if (this.#worker) return this.#worker
    const worker = this.#start()
    worker.onmessage = ({ data }: MessageEvent<Reply>) => {
      if ('progress' in data) this.#pending.get(data.id)?.onProgress?.(data.progress)
      else if ('failure' in data) this.#settle(data.id)?.reject(data.failure)
      else this.#settle(data.id)?.resolve(data.value as never)
    }
    worker.onerror = event => {
      event.preventDefault()
      const what = `The thread that computes stopped: ${event.message || 'it could not be loaded'}.`
      this.#end({ what, hint: 'Reload the page; if it happens again, close other tabs.' })
    }
    this.#worker = worker
    return worker
  }

  #settle(id: number): Pending | undefined {
    const pending = this.#pending.get(id)
    this.#pending.delete(id)
    return pending
  }

  #end(failure: Failure): void {
    this.#worker?.terminate()
    this.#worker = undefined
    for (const id of [...this.#pending.keys()]) this.#settle(id)?.reject(failure)
  }
}

/** In a worker: answers the calls of its functions. Called once, at the top of its module. */
export function answerCalls<F extends Functions, Report = Progress>(
  functions: Implementation<F, Report>,
): void {
  const running = new Map<number, AbortController>()
  const reply = (message: Reply) => self.postMessage(message)
  self.onmessage = async ({ data }: MessageEvent<Request>) => {
    const { id } = data
    if ('cancel' in data) return running.get(id)?.abort()
    const controller = new AbortController()
    running.set(id, controller)
    const { signal } = controller
    const context: Context<Report> = {
      signal,
      progress: report => reply({ id, progress: report as never }),
    }
    try {
      const value = await functions[data.name as keyof F](data.argument as never, context)
      reply({ id, value })
    } catch (error) {
      reply({ id, failure: failureOf(error) })
    } finally {
      running.delete(id)
    }
  }
}

/** An error as it is shown: coded ones say how to mend them. */
export function failureOf(error: unknown): Failure {
  const { code, message, hint } = error as { code?: string; message?: string; hint?: string }
  if (hint !== undefined) return { what: sentence(message!.replace(`${code}: `, '')), hint }
  return { what: sentence(message ?? String(error)), hint: 'Reload the page and try again.' }
}

function sentence(text: string): string {
  return `${text[0]!.toUpperCase()}${text.slice(1).replace(/\.$/, '')}.`
}
