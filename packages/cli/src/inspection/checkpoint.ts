import { readSafetensors, type Tensor } from 'lacuna'

/** What a tensor is, and the range of its values. */
export type TensorDescription = {
  readonly name: string
  readonly type: string
  readonly shape: readonly number[]
  /** Absent if it has no values. */
  readonly least?: number
  readonly most?: number
  /** Values that are NaN or infinite. */
  readonly notFinite: number
}

/** What a safetensors file is, and how it was made, as far as it says so itself. */
export type CheckpointDescription = {
  readonly kind: 'checkpoint'
  readonly bytes: number
  readonly parameters: number
  /** Its metadata; those that are JSON are parsed. */
  readonly metadata: Readonly<Record<string, unknown>>
  readonly tensors: readonly TensorDescription[]
}

/**
 * Describes a safetensors file.
 * @throws LACUNA_E_SAFETENSORS if it is damaged
 */
export function describeCheckpoint(bytes: Uint8Array): CheckpointDescription {
  const { tensors, metadata } = readSafetensors(bytes)
  const described = [...tensors].map(([name, tensor]) => describeTensor(name, tensor))
  return {
    kind: 'checkpoint',
    bytes: bytes.length,
    parameters: [...tensors.values()].reduce((sum, { data }) => sum + data.length, 0),
    metadata: Object.fromEntries(
      Object.entries(metadata).map(([key, text]) => [key, parsed(text)]),
    ),
    tensors: described,
  }
}

function describeTensor(name: string, { shape, data }: Tensor): TensorDescription {
  let [least, most, notFinite] = [Infinity, -Infinity, 0]
  for (const value of data) {
    const number = Number(value)
    if (!Number.isFinite(number)) notFinite++
    else [least, most] = [Math.min(least, number), Math.max(most, number)]
  }
  const type = data.constructor.name.replace('Array', '').toLowerCase()
  return { name, type, shape, ...(least <= most && { least, most }), notFinite }
}

/** A text as the object that it is in JSON, if it is one. */
function parsed(text: string): unknown {
  if (!text.startsWith('{')) return text
  try {
    return JSON.parse(text)
  } catch {
    return text
  }
}
