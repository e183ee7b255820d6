import type { ContrastiveLoss, LossParameters } from '../contrast/losses.js'
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
 * @param networks with x in the first n rows of `images` and m in `mask`
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
  const { generator, energy, descent, images, mask, gradient, gray, incomplete, pixels } = networks
  descent.learningRate = learningRate
  const { kernels } = networks.workspace
  const size = n * pixels
  const contrastive = images.byteOffset + size * Float32Array.BYTES_PER_ELEMENT
  const z = incomplete.byteOffset
  const m = mask.byteOffset

  // Forward: z = x(1 − m), g(z), x⁻, then both energies in one pass over 2n rows.
  kernels.blend(z, images.byteOffset, gray.byteOffset, m, size)
  const generated = generator.forward(incomplete, n)
  kernels.blend(contrastive, z, generated.byteOffset, m, size)
  const energies = energy.forward(images, 2 * n)

  // err and ∂err/∂E of both kinds, in float64 as there are only 2n of them.
  const slopes = energy.outputGradient
  let sum = 0
  for (let i = 0; i < n; i++) {
    const eTrue = energies[i]!
    const eContrastive = energies[n + i]!
    sum += loss.value(eTrue, eContrastive, parameters)
    slopes[i] = loss.slopeTrue(eTrue, eContrastive, parameters) / n
    slopes[n + i] = loss.slopeContrastive(eTrue, eContrastive, parameters) / n
  }

  // Backward: through E to x⁻, through the patch alone, through the flip, into g.
  energy.backward(images, 2 * n, descent, { into: gradient, first: n })
  kernels.multiply(generator.outputGradient.byteOffset, gradient.byteOffset, m, size)
  flipGradient(kernels, generator.outputGradient, size)
  generator.backward(incomplete, n, descent)
  return sum / n
}
