import { setImmediate as breathe } from 'node:timers/promises'
import { type ColumnNames, type M64, Matrix } from 'lacuna'
import type { Cells } from './cells.js'
import { csvCell } from './csv-cell.js'
import type { Table } from './table.js'

/** What a trained model says of the rows of a table. */
export type Answers = {
  readonly columns: ColumnNames
  readonly cells: Cells
  /** What was asked for, as `--json` tells. */
  readonly settings: object
  /** How many rows are asked about at a time. */
  readonly rows: number
  /** The names of the columns that are written. */
  readonly heading: readonly string[]
  /** What log p of the outputs that were observed is called, in the heading and as a mean. */
  readonly logLikelihood: { readonly column: string; readonly mean: string }
  /**
   * What is written of each row of x, and, if the outputs observed are given, log p of each; NaN
   * where it cannot be had.
   */
  answer(x: M64, observed?: M64): { lines: string[][]; logLikelihood?: Float64Array }
}

/** How far the predictions are. */
export type PredictionSummary = {
  readonly rows: number
  /** Rows whose outputs were all there to compare with, and whose log p could be had. */
  readonly observed: number
  /** Mean of log p over those; null if there are none. */
  readonly mean: number | null
}

/**
 * The predictions for the rows of a table as CSV, a heading and then a line for each row, in pieces.
 * Where the table has the outputs too, log p of what was observed comes last; the cell is empty
 * where an output's is, or where log p cannot be had.
 *
 * @param show is told after every piece how far the work is
 */
export async function* predictions(
  answers: Answers,
  table: Table,
  show: (summary: PredictionSummary, fraction: number) => void,
  signal: AbortSignal,
): AsyncGenerator<string, void, undefined> {
  const { inputs, outputs } = answers.columns
  const isObserved = table.has(outputs)
  const columns = isObserved ? [...inputs, ...outputs] : inputs
  const reading = { cells: answers.cells, rows: answers.rows, optional: outputs }
  const heading = [...answers.heading, ...(isObserved ? [answers.logLikelihood.column] : [])]
  let [rows, observed, sum] = [0, 0, 0]
  yield csvLine(heading.map(csvCell))
  for await (const { values, fraction } of table.chunks(columns, reading, signal)) {
    const y = isObserved ? part(values, inputs.length) : undefined
    const { lines, logLikelihood } = answers.answer(part(values, 0, inputs.length), y && filled(y))
    let text = ''
    for (const [i, line] of lines.entries()) {
      const logP = y?.row(i).some(Number.isNaN) ? Number.NaN : logLikelihood?.[i]
      const last = logP === undefined ? [] : [Number.isNaN(logP) ? '' : String(logP)]
      text += csvLine([...line, ...last])
      if (logP === undefined || Number.isNaN(logP)) continue
      observed++
      sum += logP
    }
    rows += values.rows
    show({ rows, observed, mean: observed === 0 ? null : sum / observed }, fraction)
    yield text
    await breathe()
    signal.throwIfAborted()
  }
}

/** Zeros for what is missing. */
function filled({ rows, cols, data }: M64): M64 {
  return new Matrix(
    rows,
    cols,
    data.map(value => (Number.isNaN(value) ? 0 : value)),
  )
}

/** Columns `start` to `end` (excluded). */
function part(x: M64, start: number, end = x.cols): M64 {
  const columns = new Matrix(x.rows, end - start, new Float64Array(x.rows * (end - start)))
  for (let i = 0; i < x.rows; i++) columns.row(i).set(x.row(i).subarray(start, end))
  return columns
}

function csvLine(cells: readonly string[]): string {
  return `${cells.join(',')}\n`
}
