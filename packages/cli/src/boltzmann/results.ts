import type { ConditionalRbm } from 'lacuna'
import type { Progress } from '../progress.js'
import { boltzmannReport } from '../report/boltzmann-report.js'
import type { Examples } from '../tables/examples.js'
import { frequentInputs } from './frequent-inputs.js'
import { type Judgement, judge } from './judgement.js'
import type { BoltzmannMetrics } from './metrics.js'
import type { BoltzmannConfig, BoltzmannFigures, BoltzmannRun } from './run.js'

/** Writes the results of a trained run, and its report, into its folder. */
export async function boltzmannResults(
  run: BoltzmannRun,
  rbm: ConditionalRbm,
  data: Examples,
  progress: Progress,
): Promise<{ metrics: BoltzmannMetrics; lines: string[] }> {
  progress.update({ label: 'report', detail: 'being drawn' })
  const epochFigures = run.records.map(({ state: _, ...figures }) => figures)
  const judgement = judge(rbm, run.config, data)
  const metrics = { ...run.config, ...(judgement && { judgement }), epochFigures }
  // Loaded here, because it takes a while and every command would wait for it.
  const { monitorCurves } = await import('../report/monitor-curves.js')
  const { weightMatrix } = await import('../report/weight-matrix.js')
  const weights = weightMatrix(rbm)
  await run.write('weights.svg', weights)
  const curves = monitorCurves(epochFigures)
  const frequent = frequentInputs(rbm, data)
  await run.write('report.html', boltzmannReport({ metrics, weights, curves, frequent }))
  await run.write('metrics.json', `${JSON.stringify(metrics, null, 2)}\n`)
  progress.clear()
  return { metrics, lines: judgement ? summary(run.config, judgement) : [unjudged(epochFigures)] }
}

function summary({ data }: BoltzmannConfig, judgement: Judgement): string[] {
  const { rows, nll, independentNll, exactMatch, bitsRight } = judgement
  const where = data.rows < 10 ? 'rows it was trained on' : 'rows kept aside'
  const percent = (share: number) => `${(100 * share).toFixed(1)} %`
  return [
    `Mean of −log p, in nats: ${nll.toFixed(4)} on ${rows.toLocaleString('en')} ${where}`,
    `To compare with: ${independentNll.toFixed(4)} with each output for itself, whatever the inputs`,
    `Most probable outputs: one by one right in ${percent(bitsRight)}${exactMatch === undefined ? '' : `, all of a row in ${percent(exactMatch)}`}`,
  ]
}

function unjudged(figures: readonly BoltzmannFigures[]): string {
  const { pseudoLogLikelihood } = figures.at(-1)!
  return `Log pseudo-likelihood, in nats: ${pseudoLogLikelihood.toFixed(4)}; both layers are too large for log p itself`
}
