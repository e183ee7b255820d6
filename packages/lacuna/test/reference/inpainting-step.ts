import { Matrix } from '../../dist/compute/matrix.js'

/**
 * The step of the inpainting duel in plain float64, written from the equations and sharing no code
 * with the library: nested loops, no kernels, no flip. It returns the true gradients of err, so that
 * "descend on E's, ascend on g's" can be done by the test itself.
 */

type M64 = Matrix<Float64Array>

/** A layer's parameters: W outputs×inputs, b. */
export interface Layer {
  W: M64
  b: Float64Array
}

/** Every layer is followed by Hardtanh, the last one only if `bounded`. */
export interface Network {
  layers: Layer[]
  bounded: boolean
}

const zeros = (rows: number, cols: number): M64 =>
  new Matrix(rows, cols, new Float64Array(rows * cols))
const hardtanh = (t: number) => Math.max(-1, Math.min(1, t))

/** The outputs of all layers, the input first. */
export function forward({ layers, bounded }: Network, input: M64): M64[] {
  const outputs = [input]
  layers.forEach(({ W, b }, l) => {
    const below = outputs[l]!
    const out = zeros(below.rows, W.rows)
    for (let i = 0; i < below.rows; i++)
      for (let o = 0; o < W.rows; o++) {
        let sum = b[o]!
        for (let k = 0; k < W.cols; k++) sum += below.row(i)[k]! * W.row(o)[k]!
        out.row(i)[o] = bounded || l < layers.length - 1 ? hardtanh(sum) : sum
      }
    outputs.push(out)
  })
  return outputs
}

/** Gradients of the parameters, and of the input, from ∂err/∂output. */
export function backward(
  { layers, bounded }: Network,
  outputs: M64[],
  outputGradient: M64,
): { gradients: Layer[]; input: M64 } {
  let above = outputGradient
  const gradients: Layer[] = []
  for (let l = layers.length - 1; l >= 0; l--) {
    const { W } = layers[l]!
    const [x, y] = [outputs[l]!, outputs[l + 1]!]
    const delta = zeros(y.rows, y.cols)
    for (let i = 0; i < y.data.length; i++) {
      const flat = (bounded || l < layers.length - 1) && Math.abs(y.data[i]!) >= 1
      delta.data[i] = flat ? 0 : above.data[i]!
    }
    const gradient = { W: zeros(W.rows, W.cols), b: new Float64Array(W.rows) }
    const below = zeros(x.rows, x.cols)
    for (let i = 0; i < x.rows; i++)
      for (let o = 0; o < W.rows; o++) {
        const d = delta.row(i)[o]!
        gradient.b[o]! += d
        for (let k = 0; k < W.cols; k++) {
          gradient.W.row(o)[k]! += d * x.row(i)[k]!
          below.row(i)[k]! += d * W.row(o)[k]!
        }
      }
    gradients.unshift(gradient)
    above = below
  }
  return { gradients, input: above }
}

/** err = mean log(1 + e^{E(x) − E(x⁻)}) with x⁻ = z(1 − m) + g(z)m, and its gradients. */
export function duel(generator: Network, energy: Network, x: M64, mask: M64) {
  const n = x.rows
  const z = zeros(n, x.cols)
  for (let i = 0; i < x.data.length; i++) z.data[i] = x.data[i]! * (1 - mask.data[i]!)
  const generated = forward(generator, z)
  const contrastive = zeros(n, x.cols)
  for (let i = 0; i < x.data.length; i++)
    contrastive.data[i] =
      z.data[i]! * (1 - mask.data[i]!) + generated.at(-1)!.data[i]! * mask.data[i]!
  const onTrue = forward(energy, x)
  const onContrastive = forward(energy, contrastive)

  let err = 0
  const slopeTrue = zeros(n, 1)
  const slopeContrastive = zeros(n, 1)
  for (let i = 0; i < n; i++) {
    const d = onTrue.at(-1)!.data[i]! - onContrastive.at(-1)!.data[i]!
    err += Math.log1p(Math.exp(d)) / n
    slopeTrue.data[i] = 1 / (1 + Math.exp(-d)) / n
    slopeContrastive.data[i] = -slopeTrue.data[i]!
  }
  const byTrue = backward(energy, onTrue, slopeTrue)
  const byContrastive = backward(energy, onContrastive, slopeContrastive)
  const throughPatch = zeros(n, x.cols)
  for (let i = 0; i < x.data.length; i++)
    throughPatch.data[i] = byContrastive.input.data[i]! * mask.data[i]!
  return {
    err,
    energyGradients: byTrue.gradients.map(({ W, b }, l) => ({
      W: plus(W, byContrastive.gradients[l]!.W, 1),
      b: b.map((value, o) => value + byContrastive.gradients[l]!.b[o]!),
    })),
    generatorGradients: backward(generator, generated, throughPatch).gradients,
  }
}

/** A + αB. */
function plus(A: M64, B: M64, alpha: number): M64 {
  return new Matrix(
    A.rows,
    A.cols,
    A.data.map((value, i) => value + alpha * B.data[i]!),
  )
}

/** The network moved by α along the gradients: α = −η descends, α = +η ascends. */
export function moved({ layers, bounded }: Network, gradients: Layer[], alpha: number): Network {
  return {
    bounded,
    layers: layers.map(({ W, b }, l) => ({
      W: plus(W, gradients[l]!.W, alpha),
      b: b.map((value, o) => value + alpha * gradients[l]!.b[o]!),
    })),
  }
}
