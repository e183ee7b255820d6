import { ConditionalRbm } from '../../dist/boltzmann/conditional-rbm.js'
import { type M64, Matrix } from '../../dist/compute/matrix.js'

/** Parameters as plain lists: W is d×K, U c×K. */
export interface Machine {
  readonly W: number[][]
  readonly U: number[][]
  readonly a: number[]
  readonly b: number[]
  readonly q: number[]
}

/** One configuration of all bits, and log p(x,y,h). */
export interface Entry {
  readonly x: number[]
  readonly y: number[]
  readonly h: number[]
  readonly logP: number
}

/** All 2^count vectors of bits. */
export function allBits(count: number): number[][] {
  return count === 0
    ? [[]]
    : allBits(count - 1).flatMap(rest => [
        [...rest, 0],
        [...rest, 1],
      ])
}

/** E(x,y,h) = −Σ x_i W_ik h_k − Σ y_j U_jk h_k − aᵀx − bᵀy − qᵀh, term by term. */
export function energyOf(
  { W, U, a, b, q }: Machine,
  x: number[],
  y: number[],
  h: number[],
): number {
  let E = 0
  for (const [k, h_k] of h.entries()) {
    for (const [i, x_i] of x.entries()) E -= x_i * W[i]![k]! * h_k
    for (const [j, y_j] of y.entries()) E -= y_j * U[j]![k]! * h_k
    E -= q[k]! * h_k
  }
  for (const [i, x_i] of x.entries()) E -= a[i]! * x_i
  for (const [j, y_j] of y.entries()) E -= b[j]! * y_j
  return E
}

export function logSumExp(values: number[]): number {
  const most = Math.max(...values)
  return most + Math.log(values.reduce((sum, value) => sum + Math.exp(value - most), 0))
}

/** The table of all log p(x,y,h), from E and nothing else, and log Z. */
export function jointTable(machine: Machine): { table: Entry[]; logZ: number; most: number } {
  const entries = allBits(machine.a.length).flatMap(x =>
    allBits(machine.b.length).flatMap(y =>
      allBits(machine.q.length).map(h => ({ x, y, h, E: energyOf(machine, x, y, h) })),
    ),
  )
  const logZ = logSumExp(entries.map(({ E }) => -E))
  const table = entries.map(({ x, y, h, E }) => ({ x, y, h, logP: -E - logZ }))
  return { table, logZ, most: Math.max(...entries.map(({ E }) => Math.abs(E))) }
}

/** log of the table's probability of all entries for which `where` holds; −∞ if there are none. */
export function logP(table: Entry[], where: (entry: Entry) => boolean): number {
  const chosen = table.filter(where)
  return chosen.length === 0 ? -Infinity : logSumExp(chosen.map(entry => entry.logP))
}

export const same = (a: number[], b: number[]) => a.every((value, i) => value === b[i])

/** Rows as a matrix of so many columns (rows of no columns can't tell). */
export function matrixOf(rows: number[][], cols: number): M64 {
  return new Matrix(rows.length, cols, Float64Array.from(rows.flat()))
}

export function rbmOf({ W, U, a, b, q }: Machine): ConditionalRbm {
  return ConditionalRbm.from({
    W: matrixOf(W, q.length),
    U: matrixOf(U, q.length),
    inputBias: a,
    outputBias: b,
    hiddenBias: q,
  })
}

/**
 * A machine with couplings in ±scale, drawn from random numbers in (−1, 1), and the biases that leave
 * every bit undecided while the others are on half of the time: so bits depend on one another.
 */
export function entangled(d: number, c: number, K: number, scale: number, random: () => number) {
  const rows = (count: number) =>
    Array.from({ length: count }, () => Array.from({ length: K }, () => scale * random()))
  const half = (values: number[]) => -values.reduce((sum, value) => sum + value, 0) / 2
  const [W, U] = [rows(d), rows(c)]
  const q = Array.from({ length: K }, (_, k) => half([...W, ...U].map(row => row[k]!)))
  return rbmOf({ W, U, a: W.map(half), b: U.map(half), q })
}
