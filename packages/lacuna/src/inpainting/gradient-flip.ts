import type { Kernels } from '../compute/kernels.js'

/**
 * The gradient-flip trick (reversal): an operation whose value is its argument and whose gradient
 * is negated,
 *
 *   flip(g) = 2·stop(g) − g,   so   flip(g) = g   and   ∂flip(g)/∂g = −1,
 *
 * where stop(g) is g taken as a constant. Placed between a generator and an energy network, it lets
 * one optimiser that only ever descends make the energy network descend and the generator ascend
 * the same error (Ganin & Lempitsky 2015, "Unsupervised domain adaptation by backpropagation").
 *
 * The forward pass needs no code, as the value is unchanged. This is the backward pass: it negates,
 * in place, the gradient on its way into the generator.
 */
export function flipGradient(kernels: Kernels, gradient: Float32Array, length: number): void {
  kernels.scale(gradient.byteOffset, -1, length)
}
