import type { Examples, Range } from './own-points.js'

/** How near, as a share of the map. */
const NEAR = 0.04

/** Of the points near an x, how many there are, and how many have a t near an answer. */
export function nearAnswer(
  { x, t }: Examples,
  range: Range,
  cut: number,
  answer: number,
): { points: number; hits: number } {
  const nearX = NEAR * (range.x[1] - range.x[0])
  const nearT = NEAR * (range.t[1] - range.t[0])
  let [points, hits] = [0, 0]
  for (const [k, value] of x.entries())
    if (Math.abs(value - cut) < nearX) {
      points++
      if (Math.abs(t[k]! - answer) < nearT) hits++
    }
  return { points, hits }
}
