import {
  Activation,
  type ActivationCode,
  type Kernels,
  Mode,
  type ModeCode,
} from '../compute/kernels.js'

/**
 * A fully connected layer and the buffers of its passes; matrices are row-major, one example a row,
 * and all of them lie in one workspace.
 */
export interface AffineLayer {
  readonly inputs: number
  readonly outputs: number
  /** f. */
  readonly activation: ActivationCode
  /** W, outputs×inputs as PyTorch keeps it; or Wᵀ, inputs×outputs, if `byInput`. */
  readonly weight: Float32Array
  /** Whether a row of `weight` belongs to an input rather than to an output. */
  readonly byInput: boolean
  /** b, one an output. */
  readonly bias: Float32Array
  /** A = f(X Wᵀ + b), kept for the backward pass. */
  readonly output: Float32Array
  /** Δ = ∂err/∂(X Wᵀ + b). */
  readonly delta: Float32Array
}

/** A batch X that a layer takes in another way than as a dense matrix, one example a row. */
export interface StructuredInput {
  /** X, where it is written down after all. */
  readonly x?: Float32Array
  /** A = f(X Wᵀ + b), for n examples. */
  forward(layer: AffineLayer, n: number, f: ActivationCode): void
  /** ΔᵀX, or XᵀΔ where that is how the layer keeps W: stored, or α times it added. */
  weightGradient(
    layer: AffineLayer,
    n: number,
    into: Float32Array,
    mode: ModeCode,
    alpha: number,
  ): void
}

/** What goes into a layer, one example a row. */
export type LayerInput = Float32Array | StructuredInput

const { store, accumulate } = Mode
const { identity } = Activation

/** A = f(X Wᵀ + b) for the first n rows; f may be another than the layer's. */
export function affine(
  kernels: Kernels,
  layer: AffineLayer,
  input: LayerInput,
  n: number,
  f: ActivationCode = layer.activation,
): void {
  if (!(input instanceof Float32Array)) {
    input.forward(layer, n, f)
    return
  }
  const { inputs, outputs, weight, byInput, bias, output } = layer
  const [A, X, W, b] = [output.byteOffset, input.byteOffset, weight.byteOffset, bias.byteOffset]
  const [wRow, wCol] = byInput ? [outputs, 1] : [1, inputs]
  kernels.product(A, outputs, n, outputs, inputs, X, inputs, 1, W, wRow, wCol, store, 1, b, f)
}

/** ∂err/∂X = Δ W for the first n rows, written to `into`. */
export function inputGradient(
  kernels: Kernels,
  layer: AffineLayer,
  into: Float32Array,
  n: number,
): void {
  const { inputs, outputs, weight, byInput, delta } = layer
  const [dX, D, W] = [into.byteOffset, delta.byteOffset, weight.byteOffset]
  const [wRow, wCol] = byInput ? [1, outputs] : [inputs, 1]
  kernels.product(
    dX,
    inputs,
    n,
    inputs,
    outputs,
    D,
    outputs,
    1,
    W,
    wRow,
    wCol,
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
  x: LayerInput,
  n: number,
  alpha: number,
): void {
  weightGradient(kernels, layer, x, n, layer.weight, accumulate, alpha)
  kernels.columnSums(
    layer.bias.byteOffset,
    layer.delta.byteOffset,
    layer.outputs,
    n,
    layer.outputs,
    accumulate,
    alpha,
  )
}

/** ∂err/∂W = Δᵀ X and ∂err/∂b = Σ Δ, for optimisers that need them stored. */
export function writeGradient(
  kernels: Kernels,
  layer: AffineLayer,
  x: LayerInput,
  n: number,
  weight: Float32Array,
  bias: Float32Array,
): void {
  const { outputs, delta } = layer
  weightGradient(kernels, layer, x, n, weight, store, 1)
  kernels.columnSums(bias.byteOffset, delta.byteOffset, outputs, n, outputs, store, 1)
}

/** Δᵀ X, or its transpose Xᵀ Δ where that is how W is kept. */
export function weightGradient(
  kernels: Kernels,
  layer: AffineLayer,
  input: LayerInput,
  n: number,
  into: Float32Array,
  mode: ModeCode,
  alpha: number,
): void {
  if (!(input instanceof Float32Array)) {
    input.weightGradient(layer, n, into, mode, alpha)
    return
  }
  const { inputs, outputs, byInput, delta } = layer
  const [G, D, X] = [into.byteOffset, delta.byteOffset, input.byteOffset]
  if (byInput)
    kernels.product(
      G,
      outputs,
      inputs,
      outputs,
      n,
      X,
      1,
      inputs,
      D,
      outputs,
      1,
      mode,
      alpha,
      0,
      identity,
    )
  else
    kernels.product(
      G,
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
      mode,
      alpha,
      0,
      identity,
    )
}

/** W as PyTorch keeps it, outputs×inputs: a copy. */
export function weightOf({ inputs, outputs, weight, byInput }: AffineLayer): Float32Array {
  return byInput ? transposed(weight, inputs, outputs) : weight.slice()
}

/** Sets W to a matrix as PyTorch keeps it, outputs×inputs. */
export function setWeight(
  { inputs, outputs, weight, byInput }: AffineLayer,
  W: Float32Array | Float64Array,
): void {
  weight.set(byInput ? transposed(W, outputs, inputs) : W)
}

/** A square of so many rows and columns is transposed at a time: both ways it stays in L1. */
const BLOCK = 32

/** The cols×rows transpose of a row-major rows×cols matrix. */
function transposed(W: Float32Array | Float64Array, rows: number, cols: number): Float32Array {
  const result = new Float32Array(W.length)
  for (let top = 0; top < rows; top += BLOCK)
    for (let left = 0; left < cols; left += BLOCK)
      for (let i = top; i < Math.min(top + BLOCK, rows); i++)
        for (let j = left; j < Math.min(left + BLOCK, cols); j++)
          result[j * rows + i] = W[i * cols + j]!
  return result
}
