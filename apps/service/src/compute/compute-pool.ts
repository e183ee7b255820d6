import { LacunaError } from 'lacuna'
import { ComputeThread } from './compute-thread.js'
import type { Checkpoint } from './compute-worker.js'
import type { About } from './loaded-model.js'
import type { Answer, Question } from './question.js'

/**
 * The threads that answer, each with all models. One that computes for too long, or dies, is replaced:
 * a question that never ends costs its own answer and no more.
 */
export class ComputePool {
  /** Seconds that one pass may take. */
  readonly #timeout: number
  readonly #models = new Map<string, Checkpoint>()
  readonly #threads = new Set<ComputeThread>()
  /** Threads at rest; there is one for every pass that is allowed at a time. */
  readonly #idle: Promise<ComputeThread>[] = []
  #closed = false

  /**
   * @param size threads; so many calls of `ask` may be under way
   * @param timeout seconds
   */
  constructor(size: number, timeout: number) {
    this.#timeout = timeout
    for (let i = 0; i < size; i++) this.#idle.push(Promise.resolve(this.#start()))
  }

  /**
   * Loads a checkpoint into every thread.
   * @param checkpoint its bytes in shared memory
   * @throws what `loadModel` throws; then no thread has the model
   */
  async load(key: string, checkpoint: Checkpoint): Promise<About> {
    this.#models.set(key, checkpoint)
    try {
      const [about] = await Promise.all(
        [...this.#threads].map(thread => thread.load(key, checkpoint)),
      )
      return about!
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
   * @throws LACUNA_E_TIMEOUT if it takes too long, LACUNA_E_WORKER if the thread dies
   */
  async ask(
    key: string,
    questions: readonly Question[],
  ): Promise<{ answers: readonly Answer[]; seconds: number }> {
    const thread = await this.#idle.shift()!
    let late = false
    const watchdog = setTimeout(() => {
      late = true
      void thread.end()
    }, this.#timeout * 1000)
    try {
      return await thread.ask(key, questions)
    } catch (error) {
      throw late ? tooLong(this.#timeout) : error
    } finally {
      clearTimeout(watchdog)
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
    if (this.#closed) await thread.end()
    else
      await Promise.all([...this.#models].map(model => thread.load(...model))).catch(
        () => {}, // it died: `ask` will say so, and replace it
      )
    return thread
  }
}

/** The error for an answer that is not there in time. */
export function tooLong(seconds: number): LacunaError {
  return new LacunaError(
    'LACUNA_E_TIMEOUT',
    `the answer was not there within ${seconds} s`,
    'Ask for less at a time (fewer images, rows, answers, samples or sweeps), or later.',
  )
}
