import { join, resolve } from 'node:path'
import { Command, Option } from 'commander'
import { LacunaError, type LearningRate, type LossName, lossNames } from 'lacuna'
import { commandLine } from '../command-line.js'
import { choiceFor, type Dataset, ofSheetSize } from '../datasets/dataset.js'
import { openDataset } from '../datasets/open.js'
import { INTERRUPTED } from '../interruption.js'
import {
  dataOption,
  examples,
  jsonOption,
  numberFromZero,
  path,
  seedOption,
  wholeNumber,
} from '../options.js'
import { duration, Progress } from '../progress.js'
import { type Method, metricTable } from '../report/metric-table.js'
import { noteOlderRun, otherRun, requireSame, stopped, withWhatIsKept } from '../resuming.js'
import { RunFolder } from '../run-folder.js'
import { RunLock } from '../run-lock.js'
import { experiment } from '../sheet/experiment.js'
import type { Ladder } from '../sheet/ladder.js'
import { isSheetConfig, ratesOf, SHEET_RATE, type SheetRun } from '../sheet/run.js'

type Options = {
  readonly epochs: number
  readonly trainSize: number
  readonly seed: number
  readonly loss: LossName
  readonly energyRate: number
  readonly generatorRate: number
  readonly data: string
  readonly out: string
  readonly resume?: true
  readonly json?: true
}

/** The options that were given on the command line, the others being defaults. */
type Given = (option: keyof Options) => boolean

/** `lacuna sheet`: the whole programming exercise of the sheet. */
export function sheetCommand(signal: AbortSignal): Command {
  const command = new Command('sheet')
    .summary("run the sheet's programming exercise")
    .description(
      'Complete digits by principal components and by a generator trained against an energy network: the programming exercise of the sheet, with its pictures and figures and a report.',
    )
    .option(
      '--epochs <n>',
      'passes over the training images',
      wholeNumber('--epochs', 1, 100_000),
      100,
    )
    .option(
      '--train-size <n>',
      'train the networks on the first n training images',
      wholeNumber('--train-size', 1, 10_000_000),
      10_000,
    )
    .addOption(seedOption(10))
    .addOption(
      new Option('--loss <name>', 'what the networks are trained by')
        .choices(lossNames)
        .default('log'),
    )
    .option(
      '--energy-rate <rate>',
      'learning rate of the energy network; 0: it stays as it is',
      numberFromZero('--energy-rate'),
      SHEET_RATE,
    )
    .option(
      '--generator-rate <rate>',
      'learning rate of the generator; 0: it stays as it is',
      numberFromZero('--generator-rate'),
      SHEET_RATE,
    )
    .addOption(dataOption())
    .option('--out <folder>', 'where everything is written', path('--out'), 'runs/sheet')
    .option('--resume', 'go on with the stopped run in --out, to the same bits')
    .addOption(jsonOption())
    .action((options: Options) =>
      runSheet(options, option => command.getOptionValueSource(option) === 'cli', signal),
    )
  examples(command, [
    ['lacuna sheet', 'everything as on the sheet'],
    ['lacuna sheet --epochs 5 --data strokes', 'a short look, without a download'],
    ['lacuna sheet --loss hinge --out runs/hinge', 'another loss, in another folder'],
    [
      'lacuna sheet --loss square-square --energy-rate 0.01 --generator-rate 0.01',
      'a loss of squared energies, which needs smaller steps',
    ],
    ['lacuna sheet --resume --out runs/hinge', 'go on with it after Ctrl-C'],
    ['lacuna sheet --json > sheet.json', 'the figures for a program'],
  ])
  command.addHelpText(
    'after',
    `
Ctrl-C stops within a second and keeps the last finished epoch; the exit code is then ${INTERRUPTED}.
With --resume, options that are left out are those of the stopped run; --epochs may be raised.`,
  )
  return command
}

async function runSheet(options: Options, given: Given, signal: AbortSignal): Promise<void> {
  const start = performance.now()
  const progress = new Progress(options)
  let run: SheetRun | undefined
  let lock: RunLock | undefined
  try {
    lock = await RunLock.take(options.out)
    const opened = options.resume
      ? await resume(options, given, progress, signal)
      : await begin(options, progress, signal)
    run = opened.run
    const { metrics, methods, ladder } = await experiment(run, opened.data, progress, signal)
    const folder = resolve(options.out)
    const report = join(folder, 'report.html')
    progress.print(
      `\nErrors in the holes of ${metrics.images.test.toLocaleString('en')} test images`,
    )
    for (const line of metricTable(methods)) progress.print(line)
    progress.print('\nThe same holes, from plain to strong (the report says why)')
    for (const line of metricTable(ladder.methods.map(rung))) progress.print(line)
    progress.print(`\nReport: ${report}`)
    if (options.json) {
      const paths = { folder, report, checkpoint: join(folder, 'checkpoint.safetensors') }
      const seconds = Math.round(performance.now() - start) / 1000
      process.stdout.write(`${JSON.stringify({ ...metrics, ladder, paths, seconds }, null, 2)}\n`)
    } else progress.note(`Done in ${duration(performance.now() - start)}.`)
  } catch (error) {
    throw signal.aborted
      ? stopped(run, resumeCommand(options, given))
      : withRates(withWhatIsKept(error, run))
  } finally {
    progress.clear()
    await lock?.release()
  }
}

