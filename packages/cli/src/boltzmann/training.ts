import { ConditionalRbm } from 'lacuna'
import { EpochProgress } from '../epoch-progress.js'
import type { Progress } from '../progress.js'
import type { Examples } from '../tables/examples.js'
import type { BoltzmannRun, Method } from './run.js'

/** The share of the rows that is kept aside to judge by. */
export const VALIDATION = 0.1

/**
 * What a table's machine is trained with beside what can be chosen: small batches and momentum, as
 * from weights near 0 it is a long way to outputs that depend on one another.
 */
const RECIPE = { batch: 20, momentum: 0.9, weightDecay: 1e-4, validation: VALIDATION }

/** Work of an epoch, in hidden logits times states, up to which exact gradients are worth it. */
const AFFORDABLE = 500_000

/** The method for a machine if none is chosen: the exact gradient where it costs little. */
export function methodFor(rows: number, inputs: number, outputs: number, hidden: number): Method {
  // p(y|x) has a sum over states for each row, p(y) one for each batch.
  const sums = inputs > 0 ? rows : rows / RECIPE.batch
  const [fewer, more] = [Math.min(outputs, hidden), Math.max(outputs, hidden)]
  return sums * 2 ** fewer * more <= AFFORDABLE ? 'exact' : 'pcd'
}

/** Trains the machine of a run, from where the run stands, and keeps every epoch in its folder. */
export async function trainBoltzmann(
  run: BoltzmannRun,
  { x, t }: Examples,
  progress: Progress,
  signal: AbortSignal,
): Promise<ConditionalRbm> {
  const { seed, epochs, inputs, outputs, hidden, method, sweeps, learningRate } = run.config
  const rbm = ConditionalRbm.create({
    seed,
    inputs: inputs.length,
    outputs: outputs.length,
    hidden,
    columns: { inputs, outputs },
  })
  const live = new EpochProgress(progress, run.records.length, epochs)
  const options = {
    ...{ ...RECIPE, epochs, method, sweeps, learningRate, signal },
    ...(run.state && { resume: run.state }),
  }
  for await (const epoch of rbm.train(x, t, options)) {
    const { freeEnergy, pseudoLogLikelihood, reconstructionError, state } = epoch
    const [freeEnergyGap, nll] = [epoch.freeEnergyGap, epoch.nll].map(value =>
      Number.isNaN(value) ? null : value,
    )
    const figures = { nll: nll!, pseudoLogLikelihood, reconstructionError, freeEnergy }
    await run.keep(
      { epoch: epoch.epoch, ...figures, freeEnergyGap: freeEnergyGap!, state },
      rbm.save(),
    )
    live.end(
      epoch.epoch + 1,
      nll === null
        ? `pseudo-likelihood ${pseudoLogLikelihood.toFixed(4)}`
        : `error ${nll!.toFixed(4)}`,
    )
  }
  progress.clear()
  return rbm
}
