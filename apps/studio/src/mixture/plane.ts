import type { Frame } from '../chart/frame.js'
import { linear } from '../chart/scale.js'
import type { Range } from './own-points.js'

/** Pixels of a map from values of x and t. */
export interface Plane {
  readonly x: (x: number) => number
  readonly t: (t: number) => number
  /** The plotted part, in pixels. */
  readonly left: number
  readonly top: number
  readonly width: number
  readonly height: number
}

/** The frame of a map, and of the profile beside it, so that their t are at one height. */
export function planeFrame(width: number): Frame {
  const height = Math.round(Math.min(380, 0.82 * width))
  return { width, height, left: 40, right: 10, top: 22, bottom: 38 }
}

/** Where the values of a range are in a frame. */
export function planeOf(frame: Frame, range: Range): Plane {
  const { left, top } = frame
  const [width, height] = [frame.width - left - frame.right, frame.height - top - frame.bottom]
  return {
    ...{ left, top, width, height },
    x: linear(range.x, [left, left + width]),
    t: linear(range.t, [top + height, top]),
  }
}

/** Digits behind the point with which a hundredth of a range can be told. */
export function decimals([low, high]: readonly [number, number]): number {
  return Math.min(9, Math.max(0, Math.ceil(-Math.log10((high - low) / 100))))
}
