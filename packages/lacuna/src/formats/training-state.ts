import { LacunaError } from '../errors.js'
import { readSafetensors, type Tensor, writeSafetensors } from './safetensors.js'

/** What a training has to remember beside its models, in the places where it is worked with. */
export type Memory = readonly { readonly name: string; readonly data: Float32Array | Uint8Array }[]

/** Where a training stands. */
export interface Standing<Model extends string, Count extends string> {
  /** What it has got to, as checkpoints. */
  readonly models: Readonly<Record<Model, Uint8Array>>
  /** How far it is, such as the steps behind it. */
  readonly counts: Readonly<Record<Count, number>>
}

/**
 * The state of a training, in safetensors: all that is needed to go on.
 * @param run what the run is; only a run that is the same goes on with the state
 */
export function writeTrainingState(
  run: string,
  { models, counts }: Standing<string, string>,
  memory: Memory,
): Uint8Array {
  const tensors = new Map<string, Tensor>()
  for (const [name, data] of Object.entries(models))
    tensors.set(name, { shape: [data.length], data })
  for (const { name, data } of memory) tensors.set(name, { shape: [data.length], data })
  const texts = Object.entries(counts).map(([name, count]) => [name, String(count)])
  return writeSafetensors(tensors, { run, ...Object.fromEntries(texts) })
}

/**
 * Reads a state, and sets the memory to what it was.
 * @param models the names of those that it must have
 * @param counts for each of its numbers, whether it can be so
 * @throws LACUNA_E_SAFETENSORS if the bytes are malformed; LACUNA_E_RESUME if they are the state of
 *   another run, or not what was written
 */
export function readTrainingState<Model extends string, Count extends string>(
  state: Uint8Array,
  run: string,
  models: readonly Model[],
  counts: Readonly<Record<Count, (count: number) => boolean>>,
  memory: Memory,
): Standing<Model, Count> {
  const { tensors, metadata } = readSafetensors(state)
  if (metadata.run !== run) throw otherRun(metadata.run, run)
  const saved = memory.map(({ name, data }) => {
    const own = tensors.get(name)?.data
    if (own?.constructor === data.constructor && own.length === data.length) return own
    throw changedState(`it has no ${name} that fits`)
  })
  const standing = {
    models: fromNames(models, name => modelOf(tensors, name)),
    counts: fromNames(Object.keys(counts) as Count[], name => {
      const [text, count] = [metadata[name], Number(metadata[name])]
      if (String(count) === text && counts[name](count)) return count
      throw changedState(`its ${name} is ${text}`)
    }),
  }
  for (const [i, { data }] of memory.entries()) data.set(saved[i] as Float32Array | Uint8Array)
  return standing
}

function fromNames<Name extends string, Value>(names: readonly Name[], of: (name: Name) => Value) {
  return Object.fromEntries(names.map(name => [name, of(name)])) as Record<Name, Value>
}

/** Whether a number is whole and lies between two. */
export function isWithin(least: number, most: number): (count: number) => boolean {
  return count => Number.isSafeInteger(count) && count >= least && count <= most
}

/**
 * A model in a state, as a checkpoint.
 * @throws LACUNA_E_SAFETENSORS or LACUNA_E_RESUME if there is none
 */
export function modelIn(state: Uint8Array, name: string): Uint8Array {
  return modelOf(readSafetensors(state).tensors, name)
}

function modelOf(tensors: ReadonlyMap<string, Tensor>, name: string): Uint8Array {
  const model = tensors.get(name)?.data
  if (model instanceof Uint8Array) return model
  throw new LacunaError(
    'LACUNA_E_RESUME',
    `the bytes are not the state of a training: there is no ${name} in them`,
    'Pass the `state` that a training has yielded.',
  )
}

/** The error for a state that is not one of this run. */
export function otherRun(was: string | undefined, is: string): LacunaError {
  return new LacunaError(
    'LACUNA_E_RESUME',
    `the saved state is of a run ${was}, not of ${is}`,
    'Resume with the data and options that the run was started with, or start a new one.',
  )
}

/** The error for a state of this run that cannot be what was written. */
export function changedState(why: string): LacunaError {
  return new LacunaError(
    'LACUNA_E_RESUME',
    `the saved state was changed after it was written: ${why}`,
    'Use an untouched copy, or start a new run.',
  )
}
