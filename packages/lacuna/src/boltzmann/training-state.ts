import { LacunaError } from '../errors.js'
import {
  readSafetensors,
  type Tensor,
  type TensorData,
  writeSafetensors,
} from '../formats/safetensors.js'

/** What a trainer remembers from one step to the next, beside the machine, under names. */
export type Memory = ReadonlyMap<string, Float32Array | Uint8Array>

/** The state of a run after `done` epochs: the machine as a checkpoint, and what the trainer remembers. */
export function writeState(
  machine: Uint8Array,
  memory: Memory,
  run: string,
  done: number,
): Uint8Array {
  const tensors = new Map<string, Tensor>([['machine', { shape: [machine.length], data: machine }]])
  for (const [name, data] of memory) tensors.set(name, { shape: [data.length], data })
  return writeSafetensors(tensors, { run, done: String(done) })
}

/**
 * Sets the trainer's memory to a state's.
 * @returns the machine's checkpoint and the epochs done
 * @throws LACUNA_E_SAFETENSORS, or LACUNA_E_RESUME if the state is not one of this run
 */
export function readState(
  state: Uint8Array,
  memory: Memory,
  run: string,
): { machine: Uint8Array; done: number } {
  const { tensors, metadata } = readSafetensors(state)
  const machine = tensors.get('machine')?.data
  const done = Number(metadata.done)
  const remembered = [...memory].map(([name, into]) => ({ into, from: tensors.get(name)?.data }))
  if (
    metadata.run !== run ||
    !(machine instanceof Uint8Array) ||
    !Number.isSafeInteger(done) ||
    !remembered.every(({ into, from }) => from && alike(into, from))
  )
    throw new LacunaError(
      'LACUNA_E_RESUME',
      `the saved state is of a run ${metadata.run}, not of ${run}`,
      'Resume with the data and options that the run was started with, or start a new one.',
    )
  for (const { into, from } of remembered) into.set(from as Float32Array | Uint8Array)
  return { machine, done }
}

function alike(a: TensorData, b: TensorData): boolean {
  return a.constructor === b.constructor && a.length === b.length
}

/** The machine of a state that `readState` has taken, as a checkpoint. */
export function machineOf(state: Uint8Array): Uint8Array {
  return readSafetensors(state).tensors.get('machine')!.data as Uint8Array
}
