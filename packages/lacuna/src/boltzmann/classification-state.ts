import {
  changedState,
  isWithin,
  modelIn,
  readTrainingState,
  writeTrainingState,
} from '../formats/training-state.js'
import {
  type ClassificationShape,
  readClassificationCheckpoint,
} from './classification-checkpoint.js'

/** Where a run stands between two epochs. */
export interface Position {
  /** Epochs behind it. */
  readonly done: number
  readonly best: number
  /** Validation examples that the best machine so far classifies wrongly. */
  readonly fewestErrors: number
  /** The best machine so far, as a checkpoint. */
  readonly model: Uint8Array
}

/** What a step of training moves: the parameters and Adam's two means, each as one vector. */
export interface Moving {
  readonly parameters: Float32Array
  readonly first: Float32Array
  readonly second: Float32Array
}

/** The state of a run. */
export function writeState(
  moving: Moving,
  run: string,
  { done, best, fewestErrors, model }: Position,
): Uint8Array {
  const standing = { models: { best: model }, counts: { done, best, fewestErrors } }
  return writeTrainingState(run, standing, memoryOf(moving))
}

/**
 * Sets what a step moves to a state's.
 * @param epochs of the whole run
 * @throws LACUNA_E_SAFETENSORS, or LACUNA_E_RESUME if the state is not one of this run
 */
export function readState(
  state: Uint8Array,
  moving: Moving,
  run: string,
  epochs: number,
  shape: ClassificationShape,
): Position {
  const sound = {
    done: isWithin(1, epochs),
    best: isWithin(0, epochs - 1),
    fewestErrors: (count: number) => Number.isNaN(count) || count >= 0, // NaN without validation
  }
  const { models, counts } = readTrainingState(state, run, ['best'], sound, memoryOf(moving))
  const own = readClassificationCheckpoint(models.best).shape
  if (JSON.stringify(own) !== JSON.stringify(shape) || counts.best >= counts.done)
    throw changedState(`its best machine, of epoch ${counts.best}, is not of this run`)
  return { ...counts, model: models.best }
}

function memoryOf(moving: Moving) {
  return Object.entries(moving).map(([name, data]) => ({ name, data: data as Float32Array }))
}

/** The best machine of a state that `readState` has taken, as a checkpoint. */
export function bestModel(state: Uint8Array): Uint8Array {
  return modelIn(state, 'best')
}
