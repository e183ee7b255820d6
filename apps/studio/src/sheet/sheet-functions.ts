import type { Identity } from 'lacuna/verification'
import type { DataSource } from '../data/digits.js'
import type { Progress } from '../worker/calls.js'
import type { Weights } from './settings.js'

/** Ten pictures side by side, and the squared error of each inside its hole. */
export interface Strip {
  readonly levels: readonly Uint8Array[]
  readonly errors: readonly number[]
}

/** The ten test digits of the figures: whole, where the patch is missing, and without it. */
export interface Ten {
  readonly truth: readonly Uint8Array[]
  readonly masks: readonly Uint8Array[]
  readonly incomplete: Strip
}

/** The loss of an epoch: of its last step, which the sheet prints, and its mean. */
export interface EpochLoss {
  readonly epoch: number
  readonly loss: number
  readonly meanLoss: number
}

/** How a training stands. */
export interface TrainingReport {
  /** What it is trained on, and for how long. */
  readonly images: number
  readonly epochs: number
  readonly losses: readonly EpochLoss[]
  readonly completed: Strip
}

/** A digit projected with its hole, taken apart. */
export interface Projected {
  /** x, z, r(z), and the digit as it is completed. */
  readonly truth: Uint8Array
  readonly incomplete: Uint8Array
  readonly projected: Uint8Array
  readonly completed: Uint8Array
  readonly mask: Uint8Array
  /** The largest |r(r(z)) − r(z)| of a pixel. */
  readonly twice: number
  /** ‖r(z) − x‖, and ‖−(I − P)(x − μ) − Ph‖. */
  readonly error: number
  readonly sum: number
  /** How far the two are apart in a pixel at most. */
  readonly difference: number
  /** Mean squares in the hole. */
  readonly inHole: { readonly blur: number; readonly copy: number; readonly both: number }
}

/** The small duel after a step. */
export interface SmallStep {
  /** The two weights that can be moved. */
  readonly weights: Weights
  /** err as a function of each, over the range in which it can be moved. */
  readonly curves: { readonly energy: readonly number[]; readonly generator: readonly number[] }
  /** err by a step and by float64; how far each weight moved at η = 1; and ∂err/∂θ by differences. */
  readonly error: { readonly step: number; readonly reference: number }
  readonly moves: Weights
  readonly slopes: Weights
  /** Over all parameters of each network, the largest difference of a move from ∓∂err/∂θ. */
  readonly worst: Weights
  /** How far the bias of each of the generator's 16 outputs moved, and its ∂err/∂θ. */
  readonly outputs: readonly number[]
  readonly outputSlopes: readonly number[]
  readonly tolerance: number
}

/** Which digit is projected, with the patch of a seed, and on how many components. */
export interface ProjectionQuestion {
  readonly seed: number
  readonly digit: number
  readonly components: number
}

/** Which small duel makes a step; its weights are those of the seed where nothing is said. */
export interface SmallStepQuestion {
  readonly seed: number
  readonly hole: readonly number[]
  readonly weights: Weights | undefined
}

/** The functions of the worker of the room. */
export type SheetFunctions = {
  ten(what: DataSource & { seed: number }): Ten
  /** Completions of the ten by so many principal components. */
  principal(what: DataSource & { seed: number; components: readonly number[] }): readonly Strip[]
  /** Completions by the ready-made generator. */
  generator(what: DataSource & { seed: number }): Strip
  /** Trains a generator as the sheet says, and reports after every epoch. */
  train(what: DataSource & { seed: number; images: number; epochs: number }): TrainingReport
  project(what: DataSource & ProjectionQuestion): Projected
  smallStep(what: SmallStepQuestion): SmallStep
  verify(what: { seed: number }): readonly Identity[]
}

/** What the worker reports while it works. */
export type SheetReport = Progress | TrainingReport
