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
import type { NetworkShape } from '../network/state-dict.js'
import { HOLE } from './window.js'
import {
  ENERGY_SIDE,
  GENERATOR_SIDE,
  outputsOf,
  type WindowArchitecture,
  type WindowNetworks,
  windowShapes,
} from './window-networks.js'
import { windowRecipes } from './window-recipes.js'

const MODEL = 'window-inpainter'

/** The checkpoint of an inpainter of windows: the names and shapes of PyTorch's state dict. */
export function writeWindowCheckpoint(
  networks: WindowNetworks,
  provenance: Provenance,
): Uint8Array {
  return writeCheckpoint(MODEL, networks.architecture, provenance, networks.state())
}

/** A checkpoint, checked: its tensors are those of its architecture. */
export type WindowCheckpoint = Checkpoint & { readonly architecture: WindowArchitecture }

/**
 * Reads a checkpoint of an inpainter of windows.
 * @throws LACUNA_E_SAFETENSORS, LACUNA_E_CHECKPOINT or LACUNA_E_NOT_FINITE if the bytes are
 *   malformed, of another model, or not of finite numbers
 */
export function readWindowCheckpoint(bytes: Uint8Array): WindowCheckpoint {
  const checkpoint = readCheckpoint(MODEL, bytes)
  if (!checkpoint.configuration)
    throw new LacunaError(
      'LACUNA_E_CHECKPOINT',
      'the checkpoint does not say which recipe it is of',
      'Load a file that an inpainter of windows has saved, with its metadata.',
    )
  const architecture = asArchitecture(checkpoint.configuration)
  checkTensors(checkpoint.tensors, windowShapes(architecture))
  return { ...checkpoint, architecture }
}

function asArchitecture(configuration: object): WindowArchitecture {
  const found = configuration as Partial<WindowArchitecture>
  const { recipe, image, generator, energy } = found
  const whole = (n: unknown) => Number.isSafeInteger(n) && (n as number) > 0
  const network = (shape: NetworkShape | undefined, inputs: number, outputs: number) =>
    Array.isArray(shape?.sizes) &&
    Array.isArray(shape.activations) &&
    shape.sizes.every(whole) &&
    shape.sizes.length > 2 &&
    shape.sizes[0] === inputs &&
    shape.sizes.at(-1) === outputs &&
    shape.activations.length === shape.sizes.length - 1 &&
    shape.activations.every(name => Object.hasOwn(Activation, name)) &&
    shape.activations.at(-1) === 'identity'
  if (
    !Object.hasOwn(windowRecipes, recipe ?? '') ||
    ![image?.height, image?.width].every(whole) ||
    !network(
      generator,
      GENERATOR_SIDE * GENERATOR_SIDE - HOLE,
      outputsOf(windowRecipes[recipe!].heads),
    ) ||
    !(energy === undefined || network(energy, ENERGY_SIDE * ENERGY_SIDE, 1)) ||
    (energy === undefined) !== !('energyHidden' in windowRecipes[recipe!])
  )
    throw damaged('configuration', JSON.stringify(configuration))
  return found as WindowArchitecture
}
