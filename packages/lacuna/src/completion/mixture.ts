import { Matrix } from '../compute/matrix.js'
import { Random, Stream } from '../compute/random.js'
import type { Images } from '../data/images.js'
import { fingerprint } from '../formats/crc32.js'
import { drawPatches } from '../inpainting/remove-patch.js'
import { contextSize, HOLE, readContext, readHole } from '../inpainting/window.js'
import { MixtureDensityNetwork } from '../mixture/mixture-density-network.js'
import { HoleMixture, WINDOW } from './hole-mixture.js'
import type { Method } from './method.js'
import { PrincipalCoordinates } from './principal-coordinates.js'

/** Holes that are drawn in each image. */
const PATCHES = 2

/** Numbers that stand for the pixels round the hole, and for those in it. */
const SEEN = 150
const PAINTED = 16

const EPOCHS = 6

/** A mixture density network over the hole. */
export const mixture: Method = {
  name: 'mixture',
  title: 'mixture density network',
  score: 'probability',
  effort: 'minutes',
  holes: 'patch',
  async *train({ images, seed, signal }) {
    const draws = Array.from({ length: PATCHES }, (_, k) => new Random(seed, Stream.patches, k))
    const first = readHoles(images, draws[0]!)
    const context = PrincipalCoordinates.fit(first.around, SEEN)
    const hole = PrincipalCoordinates.fit(first.inside, PAINTED)
    const examples = draws.map((random, k) => {
      const { around, inside } = k === 0 ? first : readHoles(images, random)
      return { x: context.encode(around), t: hole.encode(inside) }
    })
    const network = MixtureDensityNetwork.create({
      seed,
      inputs: SEEN,
      outputs: PAINTED,
      components: 5,
      hidden: [256, 256],
      activation: 'leakyRelu',
      covariance: 'diagonal',
      floor: 0.05,
    })
    const training = { epochs: EPOCHS, learningRate: 1e-3, validation: 0.05 }
    for await (const { epoch, validationNll } of network.train(
      stacked(examples.map(({ x }) => x)),
      stacked(examples.map(({ t }) => t)),
      { ...training, ...(signal && { signal }) },
    ))
      yield { done: epoch + 1, of: EPOCHS, detail: `−log p ${validationNll.toFixed(2)}` }
    const { height, width, pixels } = images
    const provenance = { seed, training: { ...training, data: fingerprint(pixels) } }
    const parts = { image: { height, width }, context, hole, network }
    return { completer: new HoleMixture(parts, provenance) }
  },
  checkpoint: { model: 'hole-mixture', load: HoleMixture.load },
}

/** A hole of each image: the pixels round it and those in it. */
function readHoles(images: Images, random: Random): { around: Matrix; inside: Matrix } {
  const { count, height, width, pixels } = images
  const around = new Matrix(count, contextSize(WINDOW))
  const inside = new Matrix(count, HOLE)
  for (const [i, place] of drawPatches(count, images, random).entries()) {
    const start = i * height * width
    readContext(pixels, start, images, place, WINDOW, 0, around.data, i * around.cols)
    readHole(pixels, start, images, place, inside.data, i * HOLE)
  }
  for (const { data } of [around, inside])
    for (let at = 0; at < data.length; at++) data[at] = data[at]! / 127.5 - 1
  return { around, inside }
}

/** One matrix below the other. */
function stacked(parts: readonly Matrix[]): Matrix {
  const [{ rows, cols }] = parts as [Matrix]
  const all = new Matrix(parts.length * rows, cols)
  for (const [k, { data }] of parts.entries()) all.data.set(data, k * rows * cols)
  return all
}
