import { ConditionalRbm, type M64, Matrix, Random } from 'lacuna'
import { JointTable } from 'lacuna/verification'
import type { Compared } from './comparison.js'
import { twoDigits } from './mixture-point.js'
import { index } from './number-text.js'

/** Bits of x, y and h of the machine that can be looked through: a table of 2⁷ states. */
export const [INPUTS, OUTPUTS, HIDDEN] = [2, 2, 3]

const BITS = INPUTS + OUTPUTS + HIDDEN

/** How far a coupling may be moved. */
export const COUPLING = 3

/** A machine and one of its states. */
export interface MachinePoint {
  /** W over U, row by row: one row a bit of x, then of y, one column a hidden unit. */
  readonly couplings: readonly number[]
  /** x, y and h, 0 or 1. */
  readonly bits: readonly number[]
}

/** A machine with a state, from a seed. */
export function drawMachine(seed: number): MachinePoint {
  const random = new Random(seed, 0, 1)
  const couplings = Array.from({ length: (INPUTS + OUTPUTS) * HIDDEN }, () =>
    twoDigits(Math.min(COUPLING, Math.max(-COUPLING, 1.2 * random.normal()))),
  )
  return { couplings, bits: Array.from({ length: BITS }, () => random.integer(0, 2)) }
}

/** The machine with the other value of one bit. */
export function flipped(point: MachinePoint, bit: number): MachinePoint {
  return { ...point, bits: point.bits.map((value, at) => (at === bit ? 1 - value : value)) }
}

/** The machine with another coupling. */
export function coupled(point: MachinePoint, at: number, value: number): MachinePoint {
  const kept = twoDigits(Math.min(COUPLING, Math.max(-COUPLING, value)))
  return { ...point, couplings: point.couplings.map((old, i) => (i === at ? kept : old)) }
}

/** What each bit is called: x₁, x₂, y₁ … */
export const bitNames = Array.from({ length: BITS }, (_, at) => {
  if (at < INPUTS) return `x${index(at + 1)}`
  return at < INPUTS + OUTPUTS
    ? `y${index(at - INPUTS + 1)}`
    : `h${index(at - INPUTS - OUTPUTS + 1)}`
})

export type MachineStatement = '2ai' | '2aii' | '2b'

/** One state of a sum. */
export interface Term {
  /** The bits that are summed over. */
  readonly bits: string
  readonly energy: number
}

/** What a machine says at its state, by the library's closed forms and by the table of all states. */
export class MachineView {
  readonly #point: MachinePoint
  readonly #rbm: ConditionalRbm
  readonly #table: JointTable
  readonly #state: number

  constructor(point: MachinePoint) {
    this.#point = point
    const { couplings, bits } = point
    const rows = (from: number, to: number): M64 =>
      new Matrix(to - from, HIDDEN, Float64Array.from(couplings.slice(from * HIDDEN, to * HIDDEN)))
    this.#rbm = ConditionalRbm.from({
      W: rows(0, INPUTS),
      U: rows(INPUTS, INPUTS + OUTPUTS),
    })
    this.#table = new JointTable(this.#rbm)
    this.#state = bits.reduce((state, bit, at) => state | (bit << at), 0)
  }

  /** p(h_k = 1|x,y). */
  get hidden(): readonly number[] {
    return [...this.#rbm.hiddenGiven(this.#bits(0, INPUTS), this.#y).data]
  }

  /** p(y_j = 1|h). */
  get outputs(): readonly number[] {
    return [...this.#rbm.outputGiven(this.#h).data]
  }

  compare(statement: MachineStatement): Compared[] {
    const { x, y, h } = this.#table.masks
    const bound = this.#table.rounding
    const given = (first: number, count: number, mask: number) =>
      Array.from(
        { length: count },
        (_, i) => this.#table.probabilityGiven(1 << (first + i), mask)[this.#state]!,
      )
    if (statement === '2ai')
      return given(INPUTS + OUTPUTS, HIDDEN, x | y).map((other, k) => {
        return { name: `p(h${index(k + 1)}=1|x,y)`, closed: this.hidden[k]!, other, bound }
      })
    if (statement === '2aii')
      return given(INPUTS, OUTPUTS, x | h).map((other, j) => {
        return { name: `p(y${index(j + 1)}=1|h,x)`, closed: this.outputs[j]!, other, bound }
      })
    const [rbm, table] = [this.#rbm, this.#table]
    const logProbability = table.logProbability(x | y)[this.#state]!
    const inputs = this.#bits(0, INPUTS)
    return [
      {
        name: 'F(x,y)',
        closed: rbm.freeEnergy(inputs, this.#y)[0]!,
        other: -logProbability - table.logPartition,
        bound,
      },
      { name: 'log Z', closed: rbm.logPartition(), other: table.logPartition, bound },
      {
        name: 'log p(x,y)',
        closed: rbm.logProbability(inputs, this.#y)[0]!,
        other: logProbability,
        bound,
      },
    ]
  }

  /** The states that a statement sums over, the others being as they are. */
  terms(statement: MachineStatement): Term[] {
    const [first, count] = statement === '2aii' ? [INPUTS, OUTPUTS] : [INPUTS + OUTPUTS, HIDDEN]
    const others = this.#state & ~((2 ** count - 1) << first)
    return Array.from({ length: 2 ** count }, (_, number) => ({
      bits: Array.from({ length: count }, (_, i) => (number >> i) & 1).join(' '),
      energy: this.#table.energy[others | (number << first)]!,
    }))
  }

  /** What the wrong answers give, for the first unit asked for, in the order of docs/theory. */
  slips(statement: MachineStatement): number[] {
    const sigm = (t: number) => 1 / (1 + Math.exp(-t))
    const { couplings, bits } = this.#point
    const [x, y, h] = [
      bits.slice(0, INPUTS),
      bits.slice(INPUTS, INPUTS + OUTPUTS),
      bits.slice(-HIDDEN),
    ]
    const coupling = (row: number, k: number) => couplings[row * HIDDEN + k]!
    const sumOver = (values: readonly number[], of: (value: number, at: number) => number) =>
      values.reduce((sum, value, at) => sum + of(value, at), 0)
    const fromInputs = h.map((_, k) => sumOver(x, (bit, i) => bit * coupling(i, k)))
    const t = fromInputs.map(
      (value, k) => value + sumOver(y, (bit, j) => bit * coupling(INPUTS + j, k)),
    )
    if (statement === '2ai')
      return [
        sigm(-t[0]!),
        Math.exp(t[0]!),
        sigm(fromInputs[0]!),
        Math.exp(t[0]!) / sumOver(t, Math.exp),
      ]
    if (statement === '2aii') {
      const u = y.map((_, j) => sumOver(h, (bit, k) => bit * coupling(INPUTS + j, k)))
      const fromX = sumOver(h, (bit, k) => bit * fromInputs[k]!)
      return [sigm(fromX + u[0]!), sigm(-u[0]!), Math.exp(u[0]!) / sumOver(u, Math.exp)]
    }
    return [
      -sumOver(t, value => value),
      -Math.log(1 + Math.exp(sumOver(t, value => value))),
      sumOver(t, value => Math.log(1 + Math.exp(value))),
      -sumOver(t, value => value * sigm(value)),
    ]
  }

  get #y(): M64 {
    return this.#bits(INPUTS, INPUTS + OUTPUTS)
  }

  get #h(): M64 {
    return this.#bits(INPUTS + OUTPUTS, BITS)
  }

  #bits(from: number, to: number): M64 {
    return new Matrix(1, to - from, Float64Array.from(this.#point.bits.slice(from, to)))
  }
}
