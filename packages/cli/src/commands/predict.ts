import { readFile } from 'node:fs/promises'
import { resolve } from 'node:path'
import { Command } from 'commander'
import { LacunaError, MixtureDensityNetwork } from 'lacuna'
import { type PredictionSummary, predictions } from '../mixture/predictions.js'
import { examples, jsonOption, path, probabilities } from '../options.js'
import { duration, Progress } from '../progress.js'
import { Table } from '../tables/table.js'
import { writeFile } from '../write-file.js'

type Options = {
  readonly out: string
  readonly quantiles?: readonly number[]
  readonly json?: true
}

/** The quantiles that are written if none are asked for. */
const QUANTILES = [0.05, 0.5, 0.95]

/** `lacuna predict`: what a trained network says of the rows of a table. */
export function predictCommand(signal: AbortSignal): Command {
  const command = new Command('predict')
    .summary('answer for the rows of a table')
    .description(
      'Write what a trained mixture density network says of each row of a CSV file: mean, standard deviation, quantiles (with one output), every mode with its weight, and, where the table has the outputs too, the log density of what was observed. Columns are found by their names.',
    )
    .argument('<model>', 'checkpoint.safetensors of a run of `lacuna train mixture`')
    .argument('<table>', 'the CSV file')
    .requiredOption('-o, --out <file>', 'the CSV file to write', path('--out', 'file'))
    .option(
      '--quantiles <list>',
      'probabilities of the quantiles, with one output (default: 0.05,0.5,0.95)',
      probabilities('--quantiles'),
    )
    .addOption(jsonOption())
    .action((model: string, table: string, options: Options) =>
      predict(model, table, options, signal),
    )
  examples(command, [
    ['lacuna predict checkpoint.safetensors new.csv -o predictions.csv', 'a line for each row'],
    [
      'lacuna predict checkpoint.safetensors new.csv -o wide.csv --quantiles 0.01,0.99',
      'other quantiles',
    ],
  ])
  return command
}

async function predict(
  model: string,
  tablePath: string,
  options: Options,
  signal: AbortSignal,
): Promise<void> {
  const start = performance.now()
  const progress = new Progress(options)
  try {
    const network = await load(model)
    const { columns } = network.architecture
    if (columns === undefined)
      throw new LacunaError(
        'LACUNA_E_CHECKPOINT',
        `${model} does not say what its inputs and outputs are called`,
        'Use a model that `lacuna train mixture` has written.',
      )
    if ([model, tablePath].some(path => resolve(path) === resolve(options.out)))
      throw new LacunaError(
        'LACUNA_E_OPTION',
        `--out must not be ${options.out}, which is read from`,
        'Name another file.',
      )
    if (options.quantiles && columns.outputs.length > 1)
      throw new LacunaError(
        'LACUNA_E_OPTION',
        `--quantiles are for models with one output, but this one has ${columns.outputs.length}`,
        'Leave the option out.',
      )
    const quantiles = columns.outputs.length > 1 ? [] : (options.quantiles ?? QUANTILES)
    const table = await Table.open(tablePath, signal)
    let summary: PredictionSummary = { rows: 0, observed: 0, meanLogDensity: null }
    const show = (now: PredictionSummary, fraction: number) => {
      summary = now
      const detail = `${now.rows.toLocaleString('en')} rows`
      progress.update({ label: 'predicting', fraction, detail })
    }
    await writeFile(
      options.out,
      predictions(network, table, { ...columns, quantiles }, show, signal),
    )
    progress.clear()
    const { rows, observed, meanLogDensity } = summary
    progress.print(`${rows.toLocaleString('en')} rows: ${resolve(options.out)}`)
    if (meanLogDensity !== null)
      progress.print(
        `Mean of −log p, in nats: ${(-meanLogDensity).toFixed(4)} on ${observed.toLocaleString('en')} rows with the outputs given`,
      )
    if (options.json) {
      const seconds = Math.round(performance.now() - start) / 1000
      const document = { ...summary, ...columns, quantiles, out: resolve(options.out), seconds }
      process.stdout.write(`${JSON.stringify(document, null, 2)}\n`)
    } else progress.note(`Done in ${duration(performance.now() - start)}.`)
  } catch (error) {
    throw signal.aborted
      ? new LacunaError('LACUNA_E_ABORTED', 'stopped', 'Nothing was written.')
      : error
  } finally {
    progress.clear()
  }
}

async function load(path: string): Promise<MixtureDensityNetwork> {
  let bytes: Uint8Array
  try {
    bytes = await readFile(path)
  } catch (error) {
    throw new LacunaError(
      'LACUNA_E_CHECKPOINT',
      `cannot read ${path}: ${(error as Error).message}`,
      'Name the checkpoint.safetensors of a run of `lacuna train mixture`.',
      { cause: error },
    )
  }
  return MixtureDensityNetwork.load(bytes)
}
