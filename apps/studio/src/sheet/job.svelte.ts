import type { Failure } from '../frame/failure.js'
import { cancelled, type Progress } from '../worker/calls.js'

/** Something that is made on demand: how far it is, what came of it, and a way out. */
export class Job<Result> {
  /** The last that was made; kept until the next one is. */
  result = $state.raw<Result>()
  progress = $state.raw<Progress>()
  failure = $state.raw<Failure>()
  running = $state(false)
  #controller: AbortController | undefined

  /**
   * Begins, giving up what is under way.
   * @returns whether it came to its end: not if it failed, or was given up itself
   */
  async run(
    work: (options: {
      signal: AbortSignal
      onProgress: (progress: Progress) => void
    }) => Promise<Result>,
  ): Promise<boolean> {
    this.cancel()
    const controller = new AbortController()
    this.#controller = controller
    this.running = true
    this.failure = undefined
    this.progress = { what: 'One moment' }
    let done = false
    try {
      const onProgress = (progress: Progress) => {
        this.progress = progress
      }
      const result = await work({ signal: controller.signal, onProgress })
      if (this.#controller === controller) {
        this.result = result
        done = true
      }
    } catch (failure) {
      if (this.#controller === controller && failure !== cancelled)
        this.failure = failure as Failure
    }
    if (this.#controller === controller) {
      this.running = false
      this.progress = undefined
    }
    return done
  }

  /** Gives up what is under way; what was made before is kept. */
  cancel(): void {
    this.#controller?.abort()
    this.#controller = undefined
    this.running = false
    this.progress = undefined
  }

  /** As at the beginning. */
  clear(): void {
    this.cancel()
    this.result = undefined
    this.failure = undefined
  }
}
