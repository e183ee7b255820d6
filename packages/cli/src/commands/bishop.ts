import { join, resolve } from 'node:path'
import { Command } from 'commander'
import { LacunaError, type MixtureDensityNetwork } from 'lacuna'
import { type InverseResult, known, learnInverseProblem } from '../bishop/inverse-problem.js'
import { learnRobotArm, type RobotResult } from '../bishop/robot-arm.js'
import { scanDensity } from '../mixture/density-scan.js'
import { examples, jsonOption, path, wholeNumber } from '../options.js'
import { duration, Progress } from '../progress.js'
import type { Examples } from '../tables/examples.js'
import { textTable } from '../text-table.js'
import { requireWritable, writeFile } from '../write-file.js'

/** Seeds of the robot arm; of the inverse problem as many as are asked for. */
const ARMS = 3

/** Epochs that a network is trained for by default. */
const EPOCHS = 300

type Options = { readonly seeds: number; readonly out: string; readonly json?: true }

/** `lacuna bishop`: the problems of Bishop's report, beside what is known of them. */
export function bishopCommand(signal: AbortSignal): Command {
  const command = new Command('bishop')
    .summary("Bishop's two problems, beside what is known of them")
    .description(
      'Train mixture density networks with default settings on the two problems of Bishop 1994 (the inverse problem and the robot arm), judge them on fresh points, and draw what is known into the picture.',
    )
    .option(
      '--seeds <n>',
      'networks for the inverse problem, seeds 1 to n',
      wholeNumber('--seeds', 1, 1000),
      10,
    )
    .option('--out <folder>', 'where everything is written', path('--out'), 'runs/bishop')
    .addOption(jsonOption())
    .action((options: Options) => run(options, signal))
  examples(command, [
    ['lacuna bishop', 'ten seeds, about a minute'],
    ['lacuna bishop --seeds 1 --json', 'one, and the figures as JSON'],
  ])
  return command
}

async function run({ seeds, out, json }: Options, signal: AbortSignal): Promise<void> {
  const start = performance.now()
  const progress = new Progress(json ? { json } : {})
  try {
    await requireWritable(out)
    const inverse: InverseResult[] = []
    let first: { network: MixtureDensityNetwork; examples: Examples } | undefined
    const begun = performance.now()
    for (let seed = 1; seed <= seeds; seed++) {
      const show = (epochs: number) => {
        const done = (seed - 1) * EPOCHS + epochs
        const fraction = done / (seeds * EPOCHS)
        const left = ((performance.now() - begun) * (1 - fraction)) / fraction
        // The first epochs hold the start of the worker, and tell nothing of the rest.
        const time = done < 20 ? '' : `  ${duration(left)} left`
        const detail = `seed ${seed}/${seeds}${time}`
        progress.update({ label: 'inverse problem', fraction, detail })
      }
      const { result, ...learned } = await learnInverseProblem(seed, show, signal)
      inverse.push(result)
      first ??= learned
    }
    const robot: RobotResult[] = []
    for (let seed = 1; seed <= ARMS; seed++) {
      const show = (share: number) => {
        const fraction = (seed - 1 + share) / ARMS
        progress.update({ label: 'robot arm', fraction, detail: `seed ${seed}/${ARMS}` })
      }
      robot.push(await learnRobotArm(seed, show, signal))
    }
    progress.update({ label: 'report', detail: 'being drawn' })
    await report(out, inverse, robot, first!)
    progress.clear()
    for (const line of inWords(inverse, robot)) progress.print(line)
    progress.print(`\nReport: ${join(resolve(out), 'report.html')}`)
    if (json) process.stdout.write(`${JSON.stringify({ inverse, robot, known }, null, 2)}\n`)
    else progress.note(`Done in ${duration(performance.now() - start)}.`)
  } catch (error) {
    throw signal.aborted
      ? new LacunaError('LACUNA_E_ABORTED', 'stopped', 'Nothing was written.')
      : error
  } finally {
    progress.clear()
  }
}

async function report(
  out: string,
  inverse: readonly InverseResult[],
  robot: readonly RobotResult[],
  { network, examples }: { network: MixtureDensityNetwork; examples: Examples },
): Promise<void> {
  // Loaded here, because it takes a while and every command would wait for it.
  const { bishopReport, seedErrors } = await import('../report/bishop-report.js')
  const { densityMap, weightCurves } = await import('../report/density-map.js')
  const scan = scanDensity(network, examples)
  const names = { input: 'x', output: 't' }
  const drawings = {
    densityMap: densityMap(scan, names),
    weightCurves: weightCurves(scan, names),
    errors: seedErrors(inverse),
  }
  await writeFile(join(out, 'density.svg'), drawings.densityMap)
  await writeFile(join(out, 'errors.svg'), drawings.errors)
  await writeFile(join(out, 'metrics.json'), `${JSON.stringify({ inverse, robot }, null, 2)}\n`)
  await writeFile(join(out, 'report.html'), bishopReport({ inverse, robot, ...drawings }))
}

function inWords(inverse: readonly InverseResult[], robot: readonly RobotResult[]): string[] {
  const percent = (share: number) => `${(100 * share).toFixed(1)} %`
  const mean = inverse.reduce((sum, { nll }) => sum + nll / inverse.length, 0)
  return [
    'Inverse problem: ten Gaussians, 5,000 points to learn from, 20,000 to judge by',
    ...textTable(
      [
        ['seed', 'test error', 'unused', 'CRPS', 'within 50 %', '80 %', '95 %'],
        ...inverse.map(({ seed, nll, dead, crps, coverage }) => [
          ...[String(seed), nll.toFixed(4), String(dead), crps.toFixed(4)],
          ...coverage.map(percent),
        ]),
        ['mean', mean.toFixed(4), '', '', '', '', ''],
      ],
      'rrrrrrr',
    ),
    `known: ${known.map(({ nll, what }) => `${nll} ${what}`).join('; ')}`,
    '',
    'Robot arm: distance of the hand from where it should be',
    ...textTable(
      [
        ['seed', 'most probable branch', 'least squares'],
        ...robot.map(({ seed, mixture, leastSquares }) => [
          ...[String(seed), mixture.toFixed(4), leastSquares.toFixed(4)],
        ]),
        ['Bishop 1994', '0.0053', '0.0578'],
      ],
      'lrr',
    ),
  ]
}
