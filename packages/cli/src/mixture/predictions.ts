import { setImmediate as breathe } from 'node:timers/promises'
import { type GaussianMixture, type M64, Matrix, type MixtureDensityNetwork } from 'lacuna'
import { csvCell } from '../tables/csv-cell.js'
import type { Table } from '../tables/table.js'

/** Rows that are predicted at a time. */
const ROWS = 1000

/** What is told of each row. */
export type PredictionOptions = {
  readonly inputs: readonly string[]
  readonly outputs: readonly string[]
  /** Probabilities of the quantiles; none with several outputs. */
  readonly quantiles: readonly number[]
}

/** How far the predictions are. */
export type PredictionSummary = {
  readonly rows: number
  /** Rows whose outputs were all there to compare with. */
  readonly observed: number
  /** Mean of log p(t|x) over those; null if there are none. */
  readonly meanLogDensity: number | null
}

/** The names of the columns that are written. */
export function predictionColumns({ outputs, quantiles }: PredictionOptions, observed: boolean) {
  return [
    ...outputs.flatMap(name => [`${name}_mean`, `${name}_sd`]),
    ...quantiles.map(p => `${outputs[0]}_q${p}`),
    ...outputs.map(name => `${name}_modes`),
    'mode_weights',
    ...(observed ? ['log_density'] : []),
  ]
}

/**
 * The predictions for the rows of a table as CSV, a heading and then a line for each row, in pieces.
 * The places of the modes, and their weights, stand in one cell each, separated by semicolons, the
 * densest mode first. Where the table has the outputs too, the log density of what was observed
 * follows; the cell is empty where an output's is.
 *
 * @param show is told after every piece how far the work is
 */
export async function* predictions(
  network: MixtureDensityNetwork,
  table: Table,
  options: PredictionOptions,
  show: (summary: PredictionSummary, fraction: number) => void,
  signal: AbortSignal,
): AsyncGenerator<string, void, undefined> {
  const { inputs, outputs, quantiles } = options
  const observed = table.has(outputs)
  const columns = observed ? [...inputs, ...outputs] : inputs
  let [rows, compared, sum] = [0, 0, 0]
  yield csvLine(predictionColumns(options, observed).map(csvCell))
  for await (const { values, fraction } of table.chunks(columns, ROWS, signal, outputs)) {
    const mixture = network.predict(part(values, 0, inputs.length))
    const logDensity = observed ? observedDensity(mixture, part(values, inputs.length)) : undefined
    const [mean, variance, modes] = [mixture.mean(), mixture.variance(), mixture.modes()]
    const quantile = quantiles.map(p => mixture.quantile(p))
    let lines = ''
    for (let i = 0; i < values.rows; i++) {
      const density = logDensity?.[i]
      lines += csvLine([
        ...outputs.flatMap((_, k) => [mean.row(i)[k]!, Math.sqrt(variance.row(i)[k]!)]).map(String),
        ...quantile.map(each => String(each[i])),
        ...outputs.map((_, k) => modes[i]!.map(({ location }) => location[k]).join(';')),
        modes[i]!.map(({ weight }) => weight).join(';'),
        ...(density === undefined ? [] : [Number.isNaN(density) ? '' : String(density)]),
      ])
      if (density !== undefined && !Number.isNaN(density)) {
        compared++
        sum += density
      }
    }
    rows += values.rows
    const meanLogDensity = compared === 0 ? null : sum / compared
    show({ rows, observed: compared, meanLogDensity }, fraction)
    yield lines
    await breathe()
    signal.throwIfAborted()
  }
}

/** log p of what was observed; NaN where an output is missing. */
function observedDensity(mixture: GaussianMixture, t: M64): Float64Array {
  const isMissing = Array.from({ length: t.rows }, (_, i) => t.row(i).some(Number.isNaN))
  const filled = new Matrix(
    t.rows,
    t.cols,
    t.data.map(value => (Number.isNaN(value) ? 0 : value)),
  )
  return mixture.logDensity(filled).map((value, i) => (isMissing[i] ? Number.NaN : value))
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
