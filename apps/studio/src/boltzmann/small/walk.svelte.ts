import { Random } from 'lacuna'
import type { Clamps } from './clamps.js'
import { type Exact, stateOf } from './exact.js'
import { type Draw, GibbsChain, type Layer } from './gibbs-chain.js'
import { visibleUnits } from './machine.js'
import { Visits, type VisitsSoFar } from './visits.js'

/** How the chain goes on: not by itself, half a step at a time to be watched, or many sweeps a frame. */
export type Pace = 'still' | 'slow' | 'fast'

/** Milliseconds between two half steps that are watched. */
const HALF_STEP = 900

/** Sweeps between two frames. */
const A_FRAME = 40

/** Where a chain that was forgotten stops. */
export const MOST_SWEEPS = 1_000_000

/** What is known of the walk at one moment. */
export interface Standing {
  readonly bits: Uint8Array
  readonly next: Layer
  /** The last half step's draws; none at the beginning, or where whole sweeps go by. */
  readonly draws: readonly Draw[]
  readonly visits: VisitsSoFar
}

/** A Gibbs chain, its pace and its visits, as the page sees them. */
export class Walk {
  pace = $state<Pace>('still')
  standing = $state.raw<Standing>()
  #chain: GibbsChain | undefined
  #visits: Visits | undefined
  #visible = 0
  #stopWaiting: (() => void) | undefined

  /** Begins at the first state of a seed, at the pace that it has. */
  begin(exact: Exact, clamps: Clamps, seed: number): void {
    this.#visible = visibleUnits(exact.machine.sizes)
    this.#chain = new GibbsChain(exact.rbm, clamps, new Random(seed))
    this.#visits = new Visits(exact.visibleStates, exact.visibleGiven(clamps))
    this.#tell([])
  }

  halfStep(): void {
    const layer = this.#chain!.next
    const draws = this.#chain!.halfStep()
    if (layer === 'visible') this.#count()
    this.#tell(draws)
  }

  sweeps(count: number): void {
    for (let sweep = 0; sweep < count; sweep++) {
      this.#chain!.sweep()
      this.#count()
    }
    this.#tell([])
  }

  go(pace: Pace): void {
    this.#stopWaiting?.()
    this.pace = pace
    if (pace === 'slow') {
      this.halfStep()
      const timer = setInterval(() => this.halfStep(), HALF_STEP)
      this.#stopWaiting = () => clearInterval(timer)
    } else if (pace === 'fast') {
      const frame = () => {
        this.sweeps(A_FRAME)
        if (this.standing!.visits.sweeps >= MOST_SWEEPS) this.go('still')
        else request = requestAnimationFrame(frame)
      }
      let request = requestAnimationFrame(frame)
      this.#stopWaiting = () => cancelAnimationFrame(request)
    }
  }

  #count(): void {
    this.#visits!.add(stateOf(this.#chain!.bits.subarray(0, this.#visible)))
  }

  #tell(draws: readonly Draw[]): void {
    const { bits, next } = this.#chain!
    this.standing = { bits: bits.slice(), next, draws, visits: this.#visits!.soFar() }
  }
}
