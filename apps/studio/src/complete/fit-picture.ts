import { PIXELS, SIDE } from '../pixels/grid.js'
import type { ReadPicture } from './completion-functions.js'

/** A value for each pixel of a picture that is scaled into 28×28, its longer side filling it. */
export function fitInto<Values extends Uint8Array>(
  { width, height }: { readonly width: number; readonly height: number },
  values: Values,
): Uint8Array {
  const result = new Uint8Array(PIXELS)
  const scale = Math.max(width, height) / SIDE
  const [left, top] = [(SIDE - width / scale) / 2, (SIDE - height / scale) / 2]
  for (let r = 0; r < SIDE; r++)
    for (let c = 0; c < SIDE; c++)
      result[r * SIDE + c] = Math.round(
        meanOver(values, width, height, {
          left: (c - left) * scale,
          right: (c + 1 - left) * scale,
          top: (r - top) * scale,
          bottom: (r + 1 - top) * scale,
        }),
      )
  return result
}

type Box = Record<'left' | 'right' | 'top' | 'bottom', number>

/** The mean of a picture over a box in its pixels, each weighed by how much of it is inside; 0 outside. */
function meanOver(
  values: Uint8Array,
  width: number,
  height: number,
  { left, right, top, bottom }: Box,
): number {
  let sum = 0
  for (let r = Math.max(0, Math.floor(top)); r < Math.min(height, Math.ceil(bottom)); r++) {
    const high = Math.min(r + 1, bottom) - Math.max(r, top)
    for (let c = Math.max(0, Math.floor(left)); c < Math.min(width, Math.ceil(right)); c++)
      sum += high * (Math.min(c + 1, right) - Math.max(c, left)) * values[r * width + c]!
  }
  return sum / ((right - left) * (bottom - top))
}

/** A picture in 28×28 pixels, as it is if it has that size; what is transparent is the hole. */
export function asSheet(picture: ReadPicture): {
  levels: Uint8Array
  mask?: Uint8Array
  unknown?: Uint8Array
} {
  const { width, height, levels, transparent } = picture
  const fits = width === SIDE && height === SIDE
  const unknown =
    transparent &&
    (fits
      ? transparent
      : fitInto(
          picture,
          transparent.map(t => 255 * t),
        ).map(t => (t >= 128 ? 1 : 0)))
  return {
    levels: fits ? levels : fitInto(picture, levels),
    ...(unknown?.includes(1) && { mask: unknown, unknown }),
  }
}
