import { storeProduct } from '../compute/sparse-matrix.js'
import type { Adam } from '../network/optimiser.js'
import { backwardThrough } from '../network/perceptron.js'
import type { CorrectionNetwork } from './correction-network.js'

/** What divides an example's error, beside the root of its hole's size. */
const SCALE = 10

/**
 * One step of learning to correct the conditional Gaussian. With x a true image, h its hole and q what
 * is painted there,
 *
 *   err = 1/n Σ ‖q_h − x_h‖² / (10 √|h|),
 *
 * between the mean over the pixels, by which large holes hardly count, and the sum, by which they alone
 * would. q = clamp(v, −1, 1) of v = c + g, and the gradient goes through the clamp unless a step along
 * it would push v further outside. It never would: as x lies inside, q − x has the sign of v − q. So
 * ∂err/∂v is taken as ∂err/∂q.
 *
 * @param network with n true images and their masks, in groups (see `GaussianFill`)
 * @returns the mean squared error inside the holes, before the step
 */
export function correctionStep(
  network: CorrectionNetwork,
  n: number,
  groups: number,
  adam: Adam,
): number {
  const { corrector, fill, input } = network
  const { kernels } = network.workspace
  const { holes, pixels, x } = fill
  const count = network.paint(n, groups)

  // The gradient at the missing pixels; the truth is gathered where it then replaces.
  const { painted, gradient } = holes
  const [starts, ends] = [holes.starts.byteOffset, holes.ends.byteOffset]
  const values = gradient.values
  kernels.gather(
    ...([values.byteOffset, x.byteOffset, pixels, starts, ends] as const),
    ...([holes.pixels.byteOffset, n] as const),
  )
  let squares = 0
  for (let i = 0; i < n; i++) {
    const [start, end] = [holes.starts[i]!, holes.ends[i]!]
    const slope = 2 / (SCALE * Math.sqrt(end - start) * n)
    for (let e = start; e < end; e++) {
      const error = painted[e]! - values[e]!
      squares += error * error
      values[e] = slope * error
    }
  }

  adam.advance(1)
  const hidden = corrector.layers.slice(0, -1)
  const [last, top] = [corrector.layers.at(-1)!, hidden.at(-1)!]
  storeProduct(kernels, top.delta.byteOffset, gradient, n, last.weight.byteOffset, last.inputs)
  const byPixel = holes.byPixel(gradient, n)
  adam.descendBy(last, (weight, bias) => {
    storeProduct(kernels, weight.byteOffset, byPixel, pixels, top.output.byteOffset, last.inputs)
    storeProduct(kernels, bias.byteOffset, byPixel, pixels, holes.ones.byteOffset, 1)
  })
  backwardThrough(kernels, hidden, input, n, adam)
  return squares / count
}
