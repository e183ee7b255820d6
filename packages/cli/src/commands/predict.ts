import { readFile } from 'node:fs/promises'
import { resolve } from 'node:path'
import { Command, Option } from 'commander'
import {
  type ColumnNames,
  ConditionalRbm,
  LacunaError,
  MixtureDensityNetwork,
  readSafetensors,
} from 'lacuna'
import { boltzmannAnswers } from '../boltzmann/answers.js'
import { mixtureAnswers } from '../mixture/answers.js'
import { examples, jsonOption, path, probabilities, seedOption, wholeNumber } from '../options.js'
import { duration, Progress } from '../progress.js'
import { type Answers, type PredictionSummary, predictions } from '../tables/predictions.js'
import { Table } from '../tables/table.js'
import { writeFile } from '../write-file.js'

type Options = {
  readonly out: string
  readonly quantiles?: readonly number[]
  readonly samples?: number
  readonly seed: number
  readonly json?: true
}

/** The quantiles that are written if none are asked for. */
const QUANTILES = [0.05, 0.5, 0.95]

/** `lacuna predict`: what a trained model says of the rows of a table. */
export function predictCommand(signal: AbortSignal): Command {
  const command = new Command('predict')
    .summary('answer for the rows of a table')
    .description(
      'Write what a trained model says of each row of a CSV file. A mixture density network: mean, standard deviation, quantiles (with one output) and every mode with its weight. A conditional Boltzmann machine: the probability of each output, the most probable outputs, and samples. Where the table has the outputs too: log p of what was observed. Columns are found by their names.',
    )
    .argument('<model>', 'checkpoint.safetensors of a run of `lacuna train`')
    .argument('<table>', 'the CSV file')
    .requiredOption('-o, --out <file>', 'the CSV file to write', path('--out', 'file'))
    .option(
      '--quantiles <list>',
      'probabilities of the quantiles of a mixture with one output (default: 0.05,0.5,0.95)',
      probabilities('--quantiles'),
    )
    .addOption(
      new Option('--samples <n>', 'outputs that a Boltzmann machine draws for each row').argParser(
        wholeNumber('--samples', 1, 1000),
      ),
    )
    .addOption(seedOption(1))
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
    ['lacuna predict checkpoint.safetensors new.csv -o drawn.csv --samples 20', 'samples too'],
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
    const answers = await load(model, options)
    if ([model, tablePath].some(path => resolve(path) === resolve(options.out)))
      throw new LacunaError(
        'LACUNA_E_OPTION',
        `--out must not be ${options.out}, which is read from`,
        'Name another file.',
      )
    const table = await Table.open(tablePath, signal)
    let summary: PredictionSummary = { rows: 0, observed: 0, mean: null }
    const show = (now: PredictionSummary, fraction: number) => {
      summary = now
      const detail = `${now.rows.toLocaleString('en')} rows`
      progress.update({ label: 'predicting', fraction, detail })
    }
    await writeFile(options.out, predictions(answers, table, show, signal))
    progress.clear()
    const { rows, observed, mean } = summary
    progress.print(`${rows.toLocaleString('en')} rows: ${resolve(options.out)}`)
    if (mean !== null)
      progress.print(
        `Mean of −log p, in nats: ${(-mean).toFixed(4)} on ${observed.toLocaleString('en')} rows with the outputs given`,
      )
    if (options.json) {
      const seconds = Math.round(performance.now() - start) / 1000
      const figures = { rows, observed, [answers.logLikelihood.mean]: mean }
      const asked = { ...answers.columns, ...answers.settings, out: resolve(options.out) }
      const document = { ...figures, ...asked, seconds }
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

/** The model of a checkpoint, ready to answer as the options say. */
async function load(path: string, options: Options): Promise<Answers> {
  const { quantiles, samples, seed } = options
  const bytes = await read(path)
  if (readSafetensors(bytes).metadata.model === 'conditional-rbm') {
    if (quantiles)
      throw new LacunaError(
        'LACUNA_E_OPTION',
        '--quantiles are for mixtures, but this model is a Boltzmann machine, whose outputs are bits',
        'Leave the option out.',
      )
    const rbm = ConditionalRbm.load(bytes)
    return boltzmannAnswers(rbm, named(path, rbm.columns), samples ?? 0, seed)
  }
  const network = MixtureDensityNetwork.load(bytes)
  const columns = named(path, network.architecture.columns)
  const outputs = columns.outputs.length
  if (samples !== undefined)
    throw new LacunaError(
      'LACUNA_E_OPTION',
      '--samples are for Boltzmann machines, but this model is a mixture density network',
      'Leave the option out.',
    )
  if (quantiles && outputs > 1)
    throw new LacunaError(
      'LACUNA_E_OPTION',
      `--quantiles are for models with one output, but this one has ${outputs}`,
      'Leave the option out.',
    )
  return mixtureAnswers(network, columns, outputs > 1 ? [] : (quantiles ?? QUANTILES))
}

function named(path: string, columns: ColumnNames | undefined): ColumnNames {
  if (columns) return columns
  throw new LacunaError(
    'LACUNA_E_CHECKPOINT',
    `${path} does not say what its inputs and outputs are called`,
    'Use a model that `lacuna train` has written.',
  )
}

async function read(path: string): Promise<Uint8Array> {
  try {
    return await readFile(path)
  } catch (error) {
    throw new LacunaError(
      'LACUNA_E_CHECKPOINT',
      `cannot read ${path}: ${(error as Error).message}`,
      'Name the checkpoint.safetensors of a run of `lacuna train`.',
      { cause: error },
    )
  }
}
