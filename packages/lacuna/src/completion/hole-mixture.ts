import { Matrix } from '../compute/matrix.js'
import { requireWhole } from '../compute/options.js'
import {
  checkTensors,
  damaged,
  type Provenance,
  readCheckpoint,
  writeCheckpoint,
} from '../formats/checkpoint.js'
import type { Tensor } from '../formats/safetensors.js'
import { type ImageShape, requireIncomplete } from '../inpainting/mask.js'
import { contextSize, findHoles, HOLE, HOLE_SIDE, readContext } from '../inpainting/window.js'
import type { GaussianMixture } from '../mixture/gaussian-mixture.js'
import { MixtureDensityNetwork } from '../mixture/mixture-density-network.js'
import type { Answers, SeveralAnswers } from './completer.js'
import { PrincipalCoordinates } from './principal-coordinates.js'

const MODEL = 'hole-mixture'

/** Side of the window round the hole that is looked at. */
export const WINDOW = 24

/** What a mixture over the hole is made of. */
export interface HoleMixtureParts {
  readonly image: ImageShape
  /** Coordinates of the pixels round the hole: the network's inputs. */
  readonly context: PrincipalCoordinates
  /** Coordinates of the pixels of the hole: the network's outputs. */
  readonly hole: PrincipalCoordinates
  readonly network: MixtureDensityNetwork
}

/**
 * The density of all that may fill the sheet's 6×6 patch, given the pixels round it: a mixture density
 * network whose inputs are principal coordinates of the window of 24×24 pixels round the hole, and
 * whose outputs are those of the hole's 36 pixels.
 *
 * Its mean is the completion with the least expected squared error, and its modes are the different
 * answers, each with its share of the probability.
 */
export class HoleMixture implements SeveralAnswers {
  readonly score = 'probability'
  readonly #parts: HoleMixtureParts
  readonly #provenance: Provenance

  constructor(parts: HoleMixtureParts, provenance: Provenance) {
    this.#parts = parts
    this.#provenance = provenance
  }

  /**
   * @throws LACUNA_E_SAFETENSORS, LACUNA_E_CHECKPOINT or LACUNA_E_NOT_FINITE if the bytes are
   *   malformed, of another model, or not of finite numbers
   */
  static load(bytes: Uint8Array): HoleMixture {
    const { tensors, configuration, provenance } = readCheckpoint(MODEL, bytes)
    const { image } = (configuration ?? {}) as { image?: Partial<ImageShape> }
    const { height, width } = image ?? {}
    const bytesOf = tensors.get('network')?.data
    if (!isSide(height) || !isSide(width) || !(bytesOf instanceof Uint8Array))
      throw damaged('configuration', JSON.stringify(configuration))
    const network = MixtureDensityNetwork.load(bytesOf)
    const { inputs, outputs } = network.architecture
    const floats = new Map([...tensors].filter(([name]) => name !== 'network'))
    checkTensors(floats, [
      ...shapesOf('context', contextSize(WINDOW), inputs),
      ...shapesOf('hole', HOLE, outputs),
    ])
    const coordinates = (name: string) => {
      const [mean, components] = ['mean', 'components'].map(part =>
        Float32Array.from(floats.get(`${name}.${part}`)!.data as Float32Array),
      ) as [Float32Array, Float32Array]
      const rows = components.length / mean.length
      return new PrincipalCoordinates(mean, new Matrix(rows, mean.length, components))
    }
    const [context, hole] = [coordinates('context'), coordinates('hole')]
    return new HoleMixture({ image: { height, width }, context, hole, network }, provenance)
  }

  /** The checkpoint: both kinds of coordinates, and the network's own checkpoint as bytes. */
  save(): Uint8Array {
    const { image, context, hole, network } = this.#parts
    const bytes = network.save()
    const tensors: [string, Tensor][] = [
      ...context.tensors('context'),
      ...hole.tensors('hole'),
      ['network', { shape: [bytes.length], data: bytes }],
    ]
    return writeCheckpoint(MODEL, { image }, this.#provenance, new Map(tensors))
  }

  /** The mixture of each image's hole, over its coordinates. */
  predict(z: Matrix, mask: Matrix): GaussianMixture {
    const { image, context, network } = this.#parts
    requireIncomplete(z, mask, image.height * image.width)
    const around = new Matrix(z.rows, contextSize(WINDOW))
    for (const [i, place] of findHoles(mask, image).entries())
      readContext(z.row(i), 0, image, place, WINDOW, -1, around.data, i * around.cols)
    return network.predict(context.encode(around))
  }

  /** The mean of the mixture. */
  complete(z: Matrix, mask: Matrix): Matrix {
    const completed = new Matrix(z.rows, z.cols, z.data.slice())
    const { data, rows, cols } = this.predict(z, mask).mean()
    const holes = this.#parts.hole.decode(new Matrix(rows, cols, Float32Array.from(data)))
    for (const [i, place] of findHoles(mask, this.#parts.image).entries())
      this.#paste(completed.row(i), place, holes.row(i))
    return completed
  }

  /** The modes of the mixture, those with the largest share of the probability first. */
  completions(z: Matrix, mask: Matrix, n: number): Answers[] {
    requireWhole('the number of answers', n)
    const mixtures = this.predict(z, mask)
    const places = findHoles(mask, this.#parts.image)
    return mixtures.modes().map((modes, i) => {
      const likeliest = modes.sort((a, b) => b.weight - a.weight).slice(0, n)
      const coordinates = Float32Array.from(likeliest.flatMap(({ location }) => [...location]))
      const holes = this.#parts.hole.decode(
        new Matrix(likeliest.length, coordinates.length / likeliest.length, coordinates),
      )
      const completed = new Matrix(likeliest.length, z.cols)
      for (let k = 0; k < likeliest.length; k++) {
        completed.row(k).set(z.row(i))
        this.#paste(completed.row(k), places[i]!, holes.row(k))
      }
      return { completed, scores: Float64Array.from(likeliest, ({ weight }) => weight) }
    })
  }

  /** Writes the pixels of a hole into an image, those beyond [−1, 1] as black or white. */
  #paste(
    image: Float32Array,
    { row, column }: { row: number; column: number },
    hole: Float32Array,
  ): void {
    const { width } = this.#parts.image
    for (let j = 0; j < HOLE; j++) {
      const at = (row + Math.floor(j / HOLE_SIDE)) * width + column + (j % HOLE_SIDE)
      image[at] = Math.min(1, Math.max(-1, hole[j]!))
    }
  }
}

function shapesOf(name: string, inputs: number, coordinates: number) {
  return [
    { name: `${name}.mean`, shape: [inputs] },
    { name: `${name}.components`, shape: [coordinates, inputs] },
  ]
}

function isSide(size: unknown): size is number {
  return Number.isSafeInteger(size) && (size as number) >= HOLE_SIDE
}
