import type { Axis } from './frame.js'
import { linear, tickLabel, ticks } from './scale.js'

/** An axis that takes a range to pixels, with round numbers at about so many places. */
export function linearAxis(
  range: readonly [number, number],
  pixels: readonly [number, number],
  parts: number,
  title?: string,
): Axis {
  const marks = ticks(...range, parts)
  return {
    marks,
    at: linear(range, pixels),
    label: value => tickLabel(value, marks),
    ...(title && { title }),
  }
}
