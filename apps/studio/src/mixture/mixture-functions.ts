import type { Examples, Range } from './own-points.js'
import type { IntervalKind, MixtureSettings, Pace } from './settings.js'

/** What is learnt, and with what. */
export interface Problem extends Pick<MixtureSettings, 'components' | 'seed' | 'epochs'> {
  /** The points; Bishop's problem if they are left out. */
  readonly points?: Examples
  readonly range: Range
}

/** Mean of −log p(t|x) in nats at the end of an epoch. */
export interface EpochErrors {
  /** Over the points trained on, as they came by. */
  readonly trained: number
  /** Over those kept aside; NaN if there are none. */
  readonly held: number
  /** Over all of Bishop's problem, by a lattice; NaN of own points. */
  readonly fresh: number
}

/** What both networks say, scanned over the range of the maps. */
export interface Scan {
  /** p(t|x) at the middles of ROWS×COLUMNS cells, the least t first. */
  readonly density: Float32Array
  /** The density that is drawn in full colour. */
  readonly top: number
  /** αᵢ, μᵢ and σᵢ over the columns: component i from i·COLUMNS on. */
  readonly weights: Float32Array
  readonly means: Float32Array
  readonly scales: Float32Array
  /** What least squares answers, over the columns. */
  readonly leastSquares: Float32Array
}

/** How far training is. */
export interface Standing {
  /** Epochs done. */
  readonly epochs: number
  /** The epoch whose weights are kept and shown, counted from 0. */
  readonly best: number
  /** Whether it has come to its end. */
  readonly over: boolean
  /** The errors of the epochs since the standing before. */
  readonly errors: readonly EpochErrors[]
  readonly scan: Scan
  /** Those of the points that are drawn, and their πᵢ(x, t): of point q from q·m on. */
  readonly drawn: Examples
  readonly claims: Float32Array
}

/** A question for the density over one x. */
export interface Cut {
  readonly x: number
  readonly interval: IntervalKind
  readonly mass: number
}

/** A stretch of t, and the density in it. */
export interface Stretch {
  readonly lower: number
  readonly upper: number
}

/** What the networks say of one x. */
export interface Profile {
  readonly x: number
  /** Places of t in ascending order, p(t|x) at each, and αᵢφᵢ(t|x) of each component. */
  readonly t: Float64Array
  readonly density: Float64Array
  readonly parts: readonly Float64Array[]
  /** The densest first. */
  readonly modes: readonly {
    readonly t: number
    readonly density: number
    readonly weight: number
  }[]
  readonly intervals: readonly Stretch[]
  readonly leastSquares: number
  /** Of Bishop's problem: where t can be, and the density, the same everywhere there. */
  readonly truth?: { readonly stretches: readonly Stretch[]; readonly density: number }
}

/** The functions of the worker in which both networks are trained. */
export type MixtureFunctions = {
  /** Begins from the weights of a seed; gives the points that are trained on. */
  begin(problem: Problem): Examples
  /** Goes on until the end, or until `pause`; reports standings meanwhile. */
  play(what: undefined): Standing | undefined
  pause(what: undefined): void
  /** One epoch. */
  step(what: undefined): Standing | undefined
  pace(pace: Pace): void
  /** What the networks say of an x; nothing before the first epoch. */
  cut(cut: Cut): Profile | undefined
  checkpoint(what: undefined): Uint8Array
}
