import type { DataSource } from '../../data/digits.js'
import type { Progress } from '../../worker/calls.js'
import type { Fillings } from './fill-gap.js'
import type { DigitLesson } from './settings.js'

/** How a machine stands after an epoch. */
export interface DigitEpoch {
  /** Epochs done. */
  readonly epochs: number
  /** Mean of −log pseudo-likelihood of training digits, in nats. */
  readonly error: number
  /** The couplings of each hidden unit as a picture. */
  readonly filters: readonly Uint8Array[]
}

/** What the worker reports while it works. */
export type DigitReport = Progress | DigitEpoch

/** The functions of the worker that learns digits, and asks the machine. */
export type DigitFunctions = {
  /** Learns from the beginning; reports epochs. */
  learn(what: DataSource & DigitLesson): void
  /** A test digit as bits; none where there is none of that number. */
  digit(what: DataSource & { digit: number }): Uint8Array | undefined
  /** Begins chains at noise; their pictures. */
  begin(what: { count: number; seed: number }): Uint8Array[]
  /** Goes on with them by one sweep; p(pixel = 1|h) as pictures. */
  sweep(what: undefined): Uint8Array[]
  fill(what: { bits: Uint8Array; mask: Uint8Array; count: number; seed: number }): Fillings
  checkpoint(what: undefined): Uint8Array
  /** The digits that were learnt from, as a table. */
  table(what: undefined): Uint8Array
}