/** An error of a training that has diverged, with the options by which its steps are made smaller. */
function withRates(error: unknown): unknown {
  if (!(error instanceof LacunaError) || error.code !== 'LACUNA_E_DIVERGED') return error
  const { code, message, hint } = error
  const rates = 'The learning rates are --energy-rate and --generator-rate: try 0.01 for both.'
  return new LacunaError(code, message.slice(code.length + 2), `${hint} ${rates}`, { cause: error })
}

/** A rung of the ladder as a row of the table. */
function rung({ name, title, ...errors }: Ladder['methods'][number]): Method {
  return { key: name, name: title, errors }
}

/** A new run in an empty or replaced folder. */
async function begin(
  options: Options,
  progress: Progress,
  signal: AbortSignal,
): Promise<{ run: SheetRun; data: Dataset }> {
  const { out, seed, epochs, trainSize, loss } = options
  const learningRate = rateOf(options)
  const data = ofSheetSize(await openDataset(options.data, progress, signal))
  introduce(data, progress)
  if (trainSize > data.train.images.count)
    throw new LacunaError(
      'LACUNA_E_OPTION',
      `--train-size must be a whole number from 1 to ${data.train.images.count}, for that many training images are there, not ${trainSize}`,
      'Ask for fewer, or choose other data with --data.',
    )
  await noteOlderRun(out, isSheetConfig, progress)
  const { name, fingerprint } = data
  const run: SheetRun = await RunFolder.create(out, {
    seed,
    epochs,
    trainSize,
    batch: 100,
    learningRate,
    loss,
    data: { name, fingerprint },
  })
  await run.keepSource(data.folder)
  return { run, data }
}

/** Both learning rates, as one number where they are equal. */
function rateOf({ energyRate, generatorRate }: Options): LearningRate {
  if (energyRate + generatorRate === 0)
    throw new LacunaError(
      'LACUNA_E_OPTION',
      '--energy-rate and --generator-rate must not both be 0',
      'Let at least one of the networks learn.',
    )
  return energyRate === generatorRate
    ? energyRate
    : { energy: energyRate, generator: generatorRate }
}

/** The stopped run in the folder, if nothing that was given contradicts it. */
async function resume(
  options: Options,
  given: Given,
  progress: Progress,
  signal: AbortSignal,
): Promise<{ run: SheetRun; data: Dataset }> {
  const { out } = options
  const before: SheetRun = await RunFolder.open(out, isSheetConfig)
  const { config, records } = before
  const { seed, trainSize, loss, energyRate, generatorRate } = options
  const { energy, generator } = ratesOf(config)
  requireSame(
    out,
    { ...config, energyRate: energy, generatorRate: generator },
    {
      ...(given('seed') && { seed }),
      ...(given('trainSize') && { trainSize }),
      ...(given('loss') && { loss }),
      ...(given('energyRate') && { energyRate }),
      ...(given('generatorRate') && { generatorRate }),
    },
  )
  const epochs = given('epochs') ? options.epochs : config.epochs
  if (epochs < records.length)
    throw otherRun(out, `it has ${records.length} epochs behind it, more than ${epochs}`)
  const choice = given('data') ? undefined : choiceFor(config.data.name)
  const data = ofSheetSize(await openDataset(choice ?? options.data, progress, signal))
  introduce(data, progress)
  if (data.fingerprint !== config.data.fingerprint)
    throw otherRun(out, `its data are ${config.data.name}, and these (${data.name}) are others`)
  return { run: await before.goOn(epochs), data }
}

function introduce({ name, folder, train, test }: Dataset, progress: Progress): void {
  const [n, m] = [train, test].map(({ images }) => images.count.toLocaleString('en'))
  const where = folder === undefined ? '' : ` in ${folder}`
  progress.note(`Data: ${name}${where}, ${n} training and ${m} test images`)
}

/** What goes on with a stopped run. */
function resumeCommand(options: Options, given: Given): string {
  const words = ['--resume']
  if (given('out')) words.push('--out', options.out)
  if (given('data')) words.push('--data', options.data)
  // Under `npm start` the command has no name of its own.
  const started = process.env.npm_lifecycle_event === 'start'
  return commandLine(words, started ? 'npm start --' : 'lacuna sheet')
}
