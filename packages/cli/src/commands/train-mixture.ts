import { join, resolve } from 'node:path'
import { Command, Option } from 'commander'
import { fingerprint, LacunaError } from 'lacuna'
import { INTERRUPTED } from '../interruption.js'
import { mixtureResults } from '../mixture/results.js'
import { isMixtureConfig, type MixtureConfig, type MixtureRun } from '../mixture/run.js'
import { trainMixture } from '../mixture/training.js'
import {
  examples,
  jsonOption,
  names,
  path,
  seedOption,
  wholeNumber,
  wholeNumbers,
} from '../options.js'
import { duration, Progress } from '../progress.js'
import { noteOlderRun, otherRun, requireSame, stopped } from '../resuming.js'
import { RunFolder } from '../run-folder.js'
import { type Examples, readExamples } from '../tables/examples.js'
import { requireWritable } from '../write-file.js'

/** What can be said on the command line and is part of the run's configuration. */
const configured = [
  'seed',
  'epochs',
  'inputs',
  'outputs',
  'components',
  'hidden',
  'covariance',
] as const

type Options = Pick<MixtureConfig, (typeof configured)[number]> & {
  readonly out: string
  readonly resume?: true
  readonly json?: true
}

/** `lacuna train mixture`: learns the density of some columns of a table given others. */
export function trainMixtureCommand(signal: AbortSignal): Command {
  const command = new Command('mixture')
    .summary('learn the density of some columns given others')
    .description(
      'Train a mixture density network on a CSV file: the whole density of the output columns, given the input columns. The first line of the file names its columns.',
    )
    .argument('<table>', 'the CSV file')
    .option(
      '--inputs <names>',
      'the columns to predict from, separated by commas',
      names('--inputs'),
    )
    .option('--outputs <names>', 'the columns to predict', names('--outputs'))
    .option(
      '--components <n>',
      'Gaussians in the mixture',
      wholeNumber('--components', 1, 1000),
      10,
    )
    .option(
      '--hidden <sizes>',
      'units of the hidden layers, separated by commas',
      wholeNumbers('--hidden', 1, 65_536),
      [30, 30, 30],
    )
    .addOption(
      new Option('--covariance <kind>', 'one width a component, or one for each output')
        .choices(['isotropic', 'diagonal'])
        .default('isotropic'),
    )
    .option(
      '--epochs <n>',
      'passes over the rows, at most',
      wholeNumber('--epochs', 1, 100_000),
      300,
    )
    .addOption(seedOption(1))
    .option('--out <folder>', 'where everything is written', path('--out'), 'runs/mixture')
    .option('--resume', 'go on with the stopped run in --out, to the same bits')
    .addOption(jsonOption())
    .action((table: string, options: Options) =>
      runTraining(table, options, option => command.getOptionValueSource(option) === 'cli', signal),
    )
  examples(command, [
    ['lacuna train mixture data.csv --inputs a,b --outputs y', 'into runs/mixture'],
    ['lacuna train mixture arm.csv --inputs x,y --outputs θ1,θ2 --components 5', 'two outputs'],
    ['lacuna train mixture data.csv --resume', 'go on with it after Ctrl-C'],
  ])
  command.addHelpText(
    'after',
    `
One row in ten is kept aside to judge by, and the network that does best on those is kept.
Ctrl-C stops within a second and keeps the last finished epoch; the exit code is then ${INTERRUPTED}.
With --resume, options that are left out are those of the stopped run.`,
  )
  return command
}

/** Whether an option was given on the command line, and is not the default. */
type Given = (option: keyof Options) => boolean

async function runTraining(
  table: string,
  options: Options,
  given: Given,
  signal: AbortSignal,
): Promise<void> {
  const start = performance.now()
  const progress = new Progress(options)
  let run: MixtureRun | undefined
  try {
    const opened = options.resume
      ? await resume(table, options, given, progress, signal)
      : await begin(table, options, progress, signal)
    run = opened.run
    const network = await trainMixture(run, opened.data, progress, signal)
    const { metrics, lines } = await mixtureResults(run, network, opened.data, progress, signal)
    const folder = resolve(options.out)
    for (const line of lines) progress.print(line)
    const paths = {
      folder,
      report: join(folder, 'report.html'),
      checkpoint: join(folder, 'checkpoint.safetensors'),
    }
    progress.print(`\nReport: ${paths.report}`)
    progress.print(`Model: ${paths.checkpoint}`)
    if (options.json) {
      const seconds = Math.round(performance.now() - start) / 1000
      process.stdout.write(`${JSON.stringify({ ...metrics, paths, seconds }, null, 2)}\n`)
    } else progress.note(`Done in ${duration(performance.now() - start)}.`)
  } catch (error) {
    const words = ['lacuna train mixture', table, '--resume']
    if (given('out')) words.push('--out', options.out)
    throw signal.aborted ? stopped(run, words) : error
  } finally {
    progress.clear()
  }
}

/** A new run in an empty or replaced folder. */
async function begin(
  table: string,
  options: Options,
  progress: Progress,
  signal: AbortSignal,
): Promise<{ run: MixtureRun; data: Examples }> {
  const { out, seed, epochs, inputs, outputs, components, hidden, covariance } = options
  const missing = [inputs ? [] : ['--inputs'], outputs ? [] : ['--outputs']].flat()
  const twice = inputs?.find(name => outputs?.includes(name))
  if (missing.length > 0 || twice !== undefined)
    throw new LacunaError(
      'LACUNA_E_OPTION',
      twice === undefined
        ? `${missing.join(' and ')} must name columns of the table`
        : `column "${twice}" cannot be both input and output`,
      'Say what is to be predicted from what: --inputs a,b --outputs y.',
    )
  await requireWritable(out)
  const data = await readExamples(table, { inputs, outputs }, progress, signal)
  await noteOlderRun(out, isMixtureConfig, progress)
  const recipe = { seed, epochs, inputs, outputs, components, hidden, covariance }
  const run: MixtureRun = await RunFolder.create(out, {
    model: 'mixture',
    ...recipe,
    data: describe(data),
  })
  return { run, data }
}

/** The stopped run in the folder, if nothing that was given contradicts it. */
async function resume(
  table: string,
  options: Options,
  given: Given,
  progress: Progress,
  signal: AbortSignal,
): Promise<{ run: MixtureRun; data: Examples }> {
  const { out } = options
  const before: MixtureRun = await RunFolder.open(out, isMixtureConfig)
  const asked = configured.filter(given).map(name => [name, options[name]] as const)
  requireSame(out, before.config, Object.fromEntries(asked))
  await requireWritable(out)
  const data = await readExamples(table, before.config, progress, signal)
  if (describe(data).fingerprint !== before.config.data.fingerprint)
    throw otherRun(out, `it was trained on other rows than those of ${table}`)
  return { run: await before.goOn(before.config.epochs), data }
}

/** How many examples there are, and which. */
function describe({ x, t }: Examples): MixtureConfig['data'] {
  const prints = [x, t].map(({ data }) => fingerprint(new Uint8Array(data.buffer)))
  return { rows: x.rows, fingerprint: prints.join(' ') }
}
