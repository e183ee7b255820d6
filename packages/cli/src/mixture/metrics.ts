import type { Judgement } from './judgement.js'
import type { MixtureConfig, MixtureFigures } from './run.js'

/** What `metrics.json` holds; nothing in it differs between two equal runs. */
export type MixtureMetrics = MixtureConfig & {
  /** The epoch whose weights were kept, and its figures. */
  readonly best: { readonly epoch: number } & Omit<MixtureFigures, 'best'>
  readonly judgement: Judgement
  readonly losses: readonly ({ readonly epoch: number } & MixtureFigures)[]
}
