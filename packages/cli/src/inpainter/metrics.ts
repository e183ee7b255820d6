import type { HoleErrors } from '../sheet/evaluation.js'
import type { HeadsJudgement } from './heads-judgement.js'
import type { Figures } from './recipes.js'
import type { InpainterConfig } from './run.js'

/** What `metrics.json` holds; nothing in it differs between two equal runs. */
export type InpainterMetrics = InpainterConfig & {
  readonly images: { readonly train: number; readonly test: number }
  /** Over the pixels of the holes of all test images, by how they were filled. */
  readonly holeErrors: Readonly<Record<string, HoleErrors>>
  /** Of a recipe with several answers. */
  readonly heads?: HeadsJudgement
  /** Tenths of the training, or its epochs, with the means of their figures. */
  readonly training: readonly (Figures & { readonly step: number })[]
}

/** The ten digits with their likeliest answers, or their second likeliest, …; 0 where there is none. */
export type AnswerStrip = { readonly png: Uint8Array; readonly weights: readonly number[] }
