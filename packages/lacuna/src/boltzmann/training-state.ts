import {
  changedState,
  isWithin,
  type Memory,
  modelIn,
  readTrainingState,
  writeTrainingState,
} from '../formats/training-state.js'
import { readRbmCheckpoint } from './checkpoint.js'
import type { Parameters } from './parameters.js'

/** The state of a run after `done` epochs: the machine as a checkpoint, and what the trainer remembers. */
export function writeState(
  machine: Uint8Array,
  memory: Memory,
  run: string,
  done: number,
): Uint8Array {
  return writeTrainingState(run, { models: { machine }, counts: { done } }, memory)
}

/** The sizes of a machine. */
export interface Sizes {
  readonly inputs: number
  readonly outputs: number
  readonly hidden: number
}

/**
 * Sets the trainer's memory to a state's.
 * @param epochs of the whole run
 * @returns the machine's parameters and the epochs done
 * @throws LACUNA_E_SAFETENSORS, or LACUNA_E_RESUME if the state is not one of this run
 */
export function readState(
  state: Uint8Array,
  memory: Memory,
  run: string,
  epochs: number,
  { inputs, outputs, hidden }: Sizes,
): { parameters: Parameters; done: number } {
  const sound = { done: isWithin(1, epochs) }
  const { models, counts } = readTrainingState(state, run, ['machine'], sound, memory)
  const { parameters } = readRbmCheckpoint(models.machine)
  const { W, U } = parameters
  if (String([W.rows, U.rows, U.cols]) !== String([inputs, outputs, hidden]))
    throw changedState('its machine is not of this run')
  return { parameters, done: counts.done }
}

/** The machine of a state that `readState` has taken, as a checkpoint. */
export function machineOf(state: Uint8Array): Uint8Array {
  return modelIn(state, 'machine')
}
