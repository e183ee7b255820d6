import { EnergyInpainter } from '../inpainting/energy-inpainter.js'
import type { Method } from './method.js'

const EPOCHS = 100

/** The sheet's generator, trained as on the sheet: its first 10,000 images, 100 epochs. */
export const sheet: Method = {
  name: 'sheet',
  title: "the sheet's generator",
  energy: true,
  images: 10_000,
  effort: 'minutes',
  holes: 'any',
  async *train({ images, seed, signal }) {
    const { height, width } = images
    const inpainter = EnergyInpainter.create({ seed, image: { height, width } })
    const options = { epochs: EPOCHS, ...(signal && { signal }) }
    for await (const { epoch, loss } of inpainter.train(images, options))
      yield { done: epoch + 1, of: EPOCHS, detail: `err ${loss.toFixed(4)}` }
    return { completer: inpainter }
  },
  checkpoint: { model: 'energy-inpainter', load: EnergyInpainter.load },
}
