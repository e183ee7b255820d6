import { LacunaError } from '../errors.js'
import { readSafetensors, type Tensor, writeSafetensors } from '../formats/safetensors.js'
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

/** Tensors of the trainer's own. */
export type Memory = readonly { name: string; data: Float32Array }[]

/** The state of a run: both checkpoints whole, as bytes, and what the optimiser remembers. */
export function writeState(
  current: Uint8Array,
  memory: Memory,
  run: string,
  { done, best, bestNll, model }: Position,
): Uint8Array {
  const tensors = new Map<string, Tensor>([
    ['current', { shape: [current.length], data: current }],
    ['best', { shape: [model.length], data: model }],
  ])
  for (const { name, data } of memory) tensors.set(name, { shape: [data.length], data })
  const position = { done: String(done), best: String(best), bestNll: String(bestNll) }
  return writeSafetensors(tensors, { run, ...position })
}

/** Sets the network and the optimiser's memory to a state's. */
export function readState(
  state: Uint8Array,
  network: ConditionalNetwork,
  memory: Memory,
  run: string,
): Position {
  const { tensors, metadata } = readSafetensors(state)
  const bytes = (name: string) => tensors.get(name)?.data
  const [current, model] = [bytes('current'), bytes('best')]
  const remembered = memory.map(({ name }) => bytes(name))
  const whole = remembered.every(
    (data, i) => data instanceof Float32Array && data.length === memory[i]!.data.length,
  )
  const [done, best, bestNll] = [metadata.done, metadata.best, metadata.bestNll].map(Number)
  if (
    metadata.run !== run ||
    !whole ||
    !(current instanceof Uint8Array && model instanceof Uint8Array) ||
    !Number.isSafeInteger(done)
  )
    throw new LacunaError(
      'LACUNA_E_RESUME',
      `the saved state is of a run ${metadata.run}, not of ${run}`,
      'Resume with the data and options that the run was started with, or start a new one.',
    )
  network.adopt(readMixtureCheckpoint(current))
  for (const [i, { data }] of memory.entries()) data.set(remembered[i] as Float32Array)
  return { done: done!, best: best!, bestNll: bestNll!, model }
}

/** The best model of a state that `readState` has taken, as a checkpoint. */
export function bestModel(state: Uint8Array): Uint8Array {
  return readSafetensors(state).tensors.get('best')!.data as Uint8Array
}
