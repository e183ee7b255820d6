import { basename, resolve } from 'node:path'
import { Argument, Command } from 'commander'
import { examples, jsonOption, path } from '../options.js'
import { Progress } from '../progress.js'
import { howFar } from '../resuming.js'
import { findRuns, type KnownRun } from '../runs/known-run.js'
import { sparkLine } from '../runs/spark-line.js'
import { textTable } from '../text-table.js'

type Options = { readonly json?: true }

/** Bars of a curve in the table. */
const BARS = 24

/** `lacuna runs`: what runs there are, and how they compare. */
export function runsCommand(): Command {
  const command = new Command('runs')
    .summary('list runs and compare them')
    .description(
      'List the runs in a folder: how far each is, the figure that it is judged by, its best and last value, and the course of it.',
    )
    .addArgument(
      new Argument('[folder]', 'a run, or a folder of runs')
        .argParser(path('<folder>'))
        .default('runs'),
    )
    .addOption(jsonOption())
    .action(list)
  examples(command, [
    ['lacuna runs', 'all below runs/'],
    ['lacuna runs runs/sheet', 'one run'],
    ['lacuna runs --json', 'the same for a program, with every value'],
  ])
  return command
}

async function list(folder: string, options: Options): Promise<void> {
  const progress = new Progress(options)
  const { runs, damaged } = await findRuns(folder)
  const rows = runs.map(row)
  if (runs.length === 0) progress.note(`${folder} holds no run.`)
  else
    for (const line of textTable(
      [['run', 'kind', 'settings', 'state', 'figure', 'best', 'last', 'course'], ...rows],
      'lllllrrl',
    ))
      progress.print(line)
  for (const why of damaged) progress.note(`Cannot be read: ${why}`)
  if (options.json) process.stdout.write(`${JSON.stringify(runs.map(asJson), null, 2)}\n`)
}

const nameOf = ({ folder }: KnownRun) => basename(resolve(folder.path))

function row(run: KnownRun): string[] {
  const { folder, family, state, curve } = run
  const value = (number: number | undefined) => number?.toFixed(4) ?? '–'
  const done = state === 'finished' ? state : `${state}, ${howFar(folder)}`
  const best = curve.length > 0 ? Math.min(...curve) : undefined
  return [
    ...[nameOf(run), family.name, family.describe(folder.config), done, family.figure],
    ...[value(best), value(curve.at(-1)), sparkLine(curve, BARS)],
  ]
}

function asJson({ folder, family, state, curve }: KnownRun) {
  const { config, records, path } = folder
  const epochs = records.map(({ state: _, ...figures }) => figures)
  return {
    path: resolve(path),
    kind: family.name,
    state,
    config,
    figure: family.figure,
    curve,
    epochs,
  }
}
