import { Activation } from '../compute/kernels.js'
import { LacunaError } from '../errors.js'
import {
  type Checkpoint,
  checkTensors,
  damaged,
  type Provenance,
  readCheckpoint,
  writeCheckpoint,
} from '../formats/checkpoint.js'
import type { Tensor } from '../formats/safetensors.js'
import type { ActivationName } from '../network/perceptron.js'
import { type NetworkShape, parameterShapes } from '../network/state-dict.js'
import type { Architecture, InpaintingNetworks } from './networks.js'

const MODEL = 'energy-inpainter'

/** The checkpoint of both networks: the names and shapes of PyTorch's state dict. */
export function writeNetworks(networks: InpaintingNetworks, provenance: Provenance): Uint8Array {
  return writeCheckpoint(MODEL, networks.architecture, provenance, networks.state())
}

/** A checkpoint of an inpainter, checked: its tensors are those of its architecture. */
export type InpainterCheckpoint = Checkpoint & { readonly architecture: Architecture }

/**
 * Reads a checkpoint of an inpainter, or a bare PyTorch state dict: without metadata the sizes
 * follow from the tensors' shapes, the image is square and the activations are the sheet's Hardtanh.
 *
 * @throws LACUNA_E_SAFETENSORS, LACUNA_E_CHECKPOINT or LACUNA_E_NOT_FINITE if the bytes are
 *   malformed, of another model, or not of finite numbers
 */
export function readNetworks(bytes: Uint8Array): InpainterCheckpoint {
  const checkpoint = readCheckpoint(MODEL, bytes)
  const { configuration, tensors } = checkpoint
  const architecture = configuration ? asArchitecture(configuration) : inferArchitecture(tensors)
  const { energy, generator } = architecture
  checkTensors(tensors, parameterShapes({ energy, generator }))
  return { ...checkpoint, architecture }
}

/** The architecture that a bare state dict implies. */
function inferArchitecture(tensors: Map<string, Tensor>): Architecture {
  const generator = inferNetwork(tensors, 'generator', 'hardtanh')
  const energy = inferNetwork(tensors, 'energy', 'identity')
  const pixels = generator.sizes[0]!
  const side = Math.round(Math.sqrt(pixels))
  if (side * side !== pixels || pixels === 0)
    throw new LacunaError(
      'LACUNA_E_CHECKPOINT',
      `images of ${pixels} pixels are not square, and a bare state dict does not say their shape`,
      'Create an inpainter with the shape of the images, save it, and put the weights in its place.',
    )
  return matching({ image: { height: side, width: side }, generator, energy })
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

function asArchitecture(configuration: object): Architecture {
  const { image, generator, energy } = configuration as Partial<Architecture>
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
    throw damaged('configuration', JSON.stringify(configuration))
  return matching({ image, generator: generator!, energy: energy! })
}

/** Checks that the generator maps images to images, and the energy network images to one number. */
function matching(architecture: Architecture): Architecture {
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
