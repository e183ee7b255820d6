import type { Images } from '../data/images.js'
import { LacunaError } from '../errors.js'
import { damaged } from '../formats/checkpoint.js'
import { fingerprint } from '../formats/crc32.js'
import { readSafetensors } from '../formats/safetensors.js'
import type { ImageShape } from '../inpainting/mask.js'
import { anyMask } from './any-mask.js'
import { conditionalPca } from './conditional-pca.js'
import { gray, meanImage } from './constant-image.js'
import type { Method } from './method.js'
import { mixture } from './mixture.js'
import { nearest, nearestMean } from './nearest-neighbours.js'
import { projectionOn } from './projection.js'
import { rbm } from './rbm.js'
import { sheet } from './sheet.js'
import { heads, supervised, window } from './window.js'

/** Every method, from plain to strong. */
export const methods: readonly Method[] = [
  gray,
  meanImage,
  nearest,
  nearestMean,
  projectionOn(10),
  projectionOn(60),
  projectionOn(360),
  conditionalPca,
  rbm,
  mixture,
  sheet,
  supervised,
  window,
  heads,
  anyMask,
]

/**
 * A method by its name; `pca-D` is the projection on D components for any D.
 * @throws LACUNA_E_OPTION if there is none
 */
export function methodNamed(name: string): Method {
  const found = methods.find(method => method.name === name)
  if (found) return found
  const components = /^pca-([1-9]\d{0,4})$/.exec(name)?.[1]
  if (components !== undefined) return projectionOn(Number(components))
  throw new LacunaError(
    'LACUNA_E_OPTION',
    `there is no method '${name}'`,
    `Methods are ${methods.map(method => method.name).join(', ')}.`,
  )
}

/**
 * The method whose checkpoint this is.
 * @throws LACUNA_E_SAFETENSORS if the bytes are malformed; LACUNA_E_CHECKPOINT if they are no method's
 */
export function methodOfCheckpoint(bytes: Uint8Array): Method {
  const { model, configuration = '{}' } = readSafetensors(bytes).metadata
  const found = methods.find(
    ({ checkpoint }) =>
      checkpoint?.model === model &&
      (checkpoint?.recipe === undefined || checkpoint.recipe === fieldOf(configuration, 'recipe')),
  )
  if (found) return found
  throw new LacunaError(
    'LACUNA_E_CHECKPOINT',
    `the file holds ${model === undefined ? 'no metadata' : `a model '${model}'`}, by which no hole can be filled`,
    'Name the checkpoint of a model that completes images.',
  )
}

/**
 * The shape of the images that a method's checkpoint completes: as it says, or square.
 * @throws LACUNA_E_CHECKPOINT if neither is possible
 */
export function imageOfCheckpoint(bytes: Uint8Array): ImageShape {
  const { configuration = '{}' } = readSafetensors(bytes).metadata
  const image = fieldOf(configuration, 'image') as Partial<ImageShape> | null | undefined
  if (isSide(image?.height) && isSide(image.width))
    return { height: image.height, width: image.width }
  const pixels = fieldOf(configuration, 'pixels') ?? fieldOf(configuration, 'outputs')
  const side = Math.sqrt(Number(pixels))
  if (isSide(side)) return { height: side, width: side }
  throw damaged('configuration', configuration)
}

function isSide(size: unknown): size is number {
  return Number.isSafeInteger(size) && (size as number) > 0
}

/** Whether a method's checkpoint says that it was trained on just these images. */
export function hasLearntFrom(method: Method, bytes: Uint8Array, images: Images): boolean {
  const { training = '{}' } = readSafetensors(bytes).metadata
  const own = method.checkpoint?.fingerprint?.(images) ?? fingerprint(images.pixels)
  return fieldOf(training, 'data') === own
}

/** A field of an object in JSON; undefined if it has none, or the text is damaged. */
function fieldOf(json: string, field: string): unknown {
  try {
    return (JSON.parse(json) as Record<string, unknown>)[field]
  } catch {
    return undefined
  }
}
