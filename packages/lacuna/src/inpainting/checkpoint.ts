import { kernelBuild } from '../compute/kernel-bytes.js'
import { Activation } from '../compute/kernels.js'
import { LacunaError } from '../errors.js'
import { readSafetensors, type Tensor, writeSafetensors } from '../formats/safetensors.js'
import type { ActivationName } from '../network/perceptron.js'
import { squareImage } from './mask.js'
import {
  type Architecture,
  type InpaintingNetworks,
  type NetworkShape,
  parameterShapes,
} from './networks.js'

const FORMAT = '1'
const MODEL = 'energy-inpainter'

/** What a checkpoint says of its model beside the tensors. */
export interface Provenance {
  /** The seed that the model was created with. */
  readonly seed: number
  /** How it was trained; absent if it was not. */
  readonly training?: TrainingRecord
}

/** The options of a training run, the fingerprint of its images and how many epochs are done. */
export interface TrainingRecord {
  readonly epochs: number
  readonly data: string
  readonly [option: string]: unknown
}

/**
 * A checkpoint: safetensors whose names and shapes are PyTorch's state dict. Its metadata hold
 * nothing that differs between two equal runs.
 */
export function writeCheckpoint(
  networks: InpaintingNetworks,
  { seed, training }: Provenance,
): Uint8Array {
  const tensors = new Map<string, Tensor>()
  for (const { name, shape, data } of networks.parameters()) tensors.set(name, { shape, data })
  return writeSafetensors(tensors, {
    format: FORMAT,
    model: MODEL,
    architecture: JSON.stringify(networks.architecture),
    seed: String(seed),
    kernels: kernelBuild,
    ...(training && { training: JSON.stringify(training) }),
  })
}

/** A checkpoint taken apart and checked: its tensors are those of its architecture. */
export interface Checkpoint {
  readonly architecture: Architecture
  readonly provenance: Provenance
  readonly tensors: Map<string, Tensor>
}

/**
 * Reads a checkpoint of ours, or a bare PyTorch state dict: without metadata the sizes follow from
 * the tensors' shapes, the image is square and the activations are the sheet's Hardtanh.
 *
 * @throws LACUNA_E_SAFETENSORS if the bytes are malformed; LACUNA_E_CHECKPOINT if they hold another
 *   model, or a tensor is missing, left over, of another shape or not of floats;
 *   LACUNA_E_NOT_FINITE if a value is NaN or infinite
 */
export function readCheckpoint(bytes: Uint8Array): Checkpoint {
  const { tensors, metadata } = readSafetensors(bytes)
  const ours = metadata.model !== undefined
  const architecture = ours ? ownArchitecture(metadata) : inferArchitecture(tensors)
  checkTensors(tensors, architecture)
  return { architecture, provenance: ours ? readProvenance(metadata) : { seed: 0 }, tensors }
}

function ownArchitecture(metadata: Record<string, string>): Architecture {
  if (metadata.model !== MODEL || metadata.format !== FORMAT)
    throw new LacunaError(
      'LACUNA_E_CHECKPOINT',
      `the checkpoint holds a model '${metadata.model}' in format ${metadata.format}, not '${MODEL}' in format ${FORMAT}`,
      'Load it with the class and the version of Lacuna that wrote it.',
    )
  return parseArchitecture(metadata.architecture)
}

function readProvenance({ seed: text, training }: Record<string, string>): Provenance {
  const seed = Number(text)
  if (!Number.isSafeInteger(seed) || seed < 0) throw unreadable('seed', text)
  return training === undefined
    ? { seed }
    : { seed, training: parseObject('training', training) as TrainingRecord }
}

/** Every tensor that the architecture asks for, in its shape and of finite floats, and no other. */
function checkTensors(tensors: Map<string, Tensor>, architecture: Architecture): void {
  const left = new Set(tensors.keys())
  for (const { name, shape } of parameterShapes(architecture)) {
    const tensor = tensors.get(name)
    left.delete(name)
    if (!tensor || String(tensor.shape) !== String(shape))
      throw new LacunaError(
        'LACUNA_E_CHECKPOINT',
        `tensor ${name} should have shape [${shape}] but ${tensor ? `has [${tensor.shape}]` : 'is missing'}`,
        'The tensors must be those of PyTorch’s state dict for this architecture.',
      )
    if (!(tensor.data instanceof Float32Array || tensor.data instanceof Float64Array))
      throw new LacunaError(
        'LACUNA_E_CHECKPOINT',
        `tensor ${name} does not hold floating-point numbers`,
        'Save the weights as float32, float64, float16 or bfloat16.',
      )
    const bad = tensor.data.findIndex(value => !Number.isFinite(Math.fround(value)))
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
      `the checkpoint holds tensors that an inpainter does not have: ${[...left].join(', ')}`,
      'Keep only energy.* and generator.* weights and biases of linear layers.',
    )
}

