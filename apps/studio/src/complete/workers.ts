import { WorkerCalls } from '../worker/calls.js'
import type { CompletionFunctions } from './completion-functions.js'

const start = () =>
  new Worker(new URL('./completion-worker.ts', import.meta.url), { type: 'module' })

/**
 * The two workers of the room, the same program: one for what answers at once, and one for methods
 * that first learn, so that nobody waits for those.
 */
export class Workers {
  readonly quick = new WorkerCalls<CompletionFunctions>(start)
  readonly learning = new WorkerCalls<CompletionFunctions>(start)

  /** Ends both. */
  stop(): void {
    this.quick.stop()
    this.learning.stop()
  }
}
