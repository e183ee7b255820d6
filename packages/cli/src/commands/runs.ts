import { resolve } from 'node:path'
import { Argument, Command } from 'commander'
import { examples, jsonOption, path } from '../options.js'
import { Progress } from '../progress.js'
import { findRuns, type KnownRun } from '../runs/known-run.js'
import { summaryOf } from '../runs/run-summary.js'
import { sparkLine } from '../runs/spark-line.js'
import { textTable } from '../text-table.js'
import { writeFile } from '../write-file.js'

type Options = { readonly report?: string; readonly json?: true }

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
    .option(
      '--report <file>',
      'write an HTML file with their curves, those of one kind in one picture',
      path('--report', 'file'),
    )
    .addOption(jsonOption())
    .action(list)
  examples(command, [
    ['lacuna runs', 'all below runs/'],
    ['lacuna runs runs/sheet', 'one run'],
    ['lacuna runs --report runs.html', 'their curves, to look at in a browser'],
    ['lacuna runs --json', 'the same for a program, with every value'],
  ])
  return command
}

async function list(folder: string, { report, ...options }: Options): Promise<void> {
  const progress = new Progress(options)
  const { runs, damaged } = await findRuns(folder)
  if (runs.length === 0) progress.note(`${folder} holds no run.`)
  else
    for (const line of textTable(
      [['run', 'kind', 'settings', 'state', 'figure', 'best', 'last', 'course'], ...runs.map(row)],
      'lllllrrl',
    ))
      progress.print(line)
  for (const why of damaged) progress.note(`Cannot be read: ${why}`)
  if (report !== undefined) {
    // Loaded here, because it takes a while and every command would wait for it.
    const { runsReport } = await import('../report/runs-report.js')
    await writeFile(report, runsReport(folder, runs, damaged))
    progress.print(`\nReport: ${resolve(report)}`)
  }
  if (options.json) process.stdout.write(`${JSON.stringify(runs.map(asJson), null, 2)}\n`)
}

function row(run: KnownRun): string[] {
  const { name, kind, settings, state, figure, best, last } = summaryOf(run)
  const course = sparkLine(
    run.curve.map(({ value }) => value),
    BARS,
  )
  return [name, kind, settings, state, figure, best, last, course]
}

function asJson({ folder, family, state, curve }: KnownRun) {
  const { config, records, path } = folder
  const epochs = records.map(({ state: _, ...figures }) => figures)
  return {
    path: resolve(path),
    kind: family.name,
    state,
    config,
    figure: family.figure(config).name,
    curve: curve.map(({ value }) => value),
    epochs,
  }
}
