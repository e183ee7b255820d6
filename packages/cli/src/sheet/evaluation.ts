import { setImmediate as breathe } from 'node:timers/promises'
import { Matrix } from 'lacuna'
import { holeErrors } from 'lacuna/completion'
import type { Holes } from './holes.js'

/** Errors over the pixels of the holes only, which have a range of 2 (from −1 to 1). */
export type HoleErrors = { readonly mse: number; readonly psnr: number; readonly mae: number }

/** The errors of leaving the holes gray. */
export function grayErrors({ truth, incomplete, mask }: Holes): HoleErrors {
  return holeErrors(truth, incomplete, mask)
}

/** The errors of an inpainter's completions; pauses now and then to hear the signal. */
export async function completionErrors(
  inpainter: { complete(z: Matrix, mask: Matrix): Matrix },
  { truth, incomplete, mask }: Holes,
  signal: AbortSignal,
): Promise<HoleErrors> {
  const completed = new Matrix(truth.rows, truth.cols)
  const chunk = 500
  for (let start = 0; start < truth.rows; start += chunk) {
    const part = inpainter.complete(
      incomplete.slice(start, start + chunk),
      mask.slice(start, start + chunk),
    )
    completed.data.set(part.data, start * truth.cols)
    await breathe()
    signal.throwIfAborted()
  }
  return holeErrors(truth, completed, mask)
}
