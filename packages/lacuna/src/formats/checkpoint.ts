import { kernelBuild } from '../compute/kernels.js'
import { LacunaError } from '../errors.js'
import { readSafetensors, type Tensor, writeSafetensors } from './safetensors.js'

const FORMAT = '1'

/** Where a model comes from: from equal provenance, on equal kernels, come equal bits. */
export interface Provenance {
  /** The seed that the model was created with. */
  readonly seed: number
  /** How it was trained; absent if it was not. */
  readonly training?: TrainingRecord
}

/** The options of a training run, the fingerprint of its data and how far it is. */
export interface TrainingRecord {
  readonly data: string
  readonly [option: string]: unknown
}

/**
 * A checkpoint: a model's tensors in safetensors, and in the metadata its kind, its configuration
 * and its provenance. Nothing in it differs between two equal runs.
 *
 * @param model the kind of model, such as `energy-inpainter`
 * @param configuration what is needed beside the tensors, to be written as JSON
 */
export function writeCheckpoint(
  model: string,
  configuration: object,
  { seed, training }: Provenance,
  tensors: Map<string, Tensor>,
): Uint8Array {
  return writeSafetensors(tensors, {
    format: FORMAT,
    model,
    configuration: JSON.stringify(configuration),
    seed: String(seed),
    kernels: String(training?.kernels ?? kernelBuild().name),
    ...(training && { training: JSON.stringify(training) }),
  })
}

/** A checkpoint taken apart; without a configuration it is a bare state dict of tensors. */
export interface Checkpoint {
  readonly tensors: Map<string, Tensor>
  readonly provenance: Provenance
  readonly configuration?: object
}

/**
 * Reads a checkpoint of the given kind of model, or a file without metadata.
 * @throws LACUNA_E_SAFETENSORS if the bytes are malformed; LACUNA_E_CHECKPOINT if they hold another
 *   kind of model or damaged metadata
 */
export function readCheckpoint(model: string, bytes: Uint8Array): Checkpoint {
  const { tensors, metadata } = readSafetensors(bytes)
  if (metadata.model === undefined) return { tensors, provenance: { seed: 0 } }
  if (metadata.model !== model || metadata.format !== FORMAT)
    throw new LacunaError(
      'LACUNA_E_CHECKPOINT',
      `the checkpoint holds a model '${metadata.model}' in format ${metadata.format}, not '${model}' in format ${FORMAT}`,
      'Load it with the class and the version of Lacuna that wrote it.',
    )
  const seed = Number(metadata.seed)
  if (!Number.isSafeInteger(seed) || seed < 0) throw damaged('seed', metadata.seed)
  const configuration = parseObject('configuration', metadata.configuration)
  if (metadata.training === undefined) return { tensors, configuration, provenance: { seed } }
  const training = parseObject('training', metadata.training) as TrainingRecord
  return { tensors, configuration, provenance: { seed, training } }
}

/** Where the first value is that float32 cannot hold, or −1. (A loop: a callback is ten times as slow.) */
function firstNotFinite(values: Float32Array | Float64Array): number {
  for (let i = 0; i < values.length; i++) if (!Number.isFinite(Math.fround(values[i]!))) return i
  return -1
}

/**
 * Checks that the tensors are those that a model asks for, in their shapes and of finite floats.
 * @throws LACUNA_E_CHECKPOINT if one is missing, left over, of another shape or not of floats;
 *   LACUNA_E_NOT_FINITE if a value is NaN, infinite or beyond float32
 */
export function checkTensors(
  tensors: Map<string, Tensor>,
  expected: Iterable<{ name: string; shape: readonly number[] }>,
): void {
  const left = new Set(tensors.keys())
  for (const { name, shape } of expected) {
    const tensor = tensors.get(name)
    left.delete(name)
    if (!tensor || String(tensor.shape) !== String(shape))
      throw new LacunaError(
        'LACUNA_E_CHECKPOINT',
        `tensor ${name} should have shape [${shape}] but ${tensor ? `has [${tensor.shape}]` : 'is missing'}`,
        'The tensors must be those of this model, with the names and shapes of PyTorch’s state dict.',
      )
    if (!(tensor.data instanceof Float32Array || tensor.data instanceof Float64Array))
      throw new LacunaError(
        'LACUNA_E_CHECKPOINT',
        `tensor ${name} does not hold floating-point numbers`,
        'Save the weights as float32, float64, float16 or bfloat16.',
      )
    const bad = firstNotFinite(tensor.data)
    if (bad >= 0)
      throw new LacunaError(
        'LACUNA_E_NOT_FINITE',
        `tensor ${name} holds ${tensor.data[bad]} at position ${bad}`,
        'The model diverged before it was saved; load an earlier checkpoint.',
      )
  }
  if (left.size > 0)
    throw new LacunaError(
      'LACUNA_E_CHECKPOINT',
      `the checkpoint holds tensors that this model does not have: ${[...left].join(', ')}`,
      'Keep only the tensors of this model.',
    )
}

/** The error for metadata that cannot be what was written. */
export function damaged(key: string, value: string | undefined): LacunaError {
  return new LacunaError(
    'LACUNA_E_CHECKPOINT',
    `the checkpoint's metadata say ${key} = ${String(value).slice(0, 200)}, which cannot be read`,
    'The file was changed after it was written; use an untouched copy.',
  )
}

function parseObject(key: string, json = ''): object {
  try {
    const value: unknown = JSON.parse(json)
    if (typeof value === 'object' && value !== null) return value
  } catch {
    // said below, with the text
  }
  throw damaged(key, json)
}
