import type { Failure } from '../frame/failure.js'
import { cancelled, type Progress } from './calls.js'

/** How a question is answered. */
export type Asking<Question, Answer> = (
  question: Question,
  options: { onProgress: (progress: Progress) => void; signal: AbortSignal },
) => Promise<Answer>

/**
 * The answer to the latest of many questions. While one is being answered only the newest of those
 * that come in is kept, so that a question that changes with every movement of a pen is answered as
 * often as the worker can, and in the end for what it is then.
 */
export class Latest<Question, Answer> {
  /** The last answer, and to what. */
  answer = $state.raw<{ readonly question: Question; readonly answer: Answer }>()
  /** Why the last question was not answered. */
  failure = $state.raw<Failure>()
  /** How far what takes its time is. */
  progress = $state.raw<Progress>()
  readonly #asking: Asking<Question, Answer>
  #waiting: Question | undefined
  #controller: AbortController | undefined

  constructor(asking: Asking<Question, Answer>) {
    this.#asking = asking
  }

  /** Asks; the answer will stand in `answer`. */
  ask(question: Question): void {
    this.#waiting = question
    if (!this.#controller) void this.#answerAll()
  }

  /** Gives up what is being answered, and says so. */
  cancel(): void {
    this.#waiting = undefined
    this.#controller?.abort()
  }

  async #answerAll(): Promise<void> {
    const controller = new AbortController()
    this.#controller = controller
    while (this.#waiting !== undefined && !controller.signal.aborted) {
      const question = this.#waiting
      this.#waiting = undefined
      try {
        const answer = await this.#asking(question, {
          onProgress: progress => {
            this.progress = progress
          },
          signal: controller.signal,
        })
        this.answer = { question, answer }
        this.failure = undefined
      } catch (error) {
        this.failure = controller.signal.aborted ? cancelled : (error as Failure)
      }
    }
    this.progress = undefined
    this.#controller = undefined
  }
}
