import { Activation, Mode } from '../compute/kernels.js'
import type { ContrastiveLoss, LossParameters } from '../contrast/losses.js'
import { affine } from '../network/affine.js'
import { backwardThrough, forwardThrough } from '../network/perceptron.js'
import { flipGradient } from './gradient-flip.js'
import type { InpaintingNetworks } from './networks.js'

/**
 * One step of the duel (sheet 10, exercise 3). With x a true image, m its mask and z = x(1 − m),
 *
 *   x⁻  = z(1 − m) + flip(g(z))·m        the contrastive image: only the patch is the generator's
 *   err = 1/n Σ ℓ(E(x), E(x⁻))           on the sheet ℓ = log(1 + e^{E(x) − E(x⁻)})
 *
 * and one descent with learning rate η on the parameters of both networks. The flip turns the
 * generator's descent into ascent: E learns to tell x from x⁻, and g to prevent it.
 *
 * Only the missing pixels of g(z) matter, and x⁻ differs from x only there. So g's last layer
 * (weights V, one row a pixel) computes those pixels alone, and E's first layer (weights W, one row
 * a pixel) gets from x to x⁻ by a few rows: with sparse δ = x⁻ − x,
 *
 *   x⁻W = xW + δW   and   xᵀΔ⁺ + x⁻ᵀΔ⁻ = xᵀ(Δ⁺ + Δ⁻) + δᵀΔ⁻.
 *
 * No contrastive image is ever written down.
 *
 * @param networks with x in `images` and m in `mask`, n rows each
 * @param n examples in the batch
 * @returns err, before the step
 */
export function contrastiveStep(
  networks: InpaintingNetworks,
  n: number,
  learningRate: number,
  loss: ContrastiveLoss,
  parameters: LossParameters,
): number {
  const { generator, energy, descent, images, mask, gray, incomplete, pixels, holes } = networks
  const { kernels } = networks.workspace
  descent.learningRate = learningRate
  const [x, z, m] = [images.byteOffset, incomplete.byteOffset, mask.byteOffset]
  const count = holes.list(mask, n, pixels)
  const [starts, missing] = [holes.starts.byteOffset, holes.pixels.byteOffset]
  const [painted, change] = [holes.painted.byteOffset, holes.change.byteOffset]
  const gradient = holes.gradient.byteOffset

  // g(z), in the holes: f(a Vᵀ + b) for the pixels that are listed.
  kernels.blend(z, x, gray.byteOffset, m, n * pixels)
  const [last] = generator.layers.slice(-1)
  const hidden = generator.layers.slice(0, -1)
  const a = forwardThrough(kernels, hidden, incomplete, n)
  const [V, b, f] = [last!.weight.byteOffset, last!.bias.byteOffset, last!.activation]
  kernels.rowDots(painted, a.byteOffset, V, b, last!.inputs, starts, missing, n, f)

  // δ = x⁻ − x, and E(x) and E(x⁻): rows 0 … n − 1 and n … 2n − 1.
  kernels.gather(change, x, pixels, starts, missing, n)
  kernels.scale(change, -1, count)
  kernels.addScaled(change, painted, 1, count)
  const [first] = energy.layers
  const above = energy.layers.slice(1)
  const units = first!.outputs
  const both = 2 * n * units
  affine(kernels, first!, images, n, Activation.identity)
  first!.output.copyWithin(n * units, 0, n * units)
  const [E1, W] = [first!.output.byteOffset, first!.weight.byteOffset]
  const behind = n * units * Float32Array.BYTES_PER_ELEMENT
  kernels.rowSums(E1 + behind, change, W, units, starts, missing, n, Mode.accumulate)
  kernels.activate(E1, both, first!.activation)
  const energies = forwardThrough(kernels, above, first!.output, 2 * n)

  // err and ∂err/∂E, in float64 as there are only 2n of them.
  const slopes = energy.outputGradient
  let sum = 0
  for (let i = 0; i < n; i++) {
    const eTrue = energies[i]!
    const eContrastive = energies[n + i]!
    sum += loss.value(eTrue, eContrastive, parameters)
    slopes[i] = loss.slopeTrue(eTrue, eContrastive, parameters) / n
    slopes[n + i] = loss.slopeContrastive(eTrue, eContrastive, parameters) / n
  }

  // Back through E: ∂err/∂x⁻ in the holes, before W moves by both kinds of Δ.
  backwardThrough(kernels, above, first!.output, 2 * n, descent, first!.delta)
  const D = first!.delta.byteOffset
  kernels.activationGradient(D, E1, both, first!.activation)
  kernels.rowDots(gradient, D + behind, W, 0, units, starts, missing, n, Activation.identity)
  kernels.addToRows(W, 0, change, D + behind, units, starts, missing, n, -learningRate)
  kernels.addScaled(D, D + behind, 1, n * units)
  descent.descend(first!, images, n)

  // Through the flip into g, whose last layer has Δ in the holes alone.
  flipGradient(kernels, holes.gradient, count)
  kernels.activationGradient(gradient, painted, count, last!.activation)
  const top = hidden.at(-1)
  if (top)
    kernels.rowSums(top.delta.byteOffset, gradient, V, last!.inputs, starts, missing, n, Mode.store)
  kernels.addToRows(V, b, gradient, a.byteOffset, last!.inputs, starts, missing, n, -learningRate)
  backwardThrough(kernels, hidden, incomplete, n, descent)
  return sum / n
}
