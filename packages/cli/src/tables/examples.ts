import { type ColumnNames, LacunaError, Matrix } from 'lacuna'
import type { Progress } from '../progress.js'
import type { Cells } from './cells.js'
import { Table } from './table.js'

/** Rows that are parsed at a time. */
const ROWS = 10_000

/** Examples from a table, in float32 as they are trained on. */
export type Examples = {
  /** n×d inputs. */
  readonly x: Matrix
  /** n×c outputs. */
  readonly t: Matrix
}

/**
 * Reads all the examples of a table.
 * @throws LACUNA_E_TABLE if the table does not hold at least two
 */
export async function readExamples(
  path: string,
  columns: ColumnNames,
  cells: Cells,
  progress: Progress,
  signal: AbortSignal,
): Promise<Examples> {
  const { inputs, outputs } = columns
  const table = await Table.open(path, signal)
  const reading = { cells, rows: ROWS }
  const [x, t] = [new GrowingColumns(inputs.length), new GrowingColumns(outputs.length)]
  for await (const { values, fraction } of table.chunks([...inputs, ...outputs], reading, signal)) {
    for (let i = 0; i < values.rows; i++) {
      const row = values.row(i)
      x.add(row.subarray(0, inputs.length))
      t.add(row.subarray(inputs.length))
    }
    progress.update({ label: 'reading', fraction, detail: `${x.rows.toLocaleString('en')} rows` })
  }
  progress.clear()
  if (x.rows < 2)
    throw new LacunaError(
      'LACUNA_E_TABLE',
      `${path} has one row, and nothing can be learnt from one`,
      'Give at least 2 rows; hundreds are better.',
    )
  return { x: x.matrix(), t: t.matrix() }
}

/** More constant columns than these are counted, not named. */
const MOST_NAMED = 3

/** What is unusual about single columns. */
export function columnRemarks({ inputs, outputs }: ColumnNames, { x, t }: Examples): string[] {
  const ranges = [...rangesOf(inputs, x), ...rangesOf(outputs, t)]
  const constant = ranges.filter(({ least, most }) => least === most)
  const narrow = ranges.filter(
    ({ least, most }) =>
      least < most && most - least < Math.max(Math.abs(least), Math.abs(most)) * 2 ** -14,
  )
  return [
    ...(constant.length > MOST_NAMED
      ? [
          `${constant.length} columns are constant, such as "${constant[0]!.name}": there is nothing to learn from them`,
        ]
      : constant.map(
          ({ name, least }) =>
            `column "${name}" is constant (${least}): there is nothing to learn from it`,
        )),
    ...narrow.map(
      ({ name, least }) =>
        `column "${name}" varies by less than 1/16,000 of its size, which float32 blurs: subtract ${least} from it`,
    ),
  ]
}

/** The least and the largest value of each column. */
function rangesOf(names: readonly string[], matrix: Matrix) {
  return names.map((name, column) => {
    let [least, most] = [Infinity, -Infinity]
    for (let i = 0; i < matrix.rows; i++) {
      const value = matrix.data[i * matrix.cols + column]!
      ;[least, most] = [Math.min(least, value), Math.max(most, value)]
    }
    return { name, least, most }
  })
}

/** Rows in float32, of which it is not known beforehand how many there will be. */
class GrowingColumns {
  rows = 0
  readonly #columns: number
  #data = new Float32Array(1024)

  constructor(columns: number) {
    this.#columns = columns
  }

  add(row: Float64Array): void {
    const end = (this.rows + 1) * this.#columns
    if (end > this.#data.length) {
      const larger = new Float32Array(2 * end)
      larger.set(this.#data)
      this.#data = larger
    }
    this.#data.set(row, end - this.#columns)
    this.rows++
  }

  matrix(): Matrix {
    const data = this.#data.slice(0, this.rows * this.#columns)
    return new Matrix(this.rows, this.#columns, data)
  }
}
