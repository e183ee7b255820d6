import { type ConditionalRbm, type M64, Matrix, splitExamples } from 'lacuna'
import type { Examples } from '../tables/examples.js'
import { enumerable, PROMPT_BITS } from './enumerable.js'
import type { BoltzmannConfig } from './run.js'
import { VALIDATION } from './training.js'

/** States that may be gone through to judge, times the units summed over in each: some seconds. */
const WORK = 2 ** 31

/** How a machine does on the rows kept aside, or, where there are none, on all. */
export type Judgement = {
  readonly rows: number
  /** Mean of −log p(y|x), in nats, exactly. */
  readonly nll: number
  /** That of outputs which depend neither on x nor on one another. */
  readonly independentNll: number
  /** The share of rows whose outputs, all of them, are the most probable ones; where all can be compared. */
  readonly exactMatch?: number
  /** The share of outputs, one by one, that are more probable than not. */
  readonly bitsRight: number
}

/** Judges a machine; undefined where log Z(x) cannot be had, and so no log p either. */
export function judge(
  rbm: ConditionalRbm,
  { seed }: BoltzmannConfig,
  data: Examples,
): Judgement | undefined {
  const [outputs, hidden] = [rbm.U.rows, rbm.U.cols]
  if (!enumerable(rbm)) return undefined
  const comparable = outputs <= PROMPT_BITS
  const { held, trained } = splitExamples(data.x.rows, VALIDATION, seed)
  const enumerated = comparable ? outputs : hidden
  const each = 2 ** enumerated * Math.max(outputs, hidden)
  const most = Math.max(1, Math.floor(WORK / each))
  const rows = (held.length > 0 ? held : trained).subarray(0, most)
  const [x, y] = [select(data.x, rows), select(data.t, rows)]
  const [marginals, best] = [rbm.outputMarginals(x), comparable ? rbm.predict(x).best : undefined]
  const right = (row: number, p: M64) =>
    y.row(row).reduce((count, bit, j) => count + (p.row(row)[j]! > 0.5 === (bit === 1) ? 1 : 0), 0)
  const shares = (of: (row: number) => number) => mean(Array.from(rows, (_, i) => of(i)))
  return {
    rows: rows.length,
    nll: -mean(rbm.conditionalLogProbability(y, x)),
    independentNll: independentNll(data.t, trained, y),
    ...(best && { exactMatch: shares(i => (right(i, best) === outputs ? 1 : 0)) }),
    bitsRight: shares(i => right(i, marginals) / outputs),
  }
}

/** Mean of −log p of bits y that are on as often as in these rows of t, each for itself. */
function independentNll(t: Matrix, rows: Uint32Array, y: M64): number {
  const [trained, observed] = [new Float64Array(t.cols), new Float64Array(t.cols)]
  for (const row of rows) for (let j = 0; j < t.cols; j++) trained[j]! += t.row(row)[j]!
  for (let i = 0; i < y.rows; i++) for (let j = 0; j < t.cols; j++) observed[j]! += y.row(i)[j]!
  return trained.reduce((nll, ones, j) => {
    // Counted as if one more row had the bit on and one off, so that nothing is impossible.
    const p = (ones + 1) / (rows.length + 2)
    const share = observed[j]! / y.rows
    return nll - share * Math.log(p) - (1 - share) * Math.log(1 - p)
  }, 0)
}

function mean(values: ArrayLike<number>): number {
  return Array.from(values).reduce((sum, value) => sum + value, 0) / values.length
}

function select(matrix: Matrix, rows: Uint32Array): M64 {
  const selected = new Matrix(rows.length, matrix.cols, new Float64Array(rows.length * matrix.cols))
  for (const [i, row] of rows.entries()) selected.row(i).set(matrix.row(row))
  return selected
}
