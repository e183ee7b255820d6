import {
  isWithin,
  type Memory,
  modelIn,
  readTrainingState,
  writeTrainingState,
} from '../formats/training-state.js'

/** Where a training on images stands. */
export interface Standing {
  /** Steps behind it. */
  readonly step: number
  /** The model that it has got to, as a checkpoint. */
  readonly model: Uint8Array
}

/** The state of a training on images. */
export function writeState(run: string, { step, model }: Standing, memory: Memory): Uint8Array {
  return writeTrainingState(run, { models: { model }, counts: { step } }, memory)
}

/**
 * Sets the memory to a state's.
 * @param steps of the whole run
 * @throws LACUNA_E_SAFETENSORS, or LACUNA_E_RESUME if the state is not one of this run
 */
export function readState(state: Uint8Array, run: string, steps: number, memory: Memory): Standing {
  const sound = { step: isWithin(1, steps) }
  const { models, counts } = readTrainingState(state, run, ['model'], sound, memory)
  return { ...models, ...counts }
}

/** The model in a state, as a checkpoint. */
export function modelOf(state: Uint8Array): Uint8Array {
  return modelIn(state, 'model')
}
