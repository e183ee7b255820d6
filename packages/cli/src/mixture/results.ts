import type { MixtureDensityNetwork } from 'lacuna'
import type { Progress } from '../progress.js'
import type { Examples } from '../tables/examples.js'
import type { MixtureConfig, MixtureFigures, MixtureRun } from './run.js'

/** What `metrics.json` holds; nothing in it differs between two equal runs. */
export type MixtureMetrics = MixtureConfig & {
  /** The epoch whose weights were kept, and its figures. */
  readonly best: { readonly epoch: number } & Omit<MixtureFigures, 'best'>
  readonly losses: readonly ({ readonly epoch: number } & MixtureFigures)[]
}

/** Writes the results of a trained run into its folder. */
export async function mixtureResults(
  run: MixtureRun,
  _network: MixtureDensityNetwork,
  _data: Examples,
  _progress: Progress,
): Promise<{ metrics: MixtureMetrics; lines: string[] }> {
  const losses = run.records.map(({ epoch, nll, validationNll, best }) => ({
    epoch,
    nll,
    validationNll,
    best,
  }))
  const { epoch, nll, validationNll } = losses[losses.at(-1)!.best]!
  const metrics: MixtureMetrics = { ...run.config, best: { epoch, nll, validationNll }, losses }
  await run.write('metrics.json', `${JSON.stringify(metrics, null, 2)}\n`)
  const judged =
    validationNll === null
      ? `${nll.toFixed(4)} on the rows it was trained on; with fewer than 10 rows none is kept aside`
      : `${validationNll.toFixed(4)} on the rows kept aside, ${nll.toFixed(4)} on the others`
  return { metrics, lines: [`Mean of −log p, in nats: ${judged} (epoch ${epoch})`] }
}
