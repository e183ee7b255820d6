import {
  type Checkpoint,
  checkTensors,
  damaged,
  type Provenance,
  readCheckpoint,
  writeCheckpoint,
} from '../formats/checkpoint.js'
import type { Tensor } from '../formats/safetensors.js'

const MODEL = 'classification-rbm'

/** The sizes of a classification machine. */
export interface ClassificationShape {
  /** d, the number of inputs. */
  readonly inputs: number
  /** C, the number of classes. */
  readonly classes: number
  /** K, the number of hidden units. */
  readonly hidden: number
}

/** The parameters by name, or tensors of their shapes. */
export type ClassTensors<T extends Float32Array | Float64Array = Float32Array> = Record<
  'W' | 'U' | 'inputBias' | 'classBias' | 'hiddenBias',
  T
>

/** Names and shapes of the parameters, in the order in which they are laid out. */
export function parameterShapes({ inputs, classes, hidden }: ClassificationShape) {
  return [
    { name: 'W', shape: [inputs, hidden] },
    { name: 'U', shape: [classes, hidden] },
    { name: 'inputBias', shape: [inputs] },
    { name: 'classBias', shape: [classes] },
    { name: 'hiddenBias', shape: [hidden] },
  ] as const
}

/** The checkpoint of a machine: its parameters in float32 where that loses nothing, as after training. */
export function writeClassificationCheckpoint(
  shape: ClassificationShape,
  parameters: ClassTensors<Float32Array | Float64Array>,
  provenance: Provenance,
): Uint8Array {
  const tensors = new Map<string, Tensor>()
  for (const { name, shape: sizes } of parameterShapes(shape)) {
    const data = parameters[name]
    const single = data.every((value: number) => Math.fround(value) === value)
    tensors.set(name, { shape: [...sizes], data: single ? Float32Array.from(data) : data })
  }
  return writeCheckpoint(MODEL, shape, provenance, tensors)
}

/**
 * Reads a checkpoint of a classification machine and checks that its tensors are its own.
 * @throws LACUNA_E_SAFETENSORS, LACUNA_E_CHECKPOINT or LACUNA_E_NOT_FINITE
 */
export function readClassificationCheckpoint(bytes: Uint8Array): Checkpoint & {
  shape: ClassificationShape
  parameters: ClassTensors<Float32Array | Float64Array>
} {
  const checkpoint = readCheckpoint(MODEL, bytes)
  const shape = (checkpoint.configuration ?? {}) as ClassificationShape
  for (const size of [shape.inputs, shape.classes, shape.hidden])
    if (!Number.isSafeInteger(size) || size < 1)
      throw damaged('configuration', JSON.stringify(checkpoint.configuration))
  checkTensors(checkpoint.tensors, parameterShapes(shape))
  const parameters = Object.fromEntries(
    [...checkpoint.tensors].map(([name, { data }]) => [name, data]),
  ) as ClassTensors<Float32Array | Float64Array>
  return { ...checkpoint, shape, parameters }
}
