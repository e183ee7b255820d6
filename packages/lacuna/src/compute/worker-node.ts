import { availableParallelism } from 'node:os'
import { parentPort, Worker as Thread } from 'node:worker_threads'

/** One end of a channel between threads, in the vocabulary that Node and browsers share. */
export interface Port {
  onmessage: ((event: { data: unknown }) => void) | null
  postMessage(message: unknown, transfer?: readonly ArrayBuffer[]): void
}

/** Web Worker's messages over a thread of Node: the twin of worker-browser.ts. */
export class Worker implements Port {
  onmessage: ((event: { data: unknown }) => void) | null = null
  onerror: ((event: { message: string }) => void) | null = null
  readonly #thread: Thread

  constructor(url: URL, _options: { type: 'module' }) {
    // A flag for the code of `node --input-type=module --eval` would not let a thread start from a file;
    // but flags that are given are checked, and those of V8 refused, while a thread may inherit them.
    const flags = process.execArgv.filter(flag => !flag.startsWith('--input-type'))
    const inherits = flags.length === process.execArgv.length
    this.#thread = new Thread(url, inherits ? {} : { execArgv: flags })
    this.#thread.on('message', data => this.onmessage?.({ data }))
    this.#thread.on('error', error => this.onerror?.({ message: error.message }))
    this.#thread.on('exit', code => this.onerror?.({ message: `it exited with code ${code}` }))
  }

  postMessage(message: unknown, transfer: readonly ArrayBuffer[] = []): void {
    this.#thread.postMessage(message, transfer)
  }

  terminate(): void {
    this.onerror = null
    void this.#thread.terminate()
  }
}

/** Inside a worker, the way to the thread that started it. */
export const parent: Port = {
  // Listens once asked to, as importing the library must not take a worker's messages from its owner.
  set onmessage(listener: Port['onmessage']) {
    parentPort?.on('message', data => listener?.({ data }))
  },
  postMessage: (message, transfer) => parentPort?.postMessage(message, transfer),
}

/** How many threads this machine runs at once. */
export function concurrency(): number {
  return availableParallelism()
}
