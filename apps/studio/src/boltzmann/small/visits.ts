import type { VisibleState } from './exact.js'

/** By how much more sweeps there must be at the next point of the curve. */
const GROWTH = 1.12

/** A point of the curve: after so many sweeps, so far from the exact probabilities. */
export interface CurvePoint {
  readonly sweeps: number
  readonly distance: number
}

/** What is known of the visits at one moment. */
export interface VisitsSoFar {
  readonly sweeps: number
  /** By the number of the state. */
  readonly counts: Uint32Array
  /** The total variation distance, ½ Σ |share of the visits − p|; none before the first sweep. */
  readonly distance: number | undefined
  /** That distance at numbers of sweeps that grow by a tenth. */
  readonly curve: readonly CurvePoint[]
}

/** How often a chain was in each state of x and y, and how far that is from the exact probabilities. */
export class Visits {
  #sweeps = 0
  #curve: readonly CurvePoint[] = []
  readonly #counts: Uint32Array
  readonly #exact: readonly VisibleState[]

  constructor(states: number, exact: readonly VisibleState[]) {
    this.#counts = new Uint32Array(states)
    this.#exact = exact
  }

  add(state: number): void {
    this.#counts[state]!++
    this.#sweeps++
    if (this.#sweeps >= Math.ceil(GROWTH * (this.#curve.at(-1)?.sweeps ?? 0)))
      this.#curve = [...this.#curve, { sweeps: this.#sweeps, distance: this.#distance() }]
  }

  soFar(): VisitsSoFar {
    const sweeps = this.#sweeps
    const distance = sweeps > 0 ? this.#distance() : undefined
    return { sweeps, counts: this.#counts.slice(), distance, curve: this.#curve }
  }

  #distance(): number {
    const off = this.#exact.reduce(
      (sum, { state, p }) => sum + Math.abs(this.#counts[state]! / this.#sweeps - p),
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
