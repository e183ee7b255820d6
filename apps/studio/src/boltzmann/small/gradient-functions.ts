import type { ContrastiveBias } from 'lacuna/verification'
import type { Machine } from './machine.js'
import type { Pattern } from './patterns.js'

/** The gradient of the mean of −log p, and CD-k beside it. */
export interface GradientComparison {
  /** Whether it is that of −log p(y|x), or of −log p(y) as there are no inputs. */
  readonly conditional: boolean
  readonly nll: number
  /** ‖exact‖, over all parameters. */
  readonly size: number
  /** Angle and length of CD-1, CD-2, …; none where the exact gradient is 0. */
  readonly contrastive: readonly ContrastiveBias[]
}

/** The functions of the worker that compares gradients. */
export type GradientFunctions = {
  compare(what: {
    machine: Machine
    patterns: readonly Pattern[]
    /** The greatest k. */
    most: number
  }): GradientComparison
}
