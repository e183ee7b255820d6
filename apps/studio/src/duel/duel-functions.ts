import type { PhaseName } from 'lacuna'
import type { DataSource } from '../data/digits.js'
import type { Progress } from '../worker/calls.js'
import type { DuelSettings } from './settings.js'

/** Who learns in a step. */
export type Learner = 'both' | 'energy' | 'generator'

/** The energies of a batch: of the true images, and of the contrastive ones. */
export interface Energies {
  readonly true: Float64Array
  readonly contrastive: Float64Array
}

/** How a duel stands after a step. */
export interface Standing {
  /** Steps done. */
  readonly step: number
  /** The losses of the steps since the standing before. */
  readonly losses: Float32Array
  /** The ten test digits as they are completed now. */
  readonly digits: readonly Uint8Array[]
  /** The energies that the last step computed; none before the first. */
  readonly energies?: Energies
}

/** The ten test digits of the pictures: whole, and where the patch is missing. */
export interface TestDigits {
  readonly levels: readonly Uint8Array[]
  readonly masks: readonly Uint8Array[]
}

/** What a step looks like when one of its phases is over; of the images the first few. */
export interface PhaseView {
  readonly name: PhaseName
  /** The step it is part of, counted from 0. */
  readonly step: number
  readonly true: readonly Uint8Array[]
  readonly contrastive: readonly Uint8Array[]
  readonly masks: readonly Uint8Array[]
  /** The energies of those images, and the means over the batch. */
  readonly energies: { readonly true: readonly number[]; readonly contrastive: readonly number[] }
  readonly means: { readonly true: number; readonly contrastive: number }
  readonly loss: number
  /** ∂err/∂x⁻ of those images, scaled so that the largest of the batch is 1. */
  readonly gradients: readonly Float32Array[]
  /** How the duel stands, after the last phase. */
  readonly standing?: Standing
}

/** What the worker reports while it works: how far loading is, and how the duel stands. */
export type Report = Progress | Standing

/** The functions of the worker in which the duel is fought. */
export type DuelFunctions = {
  /** Begins from the weights of a seed. */
  begin(what: DataSource & DuelSettings): { test: TestDigits; standing: Standing }
  /** Sets the loss and the learning rates from the next step on. */
  steer(course: Pick<DuelSettings, 'loss' | 'energyRate' | 'generatorRate'>): void
  /** Goes on until so many steps are done, or until `pause`; reports standings meanwhile. */
  play(what: { until: number }): Standing
  pause(what: undefined): void
  /** One step; one that is under way phase by phase is finished. */
  step(what: { learner: Learner }): Standing
  /** The next phase of the step. */
  phase(what: undefined): PhaseView
  checkpoint(what: undefined): Uint8Array
}
