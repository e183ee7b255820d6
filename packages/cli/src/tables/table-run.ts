import { type ColumnNames, fingerprint } from 'lacuna'
import { isWhole, type RunConfig, type RunFolder } from '../run-folder.js'
import { csvCell } from './csv-cell.js'
import type { Examples } from './examples.js'

/** What a run on a table is, whatever model it trains. */
export type TableConfig = RunConfig &
  ColumnNames & {
    readonly model: string
    readonly seed: number
    readonly data: { readonly rows: number; readonly fingerprint: string }
  }

/** A run on a table, and what it is trained on. */
export type OpenRun<Config extends TableConfig, Figures extends object> = {
  readonly run: RunFolder<Config, Figures>
  readonly data: Examples
}

/** Whether a configuration that was read is of a run of this model on a table. */
export function isTableConfig(
  model: string,
  { model: own, seed, inputs, outputs, data }: Partial<TableConfig>,
): boolean {
  const areTexts = (values?: readonly string[]) =>
    Array.isArray(values) && values.every(value => typeof value === 'string')
  return (
    own === model &&
    [seed, data?.rows].every(isWhole) &&
    areTexts(inputs) &&
    areTexts(outputs) &&
    typeof data?.fingerprint === 'string'
  )
}

/** The options that name the columns; names are a line of CSV. */
export function columnWords({ inputs, outputs }: ColumnNames): string[] {
  const line = (names: readonly string[]) => names.map(csvCell).join(',')
  const given = inputs.length > 0 ? ['--inputs', line(inputs)] : []
  return [...given, '--outputs', line(outputs)]
}

/** How many examples there are, and which. */
export function describe({ x, t }: Examples): TableConfig['data'] {
  const prints = [x, t].map(({ data }) => fingerprint(new Uint8Array(data.buffer)))
  return { rows: x.rows, fingerprint: prints.join(' ') }
}
