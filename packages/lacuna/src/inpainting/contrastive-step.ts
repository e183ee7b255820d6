import { Activation } from '../compute/kernels.js'
import { addProduct, storeProduct } from '../compute/sparse-matrix.js'
import type { ContrastiveLoss, LossParameters } from '../contrast/losses.js'
import { affine } from '../network/affine.js'
import { backwardThrough, forwardThrough } from '../network/perceptron.js'
import { flipGradient } from './gradient-flip.js'
import type { InpaintingNetworks } from './networks.js'
import { paintHoles } from './paint-holes.js'

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
 * No contrastive image is ever written down. Both first layers take their images as one
 * background and a sparse rest (`SparseInput`).
 *
 * @param networks with x in `images`, n rows, and what m is missing listed in `holes`
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
  const { generator, energy, descent, images, incomplete, holes, pixels } = networks
  const { kernels } = networks.workspace
  descent.learningRate = learningRate
  const count = holes.starts[n]!
  const [starts, ends] = [holes.starts.byteOffset, holes.ends.byteOffset]
  const [missing, painted] = [holes.pixels.byteOffset, holes.painted.byteOffset]
  const [change, gradient] = [holes.change.values.byteOffset, holes.gradient.values.byteOffset]

  // g(z), in the holes: f(a Vᵀ + b) for the pixels that are listed.
  const x = images.x.byteOffset
  incomplete.x.set(images.x.subarray(0, n * pixels))
  holes.dig(incomplete.x, n)
  incomplete.list(n)
  const a = paintHoles(networks, incomplete, n).byteOffset

  // δ = x⁻ − x, and E(x) and E(x⁻): rows 0 … n − 1 and n … 2n − 1.
  kernels.gather(change, x, pixels, starts, ends, missing, n)
  kernels.scale(change, -1, count)
  kernels.addScaled(change, painted, 1, count)
  images.list(n)
  const [first] = energy.layers
  const above = energy.layers.slice(1)
  const units = first!.outputs
  const both = 2 * n * units
  affine(kernels, first!, images, n, Activation.identity)
  first!.output.copyWithin(n * units, 0, n * units)
  const [E1, W] = [first!.output.byteOffset, first!.weight.byteOffset]
  const behind = n * units * Float32Array.BYTES_PER_ELEMENT
  addProduct(kernels, E1 + behind, holes.change, n, W, units, 1)
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
  const { identity } = Activation
  kernels.rowDots(gradient, D + behind, W, 0, units, starts, ends, missing, n, identity)
  const changeByPixel = holes.byPixel(holes.change, n)
  addProduct(kernels, W, changeByPixel, pixels, D + behind, units, -learningRate)
  kernels.addScaled(D, D + behind, 1, n * units)
  descent.descend(first!, images, n)

  // Through the flip into g, whose last layer has Δ in the holes alone.
  flipGradient(kernels, holes.gradient.values, count)
  const [last] = generator.layers.slice(-1)
  const hidden = generator.layers.slice(0, -1)
  const [V, b] = [last!.weight.byteOffset, last!.bias.byteOffset]
  const depth = last!.inputs
  kernels.activationGradient(gradient, painted, count, last!.activation)
  const top = hidden.at(-1)
  if (top) storeProduct(kernels, top.delta.byteOffset, holes.gradient, n, V, depth)
  const gradientByPixel = holes.byPixel(holes.gradient, n)
  addProduct(kernels, V, gradientByPixel, pixels, a, depth, -learningRate)
  addProduct(kernels, b, gradientByPixel, pixels, holes.ones.byteOffset, 1, -learningRate)
  backwardThrough(kernels, hidden, incomplete, n, descent)
  return sum / n
}
