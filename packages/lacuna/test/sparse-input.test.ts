import { describe, expect, test } from 'vitest'
import { Workspace } from '../dist/compute/workspace.js'
import { addGradient, affine, writeGradient } from '../dist/network/affine.js'
import { Perceptron } from '../dist/network/perceptron.js'
import { SparseInput } from '../dist/network/sparse-input.js'
import { noise } from './reference/noise.js'

const [n, inputs, outputs] = [9, 20, 13]

/** A layer with noise for weights and Δ, and inputs of which so many elements are not −1. */
function setUp(others: number, byInput = true) {
  const workspace = new Workspace()
  const [layer] = new Perceptron(workspace, [inputs, outputs], ['tanh'], n, byInput).layers
  const input = new SparseInput(workspace, n, inputs, outputs)
  const random = noise(4)
  for (const view of [layer!.weight, layer!.bias, layer!.delta])
    for (let i = 0; i < view.length; i++) view[i] = random()
  input.x.fill(-1)
  // From the end, so that the first element stays background; 7 is prime to the number of elements.
  for (let k = 1; k <= others; k++) input.x[(7 * (n * inputs - k)) % (n * inputs)] = random()
  input.list(n)
  return { workspace, kernels: workspace.kernels, layer: layer!, input }
}

const close = (found: Float32Array, expected: Float32Array) =>
  found.forEach((value, i) => {
    expect(Math.abs(value - expected[i]!)).toBeLessThan(1e-5)
  })

describe('SparseInput', () => {
  test('counts as sparse where fewer than half of the elements differ from the first', () => {
    const half = (n * inputs) / 2
    expect(setUp(0).input.isSparseFor(setUp(0).layer)).toBe(true)
    const below = setUp(half - 1)
    expect(below.input.isSparseFor(below.layer)).toBe(true)
    const dense = setUp(half)
    expect(dense.input.isSparseFor(dense.layer)).toBe(false)
    const byOutput = setUp(10, false)
    expect(byOutput.input.isSparseFor(byOutput.layer)).toBe(false)
  })

  test('never counts as dense if so asked, so that a row’s answer is its own', () => {
    const { workspace, kernels, layer, input } = setUp(n * inputs - 1)
    const never = new SparseInput(workspace, n, inputs, outputs)
    never.x.set(input.x)
    never.list(n, -1, Infinity)
    expect(never.isSparseFor(layer)).toBe(true)
    affine(kernels, layer, never, n)
    const whole = layer.output.slice()
    never.x.set(input.x.subarray(4 * inputs, 5 * inputs))
    never.list(1, -1, Infinity)
    affine(kernels, layer, never, 1)
    expect(layer.output.slice(0, outputs)).toEqual(whole.slice(4 * outputs, 5 * outputs))
    affine(kernels, layer, input.x, n)
    close(layer.output, whole)
  })

  for (const others of [0, 1, 40, 80])
    test(`gives a layer what X gives it: ${others} of ${n * inputs} elements are not background`, () => {
      const { workspace, kernels, layer, input } = setUp(others)
      affine(kernels, layer, input.x, n)
      const whole = layer.output.slice()
      layer.output.fill(9)
      affine(kernels, layer, input, n)
      close(layer.output, whole)

      const gradients = [input.x, input].map(x => {
        const [W, b] = [workspace.floats(layer.weight.length), workspace.floats(outputs)]
        writeGradient(kernels, layer, x, n, W, b)
        return { W, b }
      })
      close(gradients[1]!.W, gradients[0]!.W)
      expect(gradients[1]!.b).toEqual(gradients[0]!.b)

      const before = layer.weight.slice()
      addGradient(kernels, layer, input, n, -0.1)
      close(
        layer.weight,
        before.map((w, i) => w - 0.1 * gradients[0]!.W[i]!),
      )
    })
})
