import { LacunaError } from '../errors.js'
import { widenBfloat16, widenBinary16 } from './half-precision.js'
import { quote, readHeader, refuse, type TensorEntry } from './safetensors-header.js'

/** The element types that have a typed array, by their names in the format. */
const arrays = {
  F64: Float64Array,
  I64: BigInt64Array,
  U64: BigUint64Array,
  F32: Float32Array,
  I32: Int32Array,
  U32: Uint32Array,
  I16: Int16Array,
  U16: Uint16Array,
  I8: Int8Array,
  U8: Uint8Array,
}

/** The values of a tensor: a typed array for each element type of safetensors. */
export type TensorData =
  | Float64Array
  | BigInt64Array
  | BigUint64Array
  | Float32Array
  | Int32Array
  | Uint32Array
  | Int16Array
  | Uint16Array
  | Int8Array
  | Uint8Array

/**
 * A row-major array of any number of dimensions; a single number has the shape `[]`. To be written with
 * `half`, its data are the bits of numbers in half precision (F16); it is read back widened.
 */
export type Tensor = { shape: number[]; data: TensorData; half?: true }

/** Turns the bytes of a tensor, which start a buffer of their own, into its values. */
type Decoder = { size: number; decode: (buffer: ArrayBuffer) => TensorData }

// Typed arrays keep numbers in the byte order of the machine, and every machine that runs
// WebAssembly in a browser has the order of the format: little end first.
const decoders = new Map<string, Decoder>([
  ['BOOL', { size: 1, decode: buffer => new Uint8Array(buffer) }],
  ['F16', { size: 2, decode: buffer => widenBinary16(new Uint16Array(buffer)) }],
  ['BF16', { size: 2, decode: buffer => widenBfloat16(new Uint16Array(buffer)) }],
  ...Object.entries(arrays).map(([dtype, TypedArray]): [string, Decoder] => [
    dtype,
    { size: TypedArray.BYTES_PER_ELEMENT, decode: buffer => new TypedArray(buffer) },
  ]),
])

/** The format allows 100 MB. Four hold some 40,000 tensors; more would only keep a reader busy. */
const MOST_HEADER_BYTES = 4_000_000

/**
 * Reads a safetensors file: eight bytes with the length of the header (little end first), the
 * header in JSON, then the values of all tensors without holes
 * (https://github.com/huggingface/safetensors, "Format").
 *
 * F64 and F32 are read as they are, F16 and BF16 are widened to float32 without rounding, integers
 * come as the typed array of their kind (I64 as BigInt64Array), BOOL as a Uint8Array. Values may be
 * NaN or infinite. Nothing in the result shares memory with `bytes`.
 *
 * @param bytes the whole file
 * @returns the tensors by name, in the order of their data, and the metadata, in an object without
 *   prototype
 * @throws LACUNA_E_SAFETENSORS if the file breaks a rule of the format, holds another element type,
 *   or has a header of more than 4 MB
 *
 * @example
 * ```ts
 * const { tensors } = readSafetensors(bytes)
 * tensors.get('energy.0.weight')?.shape // [256, 784]
 * ```
 */
export function readSafetensors(bytes: Uint8Array): {
  tensors: Map<string, Tensor>
  metadata: Record<string, string>
} {
  if (!(bytes instanceof Uint8Array))
    refuse(
      `bytes were expected, not ${bytes === null ? 'null' : typeof bytes}`,
      'Pass the file as a Uint8Array.',
    )
  if (bytes.length < 8)
    refuse(`the file has ${bytes.length} bytes, not even 8 for the header's length`)
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength)
  const headerLength = Number(view.getBigUint64(0, true))
  const start = 8 + headerLength
  if (headerLength > MOST_HEADER_BYTES)
    refuse(`the header's length at byte 0 is ${headerLength}, more than ${MOST_HEADER_BYTES}`)
  if (start > bytes.length)
    refuse(`the header ends at byte ${start}, but the file at byte ${bytes.length}`)
  if (bytes[8] !== 0x7b) refuse('the header at byte 8 does not begin with {')

  const { entries, metadata } = readHeader(new Uint8Array(bytes.subarray(8, start)), 8)
  entries.sort((a, b) => a.begin - b.begin || a.end - b.end)
  requireTiling(entries, bytes.length - start)
  const tensors = new Map<string, Tensor>()
  for (const { name, dtype, shape, begin, end } of entries) {
    const { buffer } = new Uint8Array(bytes.subarray(start + begin, start + end))
    tensors.set(name, { shape, data: decoders.get(dtype)!.decode(buffer) })
  }
  return { tensors, metadata }
}

