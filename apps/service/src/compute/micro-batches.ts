import { LacunaError } from 'lacuna'
import { type Answer, batchKey, examplesOf, type Question, type Written } from './question.js'

/** A question that waits, and who waits for its answer. */
interface Waiting {
  readonly key: string
  readonly question: Question
  readonly since: number
  readonly signal: AbortSignal
  resolve(answer: Written): void
  reject(error: Error): void
}

/** Answers questions of the model of a key; the signal fires when nobody waits for them any more. */
type Compute = (
  key: string,
  questions: readonly Question[],
  abandoned: AbortSignal,
) => Promise<readonly Answer[]>

/** How questions are gathered. */
export interface BatchingOptions {
  /** Passes at a time. */
  readonly threads: number
  /** Milliseconds that the first question of a pass waits for others. */
  readonly gather: number
  /** Examples that may wait. */
  readonly queue: number
  /** Examples in a pass, unless one question alone has more. */
  readonly most: number
}

/**
 * Gathers questions into micro-batches: a pass through the kernels costs little more for many examples
 * than for one. The first question waits for a few milliseconds, or until a thread is free; then all that
 * go with it (of the same model and `batchKey`) go together, up to a size, the first first. A question for
 * which there is no room is refused at once.
 *
 * @example
 * ```ts
 * const batches = new MicroBatches(options, (...pass) => pool.ask(...pass))
 * const { body } = await batches.submit('digits@1', question, signal)
 * ```
 */
export class MicroBatches {
  readonly #options: BatchingOptions
  readonly #compute: Compute
  #waiting: Waiting[] = []
  #examples = 0
  #busy = 0
  #timer: NodeJS.Timeout | undefined

  constructor(options: BatchingOptions, compute: Compute) {
    this.#options = options
    this.#compute = compute
  }

  /**
   * Checks that so many examples more may wait. One question alone always has room, however large it is.
   * @throws LACUNA_E_BUSY
   */
  requireRoom(examples: number): void {
    if (this.#examples === 0 || this.#examples + examples <= this.#options.queue) return
    throw new LacunaError(
      'LACUNA_E_BUSY',
      `${this.#examples} examples wait already, and there is room for ${this.#options.queue}`,
      'Ask again after the seconds that Retry-After says.',
    )
  }

  /** Examples that wait. */
  get waiting(): number {
    return this.#examples
  }

  /** Passes that are under way. */
  get busy(): number {
    return this.#busy
  }

  /**
   * Asks a question of the model of a key.
   * @param signal fires when nobody needs the answer any more: what still waits is then dropped
   * @throws LACUNA_E_BUSY if there is no room, the signal's reason, or the error of the question
   */
  submit(key: string, question: Question, signal: AbortSignal): Promise<Written> {
    const examples = examplesOf(question)
    return new Promise((resolve, reject) => {
      this.requireRoom(examples)
      const waiting = { key, question, since: performance.now(), signal, resolve, reject }
      this.#waiting.push(waiting)
      this.#examples += examples
      signal.addEventListener('abort', () => {
        this.#drop(waiting)
        reject(signal.reason as Error)
      })
      if (signal.aborted) {
        this.#drop(waiting)
        reject(signal.reason as Error)
      }
      this.#consider()
    })
  }

  /** Begins what can be begun now, and sees to it that the rest is considered in time. */
  #consider(): void {
    clearTimeout(this.#timer)
    while (this.#busy < this.#options.threads && this.#waiting.length > 0) {
      const [first] = this.#waiting as [Waiting]
      const pass = this.#passOf(first)
      const left = first.since + this.#options.gather - performance.now()
      const full = pass.reduce((sum, { question }) => sum + examplesOf(question), 0)
      const alone = batchKey(first.question) === undefined
      if (left > 0 && full < this.#options.most && !alone) {
        this.#timer = setTimeout(() => this.#consider(), left)
        return
      }
      for (const waiting of pass) this.#drop(waiting)
      void this.#begin(first.key, pass)
    }
  }

  /** What goes in one pass with the first question. */
  #passOf(first: Waiting): Waiting[] {
    const kind = batchKey(first.question)
    if (kind === undefined) return [first]
    let room = this.#options.most - examplesOf(first.question)
    return this.#waiting.filter(waiting => {
      if (waiting === first) return true
      if (waiting.key !== first.key || batchKey(waiting.question) !== kind) return false
      const examples = examplesOf(waiting.question)
      if (examples > room) return false
      room -= examples
      return true
    })
  }

  async #begin(key: string, pass: readonly Waiting[]): Promise<void> {
    this.#busy++
    try {
      const answers = await this.#compute(
        key,
        pass.map(({ question }) => question),
        whenAll(pass.map(({ signal }) => signal)),
      )
      for (const [i, { resolve, reject }] of pass.entries()) {
        const answer = answers[i]!
        if ('body' in answer) resolve(answer)
        else {
          const { code, message, hint, stack } = answer.fault
          reject(new LacunaError(code, message, hint, { cause: stack }))
        }
      }
    } catch (error) {
      for (const { reject } of pass) reject(error as Error)
    } finally {
      this.#busy--
      this.#consider()
    }
  }

  #drop(waiting: Waiting): void {
    const at = this.#waiting.indexOf(waiting)
    if (at < 0) return
    this.#waiting.splice(at, 1)
    this.#examples -= examplesOf(waiting.question)
  }
}

/** A signal that fires when all have fired. */
function whenAll(signals: readonly AbortSignal[]): AbortSignal {
  const controller = new AbortController()
  let left = signals.length
  for (const signal of signals)
    signal.addEventListener('abort', () => --left === 0 && controller.abort(), { once: true })
  return controller.signal
}
