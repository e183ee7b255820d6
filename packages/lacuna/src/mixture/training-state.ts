import {
  changedState,
  isWithin,
  type Memory,
  modelIn,
  readTrainingState,
  writeTrainingState,
} from '../formats/training-state.js'
import { type ConditionalNetwork, readMixtureCheckpoint } from './conditional-network.js'

/** Where a run stands between two epochs. */
export interface Position {
  /** Epochs behind it. */
  readonly done: number
  readonly best: number
  readonly bestNll: number
  /** The best model so far, as a checkpoint. */
  readonly model: Uint8Array
}

/** The state of a run: both checkpoints whole, as bytes, and what the optimiser remembers. */
export function writeState(
  current: Uint8Array,
  memory: Memory,
  run: string,
  { done, best, bestNll, model }: Position,
): Uint8Array {
  const standing = { models: { current, best: model }, counts: { done, best, bestNll } }
  return writeTrainingState(run, standing, memory)
}

/**
 * Sets the network and the optimiser's memory to a state's.
 * @param epochs of the whole run
 * @throws LACUNA_E_SAFETENSORS, or LACUNA_E_RESUME if the state is not one of this run
 */
export function readState(
  state: Uint8Array,
  network: ConditionalNetwork,
  memory: Memory,
  run: string,
  epochs: number,
): Position {
  const sound = {
    done: isWithin(1, epochs),
    best: isWithin(0, epochs - 1),
    bestNll: () => true, // NaN without validation
  }
  const standing = readTrainingState(state, run, ['current', 'best'], sound, memory)
  const { models, counts } = standing
  const [current, best] = [models.current, models.best].map(readMixtureCheckpoint)
  const own = JSON.stringify(network.architecture)
  for (const { architecture } of [current!, best!])
    if (JSON.stringify(architecture) !== own) throw changedState('its networks are not of this run')
  if (counts.best >= counts.done) throw changedState(`its best epoch is ${counts.best}`)
  network.adopt(current!)
  return { ...counts, model: models.best }
}

/** The best model of a state that `readState` has taken, as a checkpoint. */
export function bestModel(state: Uint8Array): Uint8Array {
  return modelIn(state, 'best')
}