/** Checks that the tensors, in the order of their data, fill it without holes or overlaps. */
function requireTiling(entries: TensorEntry[], dataLength: number): void {
  let at = 0
  for (const { name, dtype, shape, begin, end } of entries) {
    const size = decoders.get(dtype)?.size
    if (size === undefined)
      refuse(
        `tensor ${quote(name)} has the dtype ${quote(dtype)}, which is not supported`,
        `Convert the tensor to F32; supported are ${[...decoders.keys()].join(', ')}.`,
      )
    if (begin !== at)
      refuse(`tensor ${quote(name)} begins at byte ${begin} of the data, but byte ${at} is next`)
    if (end - begin !== product(shape) * size)
      refuse(
        `tensor ${quote(name)}, ${dtype} of shape [${shape.join(', ')}], takes ${product(shape) * size} ` +
          `bytes, but its data_offsets are ${begin} and ${end}`,
      )
    at = end
  }
  if (at !== dataLength)
    refuse(`the tensors take ${at} bytes, but ${dataLength} bytes follow the header`)
}

/** The number of values in a shape; inexact beyond 2⁵³, which no file's length can equal. */
function product(shape: number[]): number {
  return shape.includes(0) ? 0 : shape.reduce((count, n) => count * n, 1)
}

/**
 * Writes a safetensors file. Equal tensors and metadata give equal bytes, whatever the order in
 * which they were put together: larger element types come first, so that every tensor is aligned
 * in memory when the file is mapped, then names in the order of their UTF-16 units; so do the keys
 * of the metadata; and the header is padded with spaces to a multiple of eight bytes.
 *
 * @param tensors by name; the element type is that of the typed array (U8 for Uint8Array), or F16
 * @param metadata texts by key; left out of the file if there are none
 * @throws LACUNA_E_SHAPE if a shape does not fit its values; LACUNA_E_OPTION if a name is
 *   `__metadata__`, or a name, a key or a text is not valid Unicode
 *
 * @example
 * ```ts
 * const bytes = writeSafetensors(
 *   new Map([['energy.0.bias', { shape: [256], data: new Float32Array(256) }]]),
 *   { seed: '7' },
 * )
 * ```
 */
export function writeSafetensors(
  tensors: Map<string, Tensor>,
  metadata: Record<string, string> = {},
): Uint8Array {
  const sorted = [...tensors].sort(
    ([a, { data: x }], [b, { data: y }]) =>
      y.BYTES_PER_ELEMENT - x.BYTES_PER_ELEMENT || (a < b ? -1 : 1),
  )
  // The members are strung together by hand: objects put names that look like numbers first.
  const members: string[] = []
  const keys = Object.keys(metadata).sort()
  if (keys.length > 0)
    members.push(`"__metadata__":{${keys.map(key => `${json(key)}:${json(metadata[key]!)}`)}}`)
  let dataLength = 0
  for (const [name, tensor] of sorted) {
    const dtype = requireTensor(name, tensor)
    const begin = dataLength
    dataLength += tensor.data.byteLength
    const entry = { dtype, shape: tensor.shape, data_offsets: [begin, dataLength] }
    members.push(`${json(name)}:${JSON.stringify(entry)}`)
  }
  const text = new TextEncoder().encode(`{${members.join(',')}}`)
  const headerLength = Math.ceil(text.length / 8) * 8

  const bytes = new Uint8Array(8 + headerLength + dataLength)
  new DataView(bytes.buffer).setUint32(0, headerLength, true)
  bytes.set(text, 8)
  bytes.fill(0x20, 8 + text.length, 8 + headerLength)
  let at = 8 + headerLength
  for (const [, { data }] of sorted) {
    bytes.set(new Uint8Array(data.buffer, data.byteOffset, data.byteLength), at)
    at += data.byteLength
  }
  return bytes
}

/** Checks a tensor that is to be written, and returns its dtype. */
function requireTensor(name: string, { shape, data, half }: Tensor): string {
  const plain = Object.entries(arrays).find(([, TypedArray]) => data instanceof TypedArray)?.[0]
  const dtype = half && plain === 'U16' ? 'F16' : plain
  if (name === '__metadata__' || dtype === undefined)
    throw new LacunaError(
      'LACUNA_E_OPTION',
      `tensor ${quote(name)} cannot be written: ${dtype ? 'the name is reserved' : 'its data is no typed array that safetensors knows'}`,
      'Choose another name than __metadata__, and a typed array such as Float32Array.',
    )
  if (!shape.every(n => Number.isSafeInteger(n) && n >= 0) || product(shape) !== data.length)
    throw new LacunaError(
      'LACUNA_E_SHAPE',
      `tensor ${quote(name)} of shape [${shape.join(', ')}] has ${data.length} values`,
      'Give whole numbers whose product is the number of values.',
    )
  return dtype
}

function json(text: string): string {
  if (typeof text !== 'string' || /\p{Surrogate}/u.test(text))
    throw new LacunaError(
      'LACUNA_E_OPTION',
      `${quote(String(text))} cannot be written as a name or text in safetensors`,
      'Give strings of valid Unicode.',
    )
  return JSON.stringify(text)
}
