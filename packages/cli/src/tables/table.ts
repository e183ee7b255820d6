import type { createReadStream } from 'node:fs'
import { open } from 'node:fs/promises'
import { CsvError, parse } from 'csv-parse'
import { LacunaError, type M64, Matrix } from 'lacuna'
import type { Cells } from './cells.js'

/** The longest row that is read, in characters: a file without line ends is no table. */
const LONGEST_ROW = 1_000_000

/** Some rows of a table, and how much of the file they and the rows before them take. */
export type Chunk = {
  /** One row each, the chosen columns in their order; NaN where a cell that may be empty is. */
  readonly values: M64
  /** From 0 to 1. */
  readonly fraction: number
}

/** How rows are read. */
export type Reading = {
  readonly cells: Cells
  /** The most rows of a chunk. */
  readonly rows: number
  /** The columns whose cells may be empty. */
  readonly optional?: readonly string[]
}

/** A record of csv-parse with `info`: its cells, and the number of lines read up to its end. */
type CsvRecord = { readonly record: readonly string[]; readonly info: { readonly lines: number } }

/**
 * A CSV file: commas, a first line that names the columns, and numbers or bits in those asked for.
 * It is read as a stream, however long it is.
 */
export class Table {
  readonly path: string
  /** The names in the first line. */
  readonly columns: readonly string[]

  private constructor(path: string, columns: readonly string[]) {
    this.path = path
    this.columns = columns
  }

  /**
   * Reads the first line.
   * @throws LACUNA_E_TABLE if the file cannot be read or holds nothing
   */
  static async open(path: string, signal: AbortSignal): Promise<Table> {
    for await (const { record } of records(path, () => {}, signal)) return new Table(path, record)
    throw new LacunaError(
      'LACUNA_E_TABLE',
      `${path} is empty`,
      'The first line must name the columns, and each line after it hold one example.',
    )
  }

  /** Whether the table has all these columns. */
  has(names: readonly string[]): boolean {
    return names.every(name => this.columns.includes(name))
  }

  /**
   * The rows, in chunks.
   *
   * @param names the columns that are wanted
   * @throws LACUNA_E_TABLE if a column is missing or there twice, if there are no rows, or at the
   *   first cell that has no value of the kind asked for, naming row, column and text
   */
  async *chunks(
    names: readonly string[],
    { cells, rows, optional = [] }: Reading,
    signal: AbortSignal,
  ): AsyncGenerator<Chunk, void, undefined> {
    const places = names.map(name => this.#place(name))
    const mayBeEmpty = names.map(name => optional.includes(name))
    let fraction = 0
    let values: number[] = []
    let waiting = 0
    let row = 0
    const chunk = () => {
      const part = new Matrix(waiting, names.length, Float64Array.from(values))
      values = []
      waiting = 0
      return { values: part, fraction }
    }
    const progress = (share: number) => {
      fraction = share
    }
    for await (const { record, info } of records(this.path, progress, signal)) {
      if (row++ === 0) continue
      for (const [i, place] of places.entries()) {
        const cell = record[place]!
        if (cell === '' && mayBeEmpty[i]) values.push(Number.NaN)
        else values.push(this.#value(cells, cell, row - 1, info.lines, names[i]!))
      }
      waiting++
      if (waiting === rows) yield chunk()
    }
    if (row < 2)
      throw new LacunaError(
        'LACUNA_E_TABLE',
        `${this.path} names columns but has no rows`,
        'Put one example on each line after the first.',
      )
    if (waiting > 0) yield chunk()
  }

  #place(name: string): number {
    const place = this.columns.indexOf(name)
    if (place < 0)
      throw new LacunaError(
        'LACUNA_E_TABLE',
        `${this.path} has no column "${name}"`,
        `Its first line names ${shortened(this.columns.map(column => `"${column}"`).join(', '))}. Columns are separated by commas.`,
      )
    if (this.columns.includes(name, place + 1))
      throw new LacunaError(
        'LACUNA_E_TABLE',
        `${this.path} has more than one column "${name}"`,
        'Give every column a name of its own.',
      )
    return place
  }

  #value(cells: Cells, cell: string, row: number, line: number, column: string): number {
    const value = cells.value(cell)
    if (!Number.isNaN(value)) return value
    const where = `${this.path}, row ${row} (line ${line}), column "${column}"`
    if (cell === '')
      throw new LacunaError(
        'LACUNA_E_TABLE',
        `${where}: the value is missing`,
        'Fill it in, or leave the row out.',
      )
    throw new LacunaError(
      'LACUNA_E_TABLE',
      `${where}: "${shortened(cell)}" ${cells.complaint(cell)}`,
      cells.hint,
    )
  }
}

/** The records of a file, the first line included. */
async function* records(
  path: string,
  progress: (fraction: number) => void,
  signal: AbortSignal,
): AsyncGenerator<CsvRecord, void, undefined> {
  const parser = parse({
    bom: true,
    info: true,
    max_record_size: LONGEST_ROW,
    skip_empty_lines: true,
    trim: true,
  })
  let source: ReturnType<typeof createReadStream> | undefined
  try {
    const file = await open(path)
    const { size } = await file.stat()
    source = file.createReadStream({ signal })
    source.on('data', () => progress(source!.bytesRead / Math.max(1, size)))
    source.on('error', error => parser.destroy(error))
    source.pipe(parser)
    for await (const record of parser) yield record as CsvRecord
  } catch (error) {
    signal.throwIfAborted()
    throw error instanceof LacunaError ? error : unreadable(path, error)
  } finally {
    source?.destroy()
    parser.destroy()
  }
}

function unreadable(path: string, error: unknown): LacunaError {
  const { code, message } = error as NodeJS.ErrnoException
  const hint =
    error instanceof CsvError
      ? 'Every line must have as many cells as the first; a cell with commas or quotes stands in double quotes.'
      : 'Name a CSV file that is there and can be read.'
  const why = code === 'ENOENT' ? 'it does not exist' : shortened(message)
  return new LacunaError('LACUNA_E_TABLE', `cannot read ${path}: ${why}`, hint, { cause: error })
}

/** So much of a text as a message can hold. */
function shortened(text: string): string {
  return text.length > 200 ? `${text.slice(0, 200)}…` : text
}
