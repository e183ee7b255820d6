import { Matrix } from '../compute/matrix.js'
import { LacunaError } from '../errors.js'
import {
  checkTensors,
  damaged,
  type Provenance,
  readCheckpoint,
  writeCheckpoint,
} from '../formats/checkpoint.js'
import { areNames, type ColumnNames } from '../formats/column-names.js'
import type { Tensor } from '../formats/safetensors.js'
import type { Parameters } from './parameters.js'

const MODEL = 'conditional-rbm'

/**
 * A machine's checkpoint: its parameters under their names in float64, its sizes, the names of its
 * columns, if it has any, and its provenance.
 */
export function writeRbmCheckpoint(
  { W, U, inputBias, outputBias, hiddenBias }: Parameters,
  provenance: Provenance,
  columns?: ColumnNames,
): Uint8Array {
  const tensors = new Map<string, Tensor>([
    ['W', { shape: [W.rows, W.cols], data: W.data }],
    ['U', { shape: [U.rows, U.cols], data: U.data }],
    ['inputBias', { shape: [W.rows], data: inputBias }],
    ['outputBias', { shape: [U.rows], data: outputBias }],
    ['hiddenBias', { shape: [W.cols], data: hiddenBias }],
  ])
  const sizes = { inputs: W.rows, outputs: U.rows, hidden: W.cols }
  return writeCheckpoint(MODEL, { ...sizes, ...(columns && { columns }) }, provenance, tensors)
}

/**
 * The parameters that a checkpoint holds, and where they come from. A file without metadata must
 * hold W and U; biases that it lacks are 0.
 * @throws LACUNA_E_SAFETENSORS, LACUNA_E_CHECKPOINT or LACUNA_E_NOT_FINITE
 */
export function readRbmCheckpoint(bytes: Uint8Array): {
  parameters: Parameters
  columns: ColumnNames | undefined
  provenance: Provenance
} {
  const { tensors, configuration, provenance } = readCheckpoint(MODEL, bytes)
  const sizes = configuration ?? sizesOf(tensors)
  const { inputs, outputs, hidden, columns } = sizes as {
    readonly [size: string]: unknown
    readonly columns?: ColumnNames
  }
  if (!isSize(inputs, 0) || !isSize(outputs, 1) || !isSize(hidden, 1))
    throw damaged('configuration', JSON.stringify(sizes))
  if (columns && !areNames(columns, { inputs, outputs }))
    throw damaged('configuration', JSON.stringify(sizes))
  const expected = [
    { name: 'W', shape: [inputs, hidden] },
    { name: 'U', shape: [outputs, hidden] },
    { name: 'inputBias', shape: [inputs] },
    { name: 'outputBias', shape: [outputs] },
    { name: 'hiddenBias', shape: [hidden] },
  ]
  checkTensors(
    tensors,
    expected.filter(({ name }) => configuration || tensors.has(name) || /^[WU]$/.test(name)),
  )
  const values = (name: string, count: number) => {
    const data = tensors.get(name)?.data as Float32Array | Float64Array | undefined
    return data ? Float64Array.from(data) : new Float64Array(count)
  }
  return {
    parameters: {
      W: new Matrix(inputs, hidden, values('W', inputs * hidden)),
      U: new Matrix(outputs, hidden, values('U', outputs * hidden)),
      inputBias: values('inputBias', inputs),
      outputBias: values('outputBias', outputs),
      hiddenBias: values('hiddenBias', hidden),
    },
    columns,
    provenance,
  }
}

/** Layers are not empty: tensors that hold nothing may have any shape, and would set no bound to it. */
function isSize(value: unknown, least: number): value is number {
  return Number.isSafeInteger(value) && (value as number) >= least
}

/** The sizes of a file without metadata, from the shapes of W and U. */
function sizesOf(tensors: Map<string, Tensor>): object {
  const [W, U] = [tensors.get('W'), tensors.get('U')]
  if (!W || !U)
    throw new LacunaError(
      'LACUNA_E_CHECKPOINT',
      'the file holds no tensors W and U',
      'Name the couplings of inputs W, d×K, and those of outputs U, c×K.',
    )
  return { inputs: W.shape[0], outputs: U.shape[0], hidden: U.shape[1] }
}
