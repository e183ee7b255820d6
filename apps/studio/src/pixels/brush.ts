import { PIXELS, type Place, SIDE } from './grid.js'

/** How far apart the stamps of a stroke lie, in pixels: close enough to leave no gaps. */
const SPACING = 0.25

/** Places along a straight stroke, both ends among them. */
function stampsOf(from: Place, to: Place): Place[] {
  const steps = Math.max(1, Math.ceil(Math.hypot(to.x - from.x, to.y - from.y) / SPACING))
  return Array.from({ length: steps + 1 }, (_, k) => ({
    x: from.x + ((to.x - from.x) * k) / steps,
    y: from.y + ((to.y - from.y) * k) / steps,
  }))
}

/** The distance of each pixel's middle from the nearest stamp, for pixels near the stroke. */
function* nearStroke(from: Place, to: Place, reach: number): Generator<[at: number, far: number]> {
  const distances = new Map<number, number>()
  for (const { x, y } of stampsOf(from, to)) {
    const [top, bottom] = [Math.floor(y - reach), Math.ceil(y + reach)]
    const [left, right] = [Math.floor(x - reach), Math.ceil(x + reach)]
    for (let r = Math.max(0, top); r < Math.min(SIDE, bottom); r++)
      for (let c = Math.max(0, left); c < Math.min(SIDE, right); c++) {
        const far = Math.hypot(c + 0.5 - x, r + 0.5 - y)
        const at = r * SIDE + c
        if (far < reach && far < (distances.get(at) ?? Infinity)) distances.set(at, far)
      }
  }
  yield* distances
}

/**
 * A stroke of a round brush over a mask: every pixel whose middle is under it takes the value. However
 * thin the brush, the pixels right under its middle are always among them.
 * @param diameter in pixels, from 1
 * @returns the new mask
 */
export function brushMask(
  mask: Uint8Array,
  from: Place,
  to: Place,
  diameter: number,
  value: 0 | 1,
): Uint8Array {
  const result = mask.slice()
  for (const [at] of nearStroke(from, to, diameter / 2 + 1e-6)) result[at] = value
  for (const { x, y } of stampsOf(from, to)) {
    const [r, c] = [Math.floor(y), Math.floor(x)]
    if (r >= 0 && c >= 0 && r < SIDE && c < SIDE) result[r * SIDE + c] = value
  }
  return result
}

/**
 * A stroke of a pen over levels of gray, with soft edges: ink only ever gets whiter, and rubbing out
 * only blacker.
 * @param diameter in pixels, from 1
 * @returns the new levels
 */
export function penStroke(
  levels: Uint8Array,
  from: Place,
  to: Place,
  diameter: number,
  kind: 'ink' | 'rub',
): Uint8Array {
  const result = levels.slice()
  const radius = diameter / 2
  for (const [at, far] of nearStroke(from, to, radius + 0.5)) {
    const cover = Math.round(255 * Math.min(1, radius + 0.5 - far))
    result[at] = kind === 'ink' ? Math.max(result[at]!, cover) : Math.min(result[at]!, 255 - cover)
  }
  return result
}

/** A rectangle with two places in opposite corners; the pixels under both belong to it. */
export function fillRectangle(mask: Uint8Array, a: Place, b: Place, value: 0 | 1): Uint8Array {
  const result = mask.slice()
  const range = (p: number, q: number) => [
    Math.max(0, Math.floor(Math.min(p, q))),
    Math.min(SIDE - 1, Math.floor(Math.max(p, q))),
  ]
  const [top, bottom] = range(a.y, b.y) as [number, number]
  const [left, right] = range(a.x, b.x) as [number, number]
  for (let r = top; r <= bottom; r++)
    for (let c = left; c <= right; c++) result[r * SIDE + c] = value
  return result
}

/** The hole where there was none, and none where it was. */
export function invert(mask: Uint8Array): Uint8Array {
  return Uint8Array.from({ length: PIXELS }, (_, at) => 1 - mask[at]!)
}
