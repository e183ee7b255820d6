import { LacunaError } from '../errors.js'
import { readSafetensors, type Tensor, writeSafetensors } from './safetensors.js'

/** What a run has to remember beside its model, in the places where it is worked with. */
export type Memory = readonly { readonly name: string; readonly data: Float32Array }[]

/** Where a run stands. */
export interface Standing {
  /** Steps behind it. */
  readonly step: number
  /** The model that it has got to, as a checkpoint. */
  readonly model: Uint8Array
}

/**
 * The state of a run, in safetensors: all that is needed to go on.
 * @param run what the run is; only a run that is the same goes on with the state
 */
export function writeTrainingState(run: string, { step, model }: Standing, memory: Memory) {
  const tensors = new Map<string, Tensor>([['model', { shape: [model.length], data: model }]])
  for (const { name, data } of memory) tensors.set(name, { shape: [data.length], data })
  return writeSafetensors(tensors, { run, step: String(step) })
}

/**
 * Reads a state, and sets the memory to what it was.
 * @param steps of the whole run
 * @throws LACUNA_E_SAFETENSORS if the bytes are malformed; LACUNA_E_RESUME if they are the state of
 *   another run
 */
export function readTrainingState(
  state: Uint8Array,
  run: string,
  steps: number,
  memory: Memory,
): Standing {
  const { tensors, metadata } = readSafetensors(state)
  const [step, model] = [Number(metadata.step || Number.NaN), tensors.get('model')?.data]
  const saved = memory.map(({ name }) => tensors.get(name)?.data)
  const whole = saved.every(
    (data, i) => data instanceof Float32Array && data.length === memory[i]!.data.length,
  )
  const sound = Number.isSafeInteger(step) && step >= 0 && step <= steps
  if (metadata.run !== run || !whole || !(model instanceof Uint8Array) || !sound)
    throw new LacunaError(
      'LACUNA_E_RESUME',
      `the saved state is of a run ${metadata.run} at step ${metadata.step}, not of ${run}`,
      'Resume with the data and options that the run was started with, or start a new one.',
    )
  for (const [i, { data }] of memory.entries()) data.set(saved[i] as Float32Array)
  return { step, model }
}

/** The model in a state, as a checkpoint. */
export function modelOf(state: Uint8Array): Uint8Array {
  const model = readSafetensors(state).tensors.get('model')?.data
  if (model instanceof Uint8Array) return model
  throw new LacunaError(
    'LACUNA_E_RESUME',
    'the bytes are not the state of a training',
    'Pass the `state` that a training has yielded.',
  )
}
