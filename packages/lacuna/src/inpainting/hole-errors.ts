import { log } from '../compute/elementary.js'
import { type Matrix, requireShape } from '../compute/matrix.js'
import { LacunaError } from '../errors.js'

/**
 * How far completions are from the truth, over the pixels of the holes only.
 *
 * - `mse`: mean squared error, pixels in [−1, 1]
 * - `psnr`: 10·log₁₀(4/mse) decibels (the range of a pixel is 2, its square 4); infinite at mse 0
 * - `mae`: mean absolute error
 *
 * @param truth like `completed` and `mask` n×pixels; the mask is 1 in the hole
 * @throws LACUNA_E_SHAPE if the shapes differ or no pixel is missing
 */
export function holeErrors(
  truth: Matrix,
  completed: Matrix,
  mask: Matrix,
): { mse: number; psnr: number; mae: number } {
  requireShape('completed', completed, truth.rows, truth.cols)
  requireShape('mask', mask, truth.rows, truth.cols)
  let missing = 0
  let squares = 0
  let absolutes = 0
  for (let i = 0; i < truth.data.length; i++) {
    if (!mask.data[i]) continue
    const error = completed.data[i]! - truth.data[i]!
    missing++
    squares += error * error
    absolutes += Math.abs(error)
  }
  if (missing === 0)
    throw new LacunaError(
      'LACUNA_E_SHAPE',
      'the mask has no missing pixel, so there is nothing to measure',
      'Set the mask to 1 where pixels are missing.',
    )
  const mse = squares / missing
  return { mse, psnr: (10 / Math.LN10) * log(4 / mse), mae: absolutes / missing }
}
