import { PIXELS } from './grid.js'

/** The accents as they stand on pictures, which are black in both themes (style/tokens.css). */
const TRUE = [0x6d, 0xb3, 0xf2] as const
const CONTRAST = [0xf7, 0xa7, 0x6c] as const

/** Levels of gray as the pixels of a canvas. */
export function grayPixels(levels: Uint8Array): Uint8ClampedArray<ArrayBuffer> {
  const rgba = new Uint8ClampedArray(4 * PIXELS)
  for (let at = 0; at < PIXELS; at++) {
    rgba.fill(levels[at]!, 4 * at, 4 * at + 3)
    rgba[4 * at + 3] = 255
  }
  return rgba
}

/**
 * How a completion differs from the original: ink that only the original has in the colour of what is
 * true, ink that only the completion has in the contrastive one, and faintly what both have.
 */
export function errorPixels(
  original: Uint8Array,
  completed: Uint8Array,
): Uint8ClampedArray<ArrayBuffer> {
  const rgba = new Uint8ClampedArray(4 * PIXELS)
  for (let at = 0; at < PIXELS; at++) {
    const [was, is] = [original[at]!, completed[at]!]
    const colour = was > is ? TRUE : CONTRAST
    const much = Math.abs(was - is) / 255
    const shared = 0.25 * Math.min(was, is)
    for (let k = 0; k < 3; k++)
      rgba[4 * at + k] = shared * (1 - much) + colour[k as 0 | 1 | 2] * much
    rgba[4 * at + 3] = 255
  }
  return rgba
}
