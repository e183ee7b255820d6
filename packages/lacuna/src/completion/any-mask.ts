import { AnyMaskInpainter } from '../inpainting/any-mask-inpainter.js'
import type { Method } from './method.js'

/** The conditional Gaussian, corrected by a network. */
export const anyMask: Method = {
  name: 'any',
  title: 'any mask',
  effort: 'minutes',
  holes: 'any',
  async *train({ images, seed, signal }) {
    const { height, width } = images
    const completer = AnyMaskInpainter.create({ seed, image: { height, width } })
    for await (const { step, steps, reconstruction } of completer.train(
      images,
      signal && { signal },
    ))
      yield { done: step, of: steps, detail: `error ${reconstruction.toFixed(3)}` }
    return { completer }
  },
  checkpoint: { model: 'any-mask-inpainter', load: AnyMaskInpainter.load },
}
