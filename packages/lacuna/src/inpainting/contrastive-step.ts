import { Activation } from '../compute/kernels.js'
import { addProduct, storeProduct } from '../compute/sparse-matrix.js'
import type { ContrastiveLoss, LossParameters } from '../contrast/losses.js'
import { affine } from '../network/affine.js'
import { backwardThrough, forwardThrough } from '../network/perceptron.js'
import { flipGradient } from './gradient-flip.js'
import type { LearningRates } from './learning-rates.js'
import type { InpaintingNetworks } from './networks.js'
import { paintHoles } from './paint-holes.js'

/**
 * One step of the duel (sheet 10, exercise 3). With x a true image, m its mask and z = x(1 − m),
 *
 *   x⁻  = z(1 − m) + flip(g(z))·m        the contrastive image: only the patch is the generator's
 *   err = 1/n Σ ℓ(E(x), E(x⁻))           on the sheet ℓ = log(1 + e^{E(x) − E(x⁻)})
 *
 * and one descent with learning rate η on the parameters of both networks (or one η for each). The flip turns the
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
 * Its six phases are functions of their own, each of which goes on with what the one before has left
 * in the networks' buffers, so that they can be looked at one by one (`stepPhases`).
 *
 * @param networks with x in `images`, n rows, and what m is missing listed in `holes`
 * @param n examples in the batch
 * @returns err, before the step
 */
export function contrastiveStep(
  networks: InpaintingNetworks,
  n: number,
  rates: LearningRates,
  loss: ContrastiveLoss,
  parameters: LossParameters,
): number {
  paintContrastive(networks, n)
  scoreBoth(networks, n)
  const error = judge(networks, n, loss, parameters)
  teachEnergy(networks, n, rates.energy)
  flip(networks, n)
  teachGenerator(networks, n, rates.generator)
  return error
}

/** g(z) in the holes, f(a Vᵀ + b) for the pixels that are listed, and δ = x⁻ − x. */
export function paintContrastive(networks: InpaintingNetworks, n: number): void {
  const { images, incomplete, holes, pixels, workspace } = networks
  const { kernels } = workspace
  incomplete.x.set(images.x.subarray(0, n * pixels))
  holes.dig(incomplete.x, n)
  incomplete.list(n)
  paintHoles(networks, incomplete, n)

  const [starts, ends, missing] = [holes.starts, holes.ends, holes.pixels].map(addressOf) as Three
  const change = holes.change.values.byteOffset
  const count = holes.starts[n]!
  kernels.gather(change, images.x.byteOffset, pixels, starts, ends, missing, n)
  kernels.scale(change, -1, count)
  kernels.addScaled(change, holes.painted.byteOffset, 1, count)
}

/** E(x) and E(x⁻): rows 0 … n − 1 and n … 2n − 1 of the energy network's layers. */
export function scoreBoth(
  { energy, images, holes, workspace }: InpaintingNetworks,
  n: number,
): void {
  const { kernels } = workspace
  const [first] = energy.layers
  const units = first!.outputs
  images.list(n)
  affine(kernels, first!, images, n, Activation.identity)
  first!.output.copyWithin(n * units, 0, n * units)
  const [E1, W] = [first!.output.byteOffset, first!.weight.byteOffset]
  addProduct(kernels, E1 + bytesOf(n * units), holes.change, n, W, units, 1)
  kernels.activate(E1, 2 * n * units, first!.activation)
  forwardThrough(kernels, energy.layers.slice(1), first!.output, 2 * n)
}

/** err and ∂err/∂E, in float64 as there are only 2n of them. */
export function judge(
  { energy }: InpaintingNetworks,
  n: number,
  loss: ContrastiveLoss,
  parameters: LossParameters,
): number {
  const energies = energy.layers.at(-1)!.output
  const slopes = energy.outputGradient
  let sum = 0
  for (let i = 0; i < n; i++) {
    const eTrue = energies[i]!
    const eContrastive = energies[n + i]!
    sum += loss.value(eTrue, eContrastive, parameters)
    slopes[i] = loss.slopeTrue(eTrue, eContrastive, parameters) / n
    slopes[n + i] = loss.slopeContrastive(eTrue, eContrastive, parameters) / n
  }
  return sum / n
}

/** Back through E, which descends: ∂err/∂x⁻ in the holes, before W moves by both kinds of Δ. */
export function teachEnergy(
  { energy, descent, images, holes, pixels, workspace }: InpaintingNetworks,
  n: number,
  learningRate: number,
): void {
  const { kernels } = workspace
  const [first] = energy.layers
  const units = first!.outputs
  const both = 2 * n * units
  descent.learningRate = learningRate
  backwardThrough(kernels, energy.layers.slice(1), first!.output, 2 * n, descent, first!.delta)

  const [D, E1, W] = [first!.delta, first!.output, first!.weight].map(addressOf) as Three
  const [starts, ends, missing] = [holes.starts, holes.ends, holes.pixels].map(addressOf) as Three
  const behind = D + bytesOf(n * units)
  const gradient = holes.gradient.values.byteOffset
  kernels.activationGradient(D, E1, both, first!.activation)
  const { identity } = Activation
  kernels.rowDots(gradient, behind, W, 0, units, starts, ends, missing, n, identity)
  const changeByPixel = holes.byPixel(holes.change, n)
  addProduct(kernels, W, changeByPixel, pixels, behind, units, -learningRate)
  kernels.addScaled(D, behind, 1, n * units)
  descent.descend(first!, images, n)
}

/** What the error says of the generator's pixels, turned round on its way into g. */
export function flip({ holes, workspace }: InpaintingNetworks, n: number): void {
  flipGradient(workspace.kernels, holes.gradient.values, holes.starts[n]!)
}

/** Back through g, whose last layer has Δ in the holes alone, and which descends. */
export function teachGenerator(
  { generator, descent, incomplete, holes, pixels, workspace }: InpaintingNetworks,
  n: number,
  learningRate: number,
): void {
  const { kernels } = workspace
  const [last] = generator.layers.slice(-1)
  const hidden = generator.layers.slice(0, -1)
  const top = hidden.at(-1)
  const [V, b] = [last!.weight.byteOffset, last!.bias.byteOffset]
  const a = (top?.output ?? incomplete.x).byteOffset
  const depth = last!.inputs
  const gradient = holes.gradient.values.byteOffset
  descent.learningRate = learningRate
  const count = holes.starts[n]!
  kernels.activationGradient(gradient, holes.painted.byteOffset, count, last!.activation)
  if (top) storeProduct(kernels, top.delta.byteOffset, holes.gradient, n, V, depth)
  const gradientByPixel = holes.byPixel(holes.gradient, n)
  addProduct(kernels, V, gradientByPixel, pixels, a, depth, -learningRate)
  addProduct(kernels, b, gradientByPixel, pixels, holes.ones.byteOffset, 1, -learningRate)
  backwardThrough(kernels, hidden, incomplete, n, descent)
}

type Three = [number, number, number]

const addressOf = ({ byteOffset }: { byteOffset: number }) => byteOffset

const bytesOf = (floats: number) => floats * Float32Array.BYTES_PER_ELEMENT
