import { LacunaError } from '../errors.js'
import { readSafetensors, type Tensor, writeSafetensors } from '../formats/safetensors.js'

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
  const tensors = new Map<string, Tensor>([['best', { shape: [model.length], data: model }]])
  for (const [name, data] of Object.entries(moving) as [string, Float32Array][])
    tensors.set(name, { shape: [data.length], data })
  const position = { done: String(done), best: String(best), fewestErrors: String(fewestErrors) }
  return writeSafetensors(tensors, { run, ...position })
}

/** Sets what a step moves to a state's. */
export function readState(state: Uint8Array, moving: Moving, run: string): Position {
  const { tensors, metadata } = readSafetensors(state)
  const model = tensors.get('best')?.data
  const vectors = (Object.entries(moving) as [string, Float32Array][]).map(([name, into]) => ({
    into,
    data: tensors.get(name)?.data,
  }))
  const whole = vectors.every(
    ({ into, data }) => data instanceof Float32Array && data.length === into.length,
  )
  const [done, best, fewestErrors] = [metadata.done, metadata.best, metadata.fewestErrors].map(
    Number,
  )
  if (
    metadata.run !== run ||
    !whole ||
    !(model instanceof Uint8Array) ||
    !Number.isSafeInteger(done)
  )
    throw new LacunaError(
      'LACUNA_E_RESUME',
      `the saved state is of a run ${metadata.run}, not of ${run}`,
      'Resume with the data and options that the run was started with, or start a new one.',
    )
  for (const { into, data } of vectors) into.set(data as Float32Array)
  return { done: done!, best: best!, fewestErrors: fewestErrors!, model }
}

/** The best machine of a state that `readState` has taken, as a checkpoint. */
export function bestModel(state: Uint8Array): Uint8Array {
  return readSafetensors(state).tensors.get('best')!.data as Uint8Array
}
