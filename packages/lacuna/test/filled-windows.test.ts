import fc from 'fast-check'
import { expect, test } from 'vitest'
import { Random } from '../dist/compute/random.js'
import { Workspace } from '../dist/compute/workspace.js'
import { FilledWindows } from '../dist/inpainting/filled-windows.js'
import { affine, writeGradient } from '../dist/network/affine.js'
import { Perceptron } from '../dist/network/perceptron.js'

const HOLE = 36
const close = (found: ArrayLike<number>, expected: ArrayLike<number>) => {
  for (let i = 0; i < expected.length; i++)
    expect(Math.abs(found[i]! - expected[i]!)).toBeLessThan(2e-5)
}

test('a layer takes filled windows as it takes the whole matrix [context, hole]', () => {
  const shape = fc.record({
    n: fc.integer({ min: 1, max: 5 }),
    fillings: fc.integer({ min: 1, max: 3 }),
    context: fc.integer({ min: 1, max: 40 }),
    units: fc.integer({ min: 1, max: 20 }),
    ink: fc.constantFrom(0, 0.3, 0.9),
    seed: fc.nat(),
  })
  fc.assert(
    fc.property(shape, ({ n, fillings, context, units, ink, seed }) => {
      const workspace = new Workspace()
      const { kernels } = workspace
      const rows = fillings * n
      const inputs = context + HOLE
      const network = new Perceptron(workspace, [inputs, units], ['leakyRelu'], rows, true)
      const [layer] = network.layers
      network.initialise(new Random(seed))
      const random = new Random(seed, 1)
      const windows = new FilledWindows(workspace, n, fillings, context, units)
      const { x } = windows.context
      for (let i = 0; i < x.length; i++) x[i] = random.uniform() < ink ? random.normal() : 0
      for (let i = 0; i < windows.holes.length; i++) windows.holes[i] = random.normal()
      for (let i = 0; i < layer!.delta.length; i++) layer!.delta[i] = random.normal()
      windows.list(n)
      const whole = workspace.floats(rows * inputs)
      for (let i = 0; i < rows; i++) {
        whole.set(x.subarray((i % n) * context, ((i % n) + 1) * context), i * inputs)
        whole.set(windows.holes.subarray(i * HOLE, (i + 1) * HOLE), i * inputs + context)
      }

      affine(kernels, layer!, whole, rows)
      const expected = layer!.output.slice()
      layer!.output.fill(9)
      affine(kernels, layer!, windows, rows)
      close(layer!.output, expected)

      const gradients = [whole, windows].map(input => {
        const [W, b] = [workspace.floats(inputs * units), workspace.floats(units)]
        writeGradient(kernels, layer!, input, rows, W, b)
        return { W, b }
      })
      close(gradients[1]!.W, gradients[0]!.W)
      close(gradients[1]!.b, gradients[0]!.b)
    }),
    { numRuns: 60 },
  )
})
