import { MixtureDensityNetwork } from 'lacuna'
import { EpochProgress } from '../epoch-progress.js'
import type { Progress } from '../progress.js'
import type { Examples } from '../tables/examples.js'
import type { MixtureConfig, MixtureRun } from './run.js'

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
  const { epochs, components } = run.config
  const network = create(run.config, components)
  const begun = run.records.length
  const live = new EpochProgress(progress, begun, epochs)
  const options = {
    epochs,
    validation: VALIDATION,
    signal,
    ...(run.state && { resume: run.state }),
  }
  for await (const { checkpoint, ...report } of network.train(x, t, options)) {
    const { epoch, nll, validationNll, best, state } = report
    const held = Number.isNaN(validationNll) ? null : validationNll
    const last = best === epoch ? undefined : checkpoint
    await run.keep({ epoch, nll, validationNll: held, best, state }, network.save(), last)
    live.end(epoch + 1, `error ${(held ?? nll).toFixed(4)}`)
  }
  progress.clear()
  return network
}

/** Trains a network of one component in the same way: what the mixture has to beat. */
export async function trainOneComponent(
  config: MixtureConfig,
  { x, t }: Examples,
  progress: Progress,
  signal: AbortSignal,
): Promise<MixtureDensityNetwork> {
  const { epochs } = config
  const network = create(config, 1)
  const live = new EpochProgress(progress, 0, epochs, 'one Gaussian, to compare with')
  const options = { epochs, validation: VALIDATION, signal }
  for await (const { epoch, nll, validationNll } of network.train(x, t, options)) {
    const error = Number.isNaN(validationNll) ? nll : validationNll
    live.end(epoch + 1, `error ${error.toFixed(4)}`)
  }
  progress.clear()
  return network
}

function create(config: MixtureConfig, components: number): MixtureDensityNetwork {
  const { seed, inputs, outputs, hidden, covariance } = config
  return MixtureDensityNetwork.create({
    seed,
    inputs: inputs.length,
    outputs: outputs.length,
    components,
    hidden,
    covariance,
    columns: { inputs, outputs },
  })
}
