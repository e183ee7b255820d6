import { ConditionalRbm } from '../boltzmann/conditional-rbm.js'
import { Matrix } from '../compute/matrix.js'
import type { Images } from '../data/images.js'
import { fingerprint } from '../formats/crc32.js'
import { ClampedRbm } from './clamped-rbm.js'
import type { Method } from './method.js'

const HIDDEN = 256
const EPOCHS = 12

/** A pixel is white from this level on. */
const WHITE = 128

/** A Boltzmann machine over black and white pixels, trained by persistent contrastive divergence. */
export const rbm: Method = {
  name: 'rbm',
  title: 'Boltzmann machine',
  score: 'energy',
  effort: 'minutes',
  holes: 'any',
  async *train({ images, seed, signal }) {
    const { count, height, width } = images
    const machine = ConditionalRbm.create({ seed, outputs: height * width, hidden: HIDDEN })
    const [none, y] = [
      new Matrix(count, 0),
      new Matrix(count, height * width, Float32Array.from(bitsOf(images))),
    ]
    const options = { epochs: EPOCHS, validation: 0, ...(signal && { signal }) }
    for await (const { epoch, pseudoLogLikelihood } of machine.train(none, y, options)) {
      const detail = `pseudo-log-likelihood ${pseudoLogLikelihood.toFixed(1)}`
      yield { done: epoch + 1, of: EPOCHS, detail }
    }
    return { completer: new ClampedRbm(machine) }
  },
  checkpoint: {
    model: 'conditional-rbm',
    load: bytes => new ClampedRbm(ConditionalRbm.load(bytes)),
    fingerprint: images => fingerprint(bitsOf(images)),
  },
}

/** 1 where a pixel is white, 0 where it is black. */
function bitsOf({ pixels }: Images): Uint8Array {
  return pixels.map(level => (level >= WHITE ? 1 : 0))
}
