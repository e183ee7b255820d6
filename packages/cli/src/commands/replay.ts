import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { Argument, Command } from 'commander'
import { LacunaError } from 'lacuna'
import { commandLine } from '../command-line.js'
import { examples, jsonOption, path } from '../options.js'
import { duration, Progress } from '../progress.js'
import { howFar } from '../resuming.js'
import { type KnownRun, openRun } from '../runs/known-run.js'
import { repeat } from '../runs/repetition.js'
import { sameBits } from '../runs/same-bits.js'

type Options = { readonly data?: string; readonly out?: string; readonly json?: true }

/** `lacuna replay`: runs a run again, and checks that the bits agree. */
export function replayCommand(signal: AbortSignal): Command {
  const command = new Command('replay')
    .summary('run a run again and check that the bits agree')
    .description(
      'Run a finished run again, from its configuration, and compare every file that it left. It takes as long as the run took.',
    )
    .addArgument(new Argument('<folder>', 'the run').argParser(path('<folder>')))
    .option(
      '--data <source>',
      'where its table or images lie now, if they were moved (other data are refused)',
      path('--data'),
    )
    .option('--out <folder>', 'keep the second run, in this folder', path('--out'))
    .addOption(jsonOption())
    .action((folder: string, options: Options) => replay(folder, options, signal))
  examples(command, [
    ['lacuna replay runs/sheet', 'the sheet once more'],
    ['lacuna replay runs/mixture --data moved/data.csv', 'a run whose table lies elsewhere now'],
  ])
  return command
}

async function replay(folder: string, options: Options, signal: AbortSignal): Promise<void> {
  const start = performance.now()
  const progress = new Progress(options)
  const run = await openRun(folder)
  if (run.state !== 'finished')
    throw new LacunaError(
      'LACUNA_E_REPLAY',
      `the run in ${folder} is not finished: ${run.state} after ${howFar(run.folder)}`,
      'Go on with it by --resume first.',
    )
  if (options.out !== undefined && resolve(options.out) === resolve(folder))
    throw new LacunaError(
      'LACUNA_E_OPTION',
      `--out must not be ${options.out}, the run that is to be repeated`,
      'Name another folder.',
    )
  const words = run.family.words(run.folder.config, await dataOf(run, options))
  progress.note(`Repeating ${commandLine(words)}`)
  const second = options.out ?? (await mkdtemp(join(tmpdir(), 'lacuna-replay-')))
  try {
    await repeat([...words, '--out', second], signal)
    const files = await sameBits(folder, second)
    progress.print(
      `The same bits: ${files.length} files, ${run.folder.records.length} lines of metrics.jsonl`,
    )
    if (options.json) {
      const seconds = Math.round(performance.now() - start) / 1000
      process.stdout.write(`${JSON.stringify({ same: true, files, seconds }, null, 2)}\n`)
    } else progress.note(`Done in ${duration(performance.now() - start)}.`)
  } finally {
    if (options.out === undefined) await rm(second, { recursive: true, force: true })
  }
}

/** Where the data of a run are to be had. */
async function dataOf({ folder, family }: KnownRun, { data }: Options): Promise<string> {
  const found = data ?? family.choice?.(folder.config) ?? (await folder.source())
  if (found !== undefined) return found
  throw new LacunaError(
    'LACUNA_E_OPTION',
    `${folder.path} does not say where its data lie`,
    'Name them with --data: the CSV file, or the folder of the images.',
  )
}
