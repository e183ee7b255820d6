import type { Judgement } from './judgement.js'
import type { BoltzmannConfig, BoltzmannFigures } from './run.js'

/** What `metrics.json` holds; nothing in it differs between two equal runs. */
export type BoltzmannMetrics = BoltzmannConfig & {
  /** Left out where log p cannot be had. */
  readonly judgement?: Judgement
  readonly epochFigures: readonly ({ readonly epoch: number } & BoltzmannFigures)[]
}
