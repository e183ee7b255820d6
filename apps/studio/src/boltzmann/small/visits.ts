import type { VisibleState } from './exact.js'

/** By how much more sweeps there must be at the next point of the curve. */
const GROWTH = 1.12

/** A point of the curve: after so many sweeps, so far from the exact probabilities. */
export interface CurvePoint {
  readonly sweeps: number
  readonly distance: number
}

/** How often a chain was in each state of x and y, and how far that is from the exact probabilities. */
export class Visits {
  sweeps = 0
  /** By the number of the state. */
  readonly counts: Uint32Array
  /** The distance at numbers of sweeps that grow by a tenth. */
  readonly curve: CurvePoint[] = []
  readonly #exact: readonly VisibleState[]

  constructor(states: number, exact: readonly VisibleState[]) {
    this.counts = new Uint32Array(states)
    this.#exact = exact
  }

  add(state: number): void {
    this.counts[state]!++
    this.sweeps++
    if (this.sweeps >= Math.ceil(GROWTH * (this.curve.at(-1)?.sweeps ?? 0)))
      this.curve.push({ sweeps: this.sweeps, distance: this.distance()! })
  }

  /** The total variation distance, ½ Σ |share of the visits − p|; none before the first sweep. */
  distance(): number | undefined {
    if (this.sweeps === 0) return undefined
    const off = this.#exact.reduce(
      (sum, { state, p }) => sum + Math.abs(this.counts[state]! / this.sweeps - p),
      0,
    )
    return off / 2
  }
}

/**
 * What distance n independent draws would leave on average: with E|share − p| ≈ √(2p(1−p)/(πn)) for each
 * state, the mean absolute deviation of a normal distribution, it is Σ √(p(1−p)/(2πn)).
 */
export function distanceOfIndependentDraws(exact: readonly VisibleState[], draws: number): number {
  const sum = exact.reduce((total, { p }) => total + Math.sqrt(Math.max(0, p * (1 - p))), 0)
  return sum / Math.sqrt(2 * Math.PI * draws)
}
