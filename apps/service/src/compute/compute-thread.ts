import { Worker } from 'node:worker_threads'
import { LacunaError } from 'lacuna'
import type { Checkpoint, Order, Report } from './compute-worker.js'
import type { About } from './loaded-model.js'
import type { Answer, Question } from './question.js'

interface Waiting {
  resolve(report: Report): void
  reject(error: LacunaError): void
}

/** A thread in which models are loaded and answer. It is told one thing after the other. */
export class ComputeThread {
  // Not the options of this process: they may be such as only a program that is typed in takes.
  readonly #worker = new Worker(new URL('compute-worker.js', import.meta.url), { execArgv: [] })
  readonly #waiting: Waiting[] = []
  readonly #onEnd: () => void
  #ended: LacunaError | undefined

  /** @param onEnd is called once, before what the thread was asked fails, when it has ended */
  constructor(onEnd: () => void) {
    this.#onEnd = onEnd
    this.#worker.on('message', (report: Report) => this.#waiting.shift()!.resolve(report))
    this.#worker.on('error', error => this.#end(String(error)))
    this.#worker.on('exit', () => this.#end('it was ended'))
  }

  /**
   * Loads a checkpoint under a key.
   * @param checkpoint its bytes in shared memory, so that all threads read the same
   * @throws what `loadModel` throws; LACUNA_E_WORKER if the thread dies
   */
  async load(key: string, checkpoint: Checkpoint): Promise<About> {
    const report = await this.#tell({ load: key, checkpoint })
    if ('fault' in report)
      throw new LacunaError(report.fault.code, report.fault.message, report.fault.hint)
    return (report as { about: About }).about
  }

  /** Gives a model's memory back, once nothing more will be asked of it. */
  forget(key: string): void {
    if (!this.#ended) this.#worker.postMessage({ forget: key } satisfies Order)
  }

  /**
   * Asks questions of the model of a key, to be answered in one pass.
   * @throws LACUNA_E_WORKER if the thread dies meanwhile
   */
  async ask(
    key: string,
    questions: readonly Question[],
  ): Promise<{ answers: readonly Answer[]; seconds: number }> {
    const report = await this.#tell({ ask: key, questions })
    return report as { answers: readonly Answer[]; seconds: number }
  }

  /** Ends the thread there and then; what it was asked fails. */
  async end(): Promise<void> {
    await this.#worker.terminate()
  }

  #tell(order: Order): Promise<Report> {
    if (this.#ended) return Promise.reject(this.#ended)
    return new Promise((resolve, reject) => {
      this.#waiting.push({ resolve, reject })
      this.#worker.postMessage(order)
    })
  }

  #end(why: string): void {
    if (this.#ended) return
    this.#ended = threadFault(why)
    this.#onEnd()
    for (const { reject } of this.#waiting.splice(0)) reject(this.#ended)
  }
}

/** The error for a thread that does not answer any more. */
export function threadFault(why: string): LacunaError {
  return new LacunaError(
    'LACUNA_E_WORKER',
    `the thread that computes stopped: ${why}`,
    'Ask again: another one takes its place. If that stops too, there may be too little memory.',
  )
}
