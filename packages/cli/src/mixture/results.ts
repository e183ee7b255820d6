import type { MixtureDensityNetwork } from 'lacuna'
import type { Progress } from '../progress.js'
import { mixtureReport } from '../report/mixture-report.js'
import type { Examples } from '../tables/examples.js'
import { scanDensity } from './density-scan.js'
import { judge } from './judgement.js'
import type { MixtureMetrics } from './metrics.js'
import type { MixtureRun } from './run.js'
import { trainOneComponent } from './training.js'

/** Writes the results of a trained run, and its report, into its folder. */
export async function mixtureResults(
  run: MixtureRun,
  network: MixtureDensityNetwork,
  data: Examples,
  progress: Progress,
  signal: AbortSignal,
): Promise<{ metrics: MixtureMetrics; lines: string[] }> {
  const losses = run.records.map(({ epoch, nll, validationNll, best }) => ({
    epoch,
    nll,
    validationNll,
    best,
  }))
  const { epoch, nll, validationNll } = losses[losses.at(-1)!.best]!
  const oneComponent =
    run.config.components > 1
      ? await trainOneComponent(run.config, data, progress, signal)
      : undefined
  const judgement = judge(network, oneComponent, run.config, data)
  const metrics: MixtureMetrics = {
    ...run.config,
    best: { epoch, nll, validationNll },
    judgement,
    losses,
  }
  progress.update({ label: 'report', detail: 'being drawn' })
  // Loaded here, because it takes a while and every command would wait for it.
  const { learningCurve } = await import('../report/learning-curve.js')
  const { densityMap, weightCurves } = await import('../report/density-map.js')
  const { transformHistogram } = await import('../report/transform-histogram.js')
  const { inputs, outputs } = run.config
  const curve = learningCurve(losses, epoch)
  await run.write('learning-curve.svg', curve)
  const { calibration } = judgement
  const drawings = {
    metrics,
    learningCurve: curve,
    ...(calibration && { transformHistogram: transformHistogram(calibration.histogram) }),
  }
  if (inputs.length === 1 && outputs.length === 1) {
    const scan = scanDensity(network, data)
    const names = { input: inputs[0]!, output: outputs[0]! }
    const pictures = {
      densityMap: densityMap(scan, names),
      weightCurves: weightCurves(scan, names),
    }
    await run.write('density.svg', pictures.densityMap)
    await run.write('weights.svg', pictures.weightCurves)
    await run.write('report.html', mixtureReport({ ...drawings, scan: pictures }))
  } else await run.write('report.html', mixtureReport(drawings))
  await run.write('metrics.json', `${JSON.stringify(metrics, null, 2)}\n`)
  progress.clear()
  const judged =
    validationNll === null
      ? `${nll.toFixed(4)} on the rows it was trained on; with fewer than 10 rows none is kept aside`
      : `${validationNll.toFixed(4)} on the rows kept aside, ${nll.toFixed(4)} on the others`
  const lines = [`Mean of −log p, in nats: ${judged} (epoch ${epoch})`]
  const { oneComponentNll, gaussianNll } = judgement
  const compared =
    oneComponentNll === undefined
      ? ''
      : `${oneComponentNll.toFixed(4)} with one Gaussian at every row; `
  lines.push(`To compare with: ${compared}${gaussianNll.toFixed(4)} with one for all rows`)
  return { metrics, lines }
}
