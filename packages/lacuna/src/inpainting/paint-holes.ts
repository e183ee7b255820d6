import type { LayerInput } from '../network/affine.js'
import { forwardThrough } from '../network/perceptron.js'
import type { InpaintingNetworks } from './networks.js'

/**
 * What the generator paints in the holes of n incomplete images: g(z) = f(a Vᵀ + b), a being the last
 * hidden layer, for the pixels that `holes` lists and no others. It is left in `holes.painted`.
 *
 * @param z the incomplete images
 * @returns a, n rows
 */
export function paintHoles(networks: InpaintingNetworks, z: LayerInput, n: number): Float32Array {
  const { generator, holes, workspace } = networks
  const [last] = generator.layers.slice(-1)
  const a = forwardThrough(workspace.kernels, generator.layers.slice(0, -1), z, n)
  const { weight: V, bias: b, inputs, activation } = last!
  const [starts, ends] = [holes.starts.byteOffset, holes.ends.byteOffset]
  const [painted, pixels] = [holes.painted.byteOffset, holes.pixels.byteOffset]
  workspace.kernels.rowDots(
    ...[painted, a.byteOffset, V.byteOffset, b.byteOffset, inputs],
    ...[starts, ends, pixels, n, activation],
  )
  return a
}
