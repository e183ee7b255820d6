import type { ConditionalRbm } from 'lacuna'
import { JointTable } from 'lacuna/verification'
import type { Clamps } from './clamps.js'
import { type Machine, rbmOf, visibleUnits } from './machine.js'

/** A state of x and y, and its probability. In a state's number bit i is that of unit i. */
export interface VisibleState {
  readonly state: number
  readonly p: number
}

/** All that is known of a machine by going through its states. */
export class Exact {
  readonly machine: Machine
  readonly rbm: ConditionalRbm
  readonly table: JointTable
  /** How many states x and y have, and h. */
  readonly visibleStates: number
  readonly hiddenStates: number
  /** p(x,y,h), by the state's number. */
  readonly joint: Float64Array
  /** p(x,y) and p(y|x), by the visible state's number. */
  readonly visible: Float64Array
  readonly conditional: Float64Array

  constructor(machine: Machine) {
    const { sizes } = machine
    this.machine = machine
    this.rbm = rbmOf(machine)
    this.table = new JointTable(this.rbm)
    this.visibleStates = 2 ** visibleUnits(sizes)
    this.hiddenStates = 2 ** sizes.hidden
    const { x, y, h } = this.table.masks
    this.joint = this.table.logProbability(x | y | h).map(Math.exp)
    const visible = this.table.logProbability(x | y).subarray(0, this.visibleStates)
    const inputs = this.table.logProbability(x)
    this.visible = visible.map(Math.exp)
    this.conditional = visible.map((logP, v) => Math.exp(logP - inputs[v]!))
  }

  /** The states of x and y that agree with what is held, and p(x,y | what is held) of each. */
  visibleGiven(clamps: Clamps): VisibleState[] {
    let [mask, value] = [0, 0]
    for (const [unit, clamp] of clamps.entries()) {
      if (clamp === undefined) continue
      mask |= 1 << unit
      value |= clamp << unit
    }
    const { x, y } = this.table.masks
    const held = this.table.logProbability(mask)
    const both = this.table.logProbability(mask | x | y)
    const [visibleMask, visibleValue] = [mask & (x | y), value & (x | y)]
    const states = []
    for (let state = 0; state < this.visibleStates; state++) {
      if ((state & visibleMask) !== visibleValue) continue
      const whole = state | value
      states.push({ state, p: Math.exp(both[whole]! - held[whole]!) })
    }
    return states
  }
}

/** The bits of a state, the first unit's first. */
export function bitsOf(state: number, count: number): (0 | 1)[] {
  return Array.from({ length: count }, (_, unit) => ((state >>> unit) & 1) as 0 | 1)
}

/** The number of a state with these bits. */
export function stateOf(bits: ArrayLike<number>): number {
  return Array.from(bits).reduce((state, bit, unit) => state | (bit << unit), 0)
}

/** All states of so many units, in the order of their bits as text: 000, 001, 010, … */
export function statesInOrder(count: number): { state: number; text: string }[] {
  return Array.from({ length: 2 ** count }, (_, place) => {
    const bits = bitsOf(place, count).reverse()
    return { state: stateOf(bits), text: bits.join('') }
  })
}
