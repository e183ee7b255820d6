import { expect, test } from 'vitest'
import { Images } from '../dist/data/images.js'
import { AnyMaskInpainter } from '../dist/inpainting/any-mask-inpainter.js'
import { EnergyInpainter } from '../dist/inpainting/energy-inpainter.js'
import { WindowInpainter } from '../dist/inpainting/window-inpainter.js'

test.each([EnergyInpainter, WindowInpainter, AnyMaskInpainter])(
  'images given as their own shape leave no pixel in the checkpoint: %o',
  model => {
    const images = new Images(3, 8, 9, new Uint8Array(216).fill(7))
    const shape = { height: 8, width: 9 }
    const [given, plain] = [images, shape].map(image => model.create({ seed: 1, image }).save())
    expect(Buffer.compare(given!, plain!)).toBe(0)
  },
)
