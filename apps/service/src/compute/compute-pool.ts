import { ComputeThread, threadFault } from './compute-thread.js'
import type { Checkpoint } from './compute-worker.js'
import type { About } from './loaded-model.js'
import type { Answer, Question } from './question.js'

/**
 * Milliseconds that a pass goes on when nobody waits for it any more. Most are over before; to end a thread
 * costs more than they do.
 */
const ABANDONED = 250

/** How often all threads may end while a model is loaded. */
const ATTEMPTS = 3

/**
 * The threads that answer, each with all models. One that computes what nobody waits for any more, or dies,
 * is replaced: a question that never ends costs its own answer and no more.
 */
export class ComputePool {
  readonly #models = new Map<string, Checkpoint>()
  readonly #threads = new Set<ComputeThread>()
  /** Threads at rest, or on their way; so many calls of `ask` may be under way as there are threads. */
  readonly #idle: Promise<ComputeThread>[] = []
  #closed = false

  /** @param size how many threads */
  constructor(size: number) {
    for (let i = 0; i < size; i++) this.#idle.push(Promise.resolve(this.#start()))
  }

  /**
   * Loads a checkpoint into every thread.
   * @param checkpoint its bytes in shared memory
   * @throws what `loadModel` throws, or LACUNA_E_WORKER; then no thread has the model
   */
  async load(key: string, checkpoint: Checkpoint): Promise<About> {
    this.#models.set(key, checkpoint)
    try {
      for (let attempt = 0; attempt < ATTEMPTS; attempt++) {
        // That a thread ends meanwhile is no fault of the model: its replacement loads it, too.
        const loading = [...this.#threads].map(thread =>
          thread.load(key, checkpoint).catch(error => {
            if (this.#threads.has(thread)) throw error
          }),
        )
        const about = (await Promise.all(loading)).find(about => about !== undefined)
        if (about) return about
        await new Promise(setImmediate)
      }
      throw threadFault('none is left')
    } catch (error) {
      this.forget(key)
      throw error
    }
  }

  /** Takes a model from every thread. */
  forget(key: string): void {
    this.#models.delete(key)
    for (const thread of this.#threads) thread.forget(key)
  }

  /**
   * Asks a thread that is at rest.
   * @param abandoned fires when nobody waits for the answers any more
   * @throws LACUNA_E_WORKER if the thread dies, or is ended
   */
  async ask(
    key: string,
    questions: readonly Question[],
    abandoned: AbortSignal,
  ): Promise<{ answers: readonly Answer[]; seconds: number }> {
    if (this.#closed) throw threadFault('the service ends')
    const rested = await this.#idle.shift()!
    const thread = this.#threads.has(rested) ? rested : await this.#replacement()
    let patience: NodeJS.Timeout | undefined
    const lose = () => {
      patience = setTimeout(() => void thread.end(), ABANDONED)
    }
    if (abandoned.aborted) lose()
    abandoned.addEventListener('abort', lose)
    try {
      return await thread.ask(key, questions)
    } finally {
      abandoned.removeEventListener('abort', lose)
      clearTimeout(patience)
      if (!this.#closed)
        this.#idle.push(this.#threads.has(thread) ? Promise.resolve(thread) : this.#replacement())
    }
  }

  /** Ends all threads. */
  async close(): Promise<void> {
    this.#closed = true
    await Promise.all([...this.#threads].map(thread => thread.end()))
  }

  #start(): ComputeThread {
    const thread = new ComputeThread(() => this.#threads.delete(thread))
    this.#threads.add(thread)
    return thread
  }

  /** A new thread, once it has all models. */
  async #replacement(): Promise<ComputeThread> {
    const thread = this.#start()
    const loading = [...this.#models].map(model => thread.load(...model))
    await Promise.all(loading).catch(() => {}) // it died: whoever asks it is told, and it is replaced
    return thread
  }
}
