import { requireKnown } from '../compute/known-options.js'
import { LacunaError } from '../errors.js'

/** η of both networks, or one for each; 0 leaves a network as it is. */
export type LearningRate = number | { readonly energy: number; readonly generator: number }

/** η of each network. */
export type LearningRates = Exclude<LearningRate, number>

/**
 * The learning rates of both networks; the sheet's, 0.05, if nothing is said.
 * @throws LACUNA_E_OPTION if one is negative or not finite, or both are 0
 */
export function learningRates(rate: LearningRate = 0.05): LearningRates {
  if (typeof rate !== 'number') requireKnown('learningRate', rate, ['energy', 'generator'])
  const rates = typeof rate === 'number' ? { energy: rate, generator: rate } : rate
  const { energy, generator } = rates
  const sound = [energy, generator].every(eta => Number.isFinite(eta) && eta >= 0)
  if (!sound || energy + generator === 0)
    throw new LacunaError(
      'LACUNA_E_OPTION',
      `learningRate must be a finite number above 0, not ${typeof rate === 'number' ? rate : JSON.stringify(rate)}`,
      'Give a positive number, or { energy, generator } of which one may be 0.',
    )
  return { energy, generator }
}

/** Learning rates as they are recorded: one number where they are equal. */
export function plainRate({ energy, generator }: LearningRates): LearningRate {
  return energy === generator ? energy : { energy, generator }
}
