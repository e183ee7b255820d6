import { MixtureDensityNetwork } from 'lacuna'
import { EpochProgress } from '../epoch-progress.js'
import type { Progress } from '../progress.js'
import type { Examples } from '../tables/examples.js'
import type { MixtureRun } from './run.js'

/** The share of the rows that is kept aside to judge by. */
export const VALIDATION = 0.1

/**
 * Trains the network of a run, from where the run stands to its last epoch or to the end of its
 * patience, and keeps every epoch in the run's folder.
 */
export async function trainMixture(
  run: MixtureRun,
  { x, t }: Examples,
  progress: Progress,
  signal: AbortSignal,
): Promise<MixtureDensityNetwork> {
  const { seed, epochs, inputs, outputs, components, hidden, covariance } = run.config
  const network = run.state
    ? MixtureDensityNetwork.load(await run.readCheckpoint())
    : MixtureDensityNetwork.create({
        seed,
        inputs: inputs.length,
        outputs: outputs.length,
        components,
        hidden,
        covariance,
        columns: { inputs, outputs },
      })
  const begun = run.records.length
  const live = new EpochProgress(progress, begun, epochs)
  const options = {
    epochs,
    validation: VALIDATION,
    signal,
    ...(run.state && { resume: run.state }),
  }
  for await (const { epoch, nll, validationNll, best, state } of network.train(x, t, options)) {
    const held = Number.isNaN(validationNll) ? null : validationNll
    await run.keep({ epoch, nll, validationNll: held, best, state }, network.save())
    live.end(epoch + 1, `error ${(held ?? nll).toFixed(4)}`)
  }
  progress.clear()
  return network
}
