import { Random, Stream } from '../compute/random.js'
import { Workspace } from '../compute/workspace.js'
import { LacunaError } from '../errors.js'
import {
  checkTensors,
  damaged,
  type Provenance,
  readCheckpoint,
  writeCheckpoint,
} from '../formats/checkpoint.js'
import type { Tensor } from '../formats/safetensors.js'
import { Perceptron } from '../network/perceptron.js'
import { type NetworkShape, parameterShapes, stateDict } from '../network/state-dict.js'
import { gaussianShapes, gaussianTensors, standardGaussian } from './gaussian.js'
import type { ImageShape } from './mask.js'

const MODEL = 'any-mask-inpainter'

/** Units of the corrector's hidden layers. */
const HIDDEN = [512, 512]

/** By what the last layer's first weights are smaller than is usual: corrections begin small. */
const GENTLE = 0.1

/** What a model is, apart from its seed and what it learnt from. */
export interface AnyMaskParameters {
  readonly image: ImageShape
  /** `gaussian.mean`, `gaussian.whitening` and the corrector's, as in PyTorch's state dict. */
  readonly tensors: ReadonlyMap<string, Tensor>
}

/** The corrector of images of that shape: from [1 + c, m] to a correction for each pixel. */
export function correctorShape({ height, width }: ImageShape): NetworkShape {
  const pixels = height * width
  return {
    sizes: [2 * pixels, ...HIDDEN, pixels],
    activations: [...HIDDEN.map(() => 'leakyRelu' as const), 'identity'],
  }
}

/**
 * The first parameters: the Gaussian is N(0, 1), weights and biases of the corrector are uniform in
 * ±1/√fan-in, but for the last layer's, whose weights are a tenth of that and whose biases are 0.
 */
export function initialParameters(image: ImageShape, seed: number): AnyMaskParameters {
  const { sizes, activations } = correctorShape(image)
  const corrector = new Perceptron(new Workspace(), sizes, activations, 1)
  corrector.initialise(new Random(seed, Stream.initialWeights))
  const { weight, bias } = corrector.layers.at(-1)!
  for (let i = 0; i < weight.length; i++) weight[i]! *= GENTLE
  bias.fill(0)
  const gaussian = gaussianTensors(standardGaussian(image.height * image.width))
  return { image, tensors: new Map<string, Tensor>([...gaussian, ...stateDict({ corrector })]) }
}

/** The checkpoint: one file with the Gaussian and the corrector. */
export function writeAnyMask(
  { image, tensors }: AnyMaskParameters,
  provenance: Provenance,
): Uint8Array {
  return writeCheckpoint(MODEL, { image }, provenance, new Map(tensors))
}

/**
 * Reads a checkpoint, in single or half precision.
 * @throws LACUNA_E_SAFETENSORS, LACUNA_E_CHECKPOINT or LACUNA_E_NOT_FINITE if the bytes are
 *   malformed, of another model, or not of finite numbers
 */
export function readAnyMask(bytes: Uint8Array): AnyMaskParameters & { provenance: Provenance } {
  const { tensors, configuration, provenance } = readCheckpoint(MODEL, bytes)
  if (!configuration)
    throw new LacunaError(
      'LACUNA_E_CHECKPOINT',
      'the checkpoint does not say the shape of its images',
      'Load a file that an inpainter has saved, with its metadata.',
    )
  const { image } = configuration as { image?: Partial<ImageShape> }
  const { height, width } = image ?? {}
  const whole = (n: unknown) => Number.isSafeInteger(n) && (n as number) > 0
  if (!whole(height) || !whole(width)) throw damaged('configuration', JSON.stringify(configuration))
  const shape = { height: height!, width: width! }
  checkTensors(tensors, [
    ...gaussianShapes(shape.height * shape.width),
    ...parameterShapes({ corrector: correctorShape(shape) }),
  ])
  return { image: shape, tensors, provenance }
}
