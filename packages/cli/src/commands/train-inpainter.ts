import { join, resolve } from 'node:path'
import { Command, Option } from 'commander'
import { LacunaError } from 'lacuna'
import { commandLine } from '../command-line.js'
import { type Dataset, ofSheetSize } from '../datasets/dataset.js'
import { openDataset } from '../datasets/open.js'
import { recipeNames, recipes } from '../inpainter/recipes.js'
import { inpainterResults } from '../inpainter/results.js'
import { type InpainterRun, isInpainterConfig } from '../inpainter/run.js'
import { trainInpainter } from '../inpainter/training.js'
import { INTERRUPTED } from '../interruption.js'
import { dataOption, examples, jsonOption, path, seedOption, wholeNumber } from '../options.js'
import { duration, Progress } from '../progress.js'
import { noteOlderRun, otherRun, requireSame, stopped, withWhatIsKept } from '../resuming.js'
import { RunFolder } from '../run-folder.js'
import { RunLock } from '../run-lock.js'

type Options = {
  readonly recipe: string
  readonly steps?: number
  readonly trainSize?: number
  readonly seed: number
  readonly data: string
  readonly out: string
  readonly resume?: true
  readonly json?: true
}

/** The options that are part of a run's configuration. */
const configured = ['recipe', 'steps', 'trainSize', 'seed'] as const

/** Whether an option was given on the command line, and is not the default. */
type Given = (option: keyof Options) => boolean

/** `lacuna train inpainter`: learns to fill gaps in images. */
export function trainInpainterCommand(signal: AbortSignal): Command {
  const command = new Command('inpainter')
    .summary('learn to fill gaps in images')
    .description(
      `Train an inpainter on digits, by one of the recipes\n${recipeNames.map(name => `  ${name.padEnd(11)} ${recipes[name]!.title}`).join('\n')}`,
    )
    .addOption(
      new Option('--recipe <name>', 'how it is built and trained')
        .choices(recipeNames)
        .default('window'),
    )
    .option(
      '--steps <n>',
      'steps of 100 images (default: the recipe’s)',
      wholeNumber('--steps', 1, 10_000_000),
    )
    .option(
      '--train-size <n>',
      'train on the first n training images (default: the recipe’s; for most all but a sixth, left to judge by)',
      wholeNumber('--train-size', 1, 10_000_000),
    )
    .addOption(seedOption(1))
    .addOption(dataOption())
    .option('--out <folder>', 'where everything is written', path('--out'), 'runs/inpainter')
    .option('--resume', 'go on with the stopped run in --out, to the same bits')
    .addOption(jsonOption())
    .action((options: Options) =>
      train(options, option => command.getOptionValueSource(option) === 'cli', signal),
    )
  examples(command, [
    ['lacuna train inpainter', 'the recipe “window”, into runs/inpainter'],
    ['lacuna train inpainter --recipe heads --out runs/heads', 'several answers'],
    ['lacuna train inpainter --steps 2000 --data strokes', 'a short look, without a download'],
    ['lacuna train inpainter --resume', 'go on with it after Ctrl-C'],
  ])
  command.addHelpText(
    'after',
    `
Ctrl-C stops within a second and keeps the last finished tenth; the exit code is then ${INTERRUPTED}.
With --resume, options that are left out are those of the stopped run.`,
  )
  return command
}

async function train(options: Options, given: Given, signal: AbortSignal): Promise<void> {
  const start = performance.now()
  const progress = new Progress(options)
  let run: InpainterRun | undefined
  let lock: RunLock | undefined
  try {
    lock = await RunLock.take(options.out)
    const opened = options.resume
      ? await resume(options, given, progress, signal)
      : await begin(options, progress, signal)
    run = opened.run
    const { images } = opened.data.train
    const inpainter = await trainInpainter(run, images, progress, signal)
    const { metrics, lines } = await inpainterResults(run, inpainter, opened.data, progress, signal)
    for (const line of lines) progress.print(line)
    const folder = resolve(options.out)
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
    const words = ['train', 'inpainter', '--resume']
    for (const name of ['data', 'out'] as const)
      if (given(name)) words.push(`--${name}`, options[name])
    throw signal.aborted ? stopped(run, commandLine(words)) : withWhatIsKept(error, run)
  } finally {
    progress.clear()
    await lock?.release()
  }
}

/** A new run in an empty or replaced folder. */
async function begin(
  options: Options,
  progress: Progress,
  signal: AbortSignal,
): Promise<{ run: InpainterRun; data: Dataset }> {
  const { out, seed } = options
  const recipe = recipes[options.recipe]!
  const data = ofSheetSize(await openDataset(options.data, progress, signal))
  const { count } = data.train.images
  const { trainSize = recipe.trainSize(count), steps = recipe.steps } = options
  if (trainSize > count)
    throw new LacunaError(
      'LACUNA_E_OPTION',
      `--train-size must be a whole number from 1 to ${count}, for that many training images are there, not ${trainSize}`,
      'Ask for fewer, or choose other data with --data.',
    )
  await noteOlderRun(out, isInpainterConfig, progress)
  const { name, fingerprint } = data
  const run: InpainterRun = await RunFolder.create(out, {
    recipe: options.recipe,
    seed,
    steps,
    epochs: recipe.states(steps, trainSize),
    trainSize,
    data: { name, fingerprint },
  })
  await run.keepSource(data.folder)
  return { run, data }
}

/** The stopped run in the folder, if nothing that was given contradicts it. */
async function resume(
  options: Options,
  given: Given,
  progress: Progress,
  signal: AbortSignal,
): Promise<{ run: InpainterRun; data: Dataset }> {
  const { out } = options
  const before: InpainterRun = await RunFolder.open(out, isInpainterConfig)
  const asked = configured.filter(given).map(name => [name, options[name]])
  requireSame(out, before.config, Object.fromEntries(asked))
  const data = ofSheetSize(await openDataset(options.data, progress, signal))
  if (data.fingerprint !== before.config.data.fingerprint)
    throw otherRun(out, `it was trained on other images than ${data.name}`)
  return { run: await before.goOn(before.config.epochs), data }
}
