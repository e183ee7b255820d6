import { setWeight, weightOf } from './affine.js'
import type { ActivationName, Perceptron } from './perceptron.js'

/** Units of each layer, the input first, and the activation of each layer after it. */
export interface NetworkShape {
  readonly sizes: readonly number[]
  readonly activations: readonly ActivationName[]
}

/** Parameters by their names in PyTorch's state dict. */
export type StateDict = Map<string, { shape: number[]; data: Float32Array }>

/**
 * The names and shapes of some networks' parameters in PyTorch's state dict, `energy.0.weight` …
 * `generator.4.bias`: layer l is module 2l, because an activation stands between two layers.
 *
 * @param networks by the names that their parameters begin with
 */
export function* parameterShapes(
  networks: Readonly<Record<string, NetworkShape>>,
): Generator<{ name: string; shape: number[] }> {
  for (const [prefix, { sizes, activations }] of Object.entries(networks))
    for (const l of activations.keys()) {
      yield { name: `${prefix}.${2 * l}.weight`, shape: [sizes[l + 1]!, sizes[l]!] }
      yield { name: `${prefix}.${2 * l}.bias`, shape: [sizes[l + 1]!] }
    }
}

/** Copies of some networks' parameters. */
export function stateDict(networks: Readonly<Record<string, Perceptron>>): StateDict {
  const state: StateDict = new Map()
  for (const [prefix, { layers }] of Object.entries(networks))
    for (const [l, layer] of layers.entries()) {
      const { inputs, outputs, bias } = layer
      const shape = [outputs, inputs]
      state.set(`${prefix}.${2 * l}.weight`, { shape, data: weightOf(layer) })
      state.set(`${prefix}.${2 * l}.bias`, { shape: [outputs], data: bias.slice() })
    }
  return state
}

/** Sets some networks' parameters to those of a state dict that has all of them, in their shapes. */
export function setStateDict(
  networks: Readonly<Record<string, Perceptron>>,
  state: ReadonlyMap<string, { readonly data: ArrayLike<unknown> }>,
): void {
  const values = (name: string) => state.get(name)!.data as Float32Array | Float64Array
  for (const [prefix, { layers }] of Object.entries(networks))
    for (const [l, layer] of layers.entries()) {
      setWeight(layer, values(`${prefix}.${2 * l}.weight`))
      layer.bias.set(values(`${prefix}.${2 * l}.bias`))
    }
}