/** Sets the networks' parameters to a checkpoint's, which must be of their architecture. */
export function copyTensors({ tensors }: Checkpoint, networks: InpaintingNetworks): void {
  for (const { name, data } of networks.parameters())
    data.set(tensors.get(name)!.data as Float32Array | Float64Array)
}

/** The architecture that a bare state dict implies. */
function inferArchitecture(tensors: Map<string, Tensor>): Architecture {
  const generator = inferNetwork(tensors, 'generator', 'hardtanh')
  const energy = inferNetwork(tensors, 'energy', 'identity')
  return checked({ image: squareImage(generator.sizes[0]!), generator, energy })
}

function inferNetwork(
  tensors: Map<string, Tensor>,
  prefix: string,
  last: ActivationName,
): NetworkShape {
  const sizes: number[] = []
  for (let l = 0; ; l++) {
    const weight = tensors.get(`${prefix}.${2 * l}.weight`)
    if (!weight) break
    const [outputs, inputs] = weight.shape
    if (weight.shape.length !== 2 || (l > 0 && inputs !== sizes.at(-1)))
      throw new LacunaError(
        'LACUNA_E_CHECKPOINT',
        `tensor ${prefix}.${2 * l}.weight has shape [${weight.shape}], which does not follow a layer of ${sizes.at(-1) ?? 'any'} units`,
        'Weights have shape [outputs, inputs], layer after layer, as PyTorch keeps them.',
      )
    if (l === 0) sizes.push(inputs!)
    sizes.push(outputs!)
  }
  if (sizes.length === 0)
    throw new LacunaError(
      'LACUNA_E_CHECKPOINT',
      `there is no tensor ${prefix}.0.weight`,
      'An inpainter has tensors energy.0.weight, energy.0.bias, energy.2.weight, … and generator.0.weight, ….',
    )
  const hidden = Array<ActivationName>(sizes.length - 2).fill('hardtanh')
  return { sizes, activations: [...hidden, last] }
}

/** The JSON object under a key of the metadata. */
function parseObject(key: string, json = ''): object {
  try {
    const value: unknown = JSON.parse(json)
    if (typeof value === 'object' && value !== null) return value
  } catch {
    // said below, with the text
  }
  throw unreadable(key, json)
}

function parseArchitecture(json: string | undefined): Architecture {
  const { image, generator, energy } = parseObject('architecture', json) as Partial<Architecture>
  const whole = (n: unknown) => Number.isSafeInteger(n) && (n as number) > 0
  const network = (shape: NetworkShape | undefined) =>
    Array.isArray(shape?.sizes) &&
    Array.isArray(shape.activations) &&
    shape.sizes.length > 1 &&
    shape.sizes.every(whole) &&
    shape.activations.length === shape.sizes.length - 1 &&
    shape.activations.every(name => Object.hasOwn(Activation, name))
  if (
    !image ||
    !whole(image.height) ||
    !whole(image.width) ||
    !network(generator) ||
    !network(energy)
  )
    throw unreadable('architecture', json)
  return checked({ image, generator: generator!, energy: energy! })
}

/** The generator maps images to images, the energy network images to one number. */
function checked(architecture: Architecture): Architecture {
  const { image, generator, energy } = architecture
  const pixels = image.height * image.width
  const found = [generator.sizes[0], generator.sizes.at(-1), energy.sizes[0], energy.sizes.at(-1)]
  if (String(found) !== String([pixels, pixels, pixels, 1]))
    throw new LacunaError(
      'LACUNA_E_CHECKPOINT',
      `the generator maps ${found[0]} to ${found[1]} values and the energy network ${found[2]} to ${found[3]}, for images of ${pixels} pixels`,
      'The generator maps images to images, the energy network maps an image to one number.',
    )
  return architecture
}

function unreadable(key: string, value: string | undefined): LacunaError {
  return new LacunaError(
    'LACUNA_E_CHECKPOINT',
    `the checkpoint's metadata say ${key} = ${String(value).slice(0, 200)}, which cannot be read`,
    'The file was changed after it was written; use an untouched copy.',
  )
}
