import { Activation, type ActivationCode, type Kernels, Mode } from '../compute/kernels.js'

/**
 * A fully connected layer and the buffers of its passes; matrices are row-major, one example a row,
 * and all of them lie in one workspace.
 */
export interface AffineLayer {
  readonly inputs: number
  readonly outputs: number
  /** f. */
  readonly activation: ActivationCode
  /** W, outputs×inputs, as PyTorch keeps it. */
  readonly weight: Float32Array
  /** b, one an output. */
  readonly bias: Float32Array
  /** A = f(X Wᵀ + b), kept for the backward pass. */
  readonly output: Float32Array
  /** Δ = ∂err/∂(X Wᵀ + b). */
  readonly delta: Float32Array
}

const { store, accumulate } = Mode
const { identity } = Activation

/** A = f(X Wᵀ + b) for the first n rows. */
export function affine(kernels: Kernels, layer: AffineLayer, x: Float32Array, n: number): void {
  const { inputs, outputs, weight, bias, output, activation } = layer
  const [A, X, W, b] = [output.byteOffset, x.byteOffset, weight.byteOffset, bias.byteOffset]
  kernels.product(
    A,
    outputs,
    n,
    outputs,
    inputs,
    X,
    inputs,
    1,
    W,
    1,
    inputs,
    store,
    1,
    b,
    activation,
  )
}

/** ∂err/∂X = Δ W for rows `first` … n − 1, written from the start of `into`. */
export function inputGradient(
  kernels: Kernels,
  layer: AffineLayer,
  into: Float32Array,
  first: number,
  n: number,
): void {
  const { inputs, outputs, weight, delta } = layer
  const D = delta.byteOffset + first * outputs * Float32Array.BYTES_PER_ELEMENT
  const [dX, W, rows] = [into.byteOffset, weight.byteOffset, n - first]
  kernels.product(
    dX,
    inputs,
    rows,
    inputs,
    outputs,
    D,
    outputs,
    1,
    W,
    inputs,
    1,
    store,
    1,
    0,
    identity,
  )
}

/** W += α Δᵀ X and b += α Σ Δ: with α = −η, a step of gradient descent without a gradient buffer. */
export function addGradient(
  kernels: Kernels,
  layer: AffineLayer,
  x: Float32Array,
  n: number,
  alpha: number,
): void {
  const { inputs, outputs, weight, bias, delta } = layer
  const [W, D, X] = [weight.byteOffset, delta.byteOffset, x.byteOffset]
  kernels.product(
    W,
    inputs,
    outputs,
    inputs,
    n,
    D,
    1,
    outputs,
    X,
    inputs,
    1,
    accumulate,
    alpha,
    0,
    identity,
  )
  kernels.columnSums(bias.byteOffset, D, n, outputs, accumulate, alpha)
}

/** ∂err/∂W = Δᵀ X and ∂err/∂b = Σ Δ, for optimisers that need them stored. */
export function writeGradient(
  kernels: Kernels,
  layer: AffineLayer,
  x: Float32Array,
  n: number,
  weightGradient: Float32Array,
  biasGradient: Float32Array,
): void {
  const { inputs, outputs, delta } = layer
  const [G, D, X] = [weightGradient.byteOffset, delta.byteOffset, x.byteOffset]
  kernels.product(G, inputs, outputs, inputs, n, D, 1, outputs, X, inputs, 1, store, 1, 0, identity)
  kernels.columnSums(biasGradient.byteOffset, D, n, outputs, store, 1)
}
