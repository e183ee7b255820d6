import { expect, test } from 'vitest'
import { Activation } from '../dist/compute/kernels.js'
import { Random } from '../dist/compute/random.js'
import { Workspace } from '../dist/compute/workspace.js'
import type { AffineLayer } from '../dist/network/affine.js'
import { WeightAverage } from '../dist/network/weight-average.js'

function setUp() {
  const workspace = new Workspace()
  const random = new Random(2)
  const layer: AffineLayer = {
    inputs: 3,
    outputs: 2,
    activation: Activation.identity,
    byInput: false,
    weight: workspace.floats(6),
    bias: workspace.floats(2),
    output: workspace.floats(2),
    delta: workspace.floats(2),
  }
  const move = () => {
    for (const tensor of [layer.weight, layer.bias])
      for (let i = 0; i < tensor.length; i++) tensor[i]! += random.normal()
  }
  move()
  return { workspace, layer, move }
}

test('follows the definition, slowly at first and then at the decay', () => {
  const { workspace, layer, move } = setUp()
  const average = new WeightAverage(workspace, [layer], 0.6)
  const expected = Float64Array.from([...layer.weight, ...layer.bias])
  for (let t = 0; t < 30; t++) {
    move()
    average.update()
    const d = Math.min(0.6, (t + 1) / (t + 10))
    for (const [i, w] of [...layer.weight, ...layer.bias].entries())
      expected[i] = d * expected[i]! + (1 - d) * w
  }
  const before = [...layer.weight, ...layer.bias]
  average.exchange()
  for (const [i, w] of [...layer.weight, ...layer.bias].entries())
    expect(Math.abs(w - expected[i]!)).toBeLessThan(1e-6)
  average.exchange()
  expect([...layer.weight, ...layer.bias]).toEqual(before)
})

test('goes on after a stop to the same bits', () => {
  const { workspace, layer, move } = setUp()
  const straight = new WeightAverage(workspace, [layer], 0.99)
  for (let t = 0; t < 5; t++) {
    move()
    straight.update()
  }
  const resumed = new WeightAverage(workspace, [layer], 0.99)
  resumed.advance(5)
  const [from, to] = [straight, resumed].map(average => [...average.memory()])
  expect(to!.map(({ name }) => name)).toEqual(['average.0.weight', 'average.0.bias'])
  for (const [i, { data }] of to!.entries()) data.set(from![i]!.data)
  move()
  for (const average of [straight, resumed]) average.update()
  expect(to!.map(({ data }) => data)).toEqual(from!.map(({ data }) => data))
})
