import { setImmediate as breathe } from 'node:timers/promises'
import type { Matrix, WindowInpainter } from 'lacuna'
import type { Holes } from '../sheet/holes.js'

/** The heads whose weight is from `from` to below `to`. */
export type WeightClass = {
  readonly from: number
  readonly to: number
  readonly heads: number
  /** Their mean weight: how often each was said to be the nearest to the truth; 0 if there are none. */
  readonly said: number
  /** How often they were. */
  readonly found: number
}

/** How several answers do together. */
export type HeadsJudgement = {
  /** Mean squared error of the head that is the nearest to the truth. */
  readonly bestMse: number
  readonly weights: readonly WeightClass[]
}

/** Bounds of the classes of weights. */
const BOUNDS = [0, 0.2, 0.4, 0.6, 0.8, 1] as const

/** Images that are answered at a time. */
const CHUNK = 500

/** Judges all heads by the truth; pauses now and then to hear the signal. */
export async function judgeHeads(
  inpainter: Pick<WindowInpainter, 'heads'>,
  { truth, incomplete, mask }: Holes,
  signal: AbortSignal,
): Promise<HeadsJudgement> {
  const sums = BOUNDS.slice(1).map((to, c) => ({
    from: BOUNDS[c]!,
    to,
    heads: 0,
    said: 0,
    found: 0,
  }))
  let best = 0
  for (let start = 0; start < truth.rows; start += CHUNK) {
    const [z, m] = [incomplete, mask].map(matrix => matrix.slice(start, start + CHUNK))
    for (const [i, { completed, scores }] of inpainter.heads(z!, m!).entries()) {
      const errors = squaredErrors(completed, truth.row(start + i), m!.row(i))
      const nearest = errors.indexOf(Math.min(...errors))
      best += errors[nearest]!
      for (const [k, weight] of scores.entries()) {
        const its = sums.find(({ to }) => weight < to) ?? sums.at(-1)!
        its.heads++
        its.said += weight
        if (k === nearest) its.found++
      }
    }
    await breathe()
    signal.throwIfAborted()
  }
  const weights = sums.map(({ from, to, heads, said, found }) => {
    const share = (sum: number) => (heads > 0 ? sum / heads : 0)
    return { from, to, heads, said: share(said), found: share(found) }
  })
  return { bestMse: best / truth.rows, weights }
}

/** The mean squared error of each completion in the hole. */
function squaredErrors(completed: Matrix, truth: Float32Array, mask: Float32Array): number[] {
  return Array.from({ length: completed.rows }, (_, k) => {
    let [sum, pixels] = [0, 0]
    for (const [j, value] of completed.row(k).entries()) {
      if (mask[j] === 0) continue
      sum += (value - truth[j]!) ** 2
      pixels++
    }
    return sum / pixels
  })
}
