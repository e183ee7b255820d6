import { describe, expect, test } from 'vitest'
import { Activation } from '../dist/compute/kernels.js'
import { Random } from '../dist/compute/random.js'
import { Workspace } from '../dist/compute/workspace.js'
import type { AffineLayer } from '../dist/network/affine.js'
import { Adam, GradientDescent, Momentum, type Optimiser } from '../dist/network/optimiser.js'

const [n, inputs, outputs] = [5, 3, 2]

/** A layer with random parameters, and x and Δ for some steps. */
function setUp() {
  const workspace = new Workspace()
  const random = new Random(1)
  const filled = (count: number) => {
    const view = workspace.floats(count)
    for (let i = 0; i < count; i++) view[i] = random.normal()
    return view
  }
  const layer: AffineLayer = {
    inputs,
    outputs,
    activation: Activation.identity,
    byInput: false,
    weight: filled(outputs * inputs),
    bias: filled(outputs),
    output: filled(n * outputs),
    delta: filled(n * outputs),
  }
  return { workspace, layer, x: filled(n * inputs), random }
}

/** The gradients of the layer's tensors in float64: Δᵀ X and Σ Δ. */
function gradients({ delta }: AffineLayer, x: Float32Array): [number[], number[]] {
  const weight = Array.from({ length: outputs * inputs }, (_, at) => {
    const [o, k] = [Math.floor(at / inputs), at % inputs]
    let sum = 0
    for (let i = 0; i < n; i++) sum += delta[i * outputs + o]! * x[i * inputs + k]!
    return sum
  })
  const bias = Array.from({ length: outputs }, (_, o) => {
    let sum = 0
    for (let i = 0; i < n; i++) sum += delta[i * outputs + o]!
    return sum
  })
  return [weight, bias]
}

/** Runs some steps with fresh Δ, and beside them a rule in float64 that maps (w, g, its state) to w. */
function compare<State>(
  make: (workspace: Workspace, layer: AffineLayer) => Optimiser,
  start: () => State,
  rule: (w: number, g: number, state: State, step: number) => number,
  before: (optimiser: Optimiser) => void = () => {},
) {
  const { workspace, layer, x, random } = setUp()
  const optimiser = make(workspace, layer)
  const expected = [layer.weight, layer.bias].map(tensor => [...tensor])
  const states = expected.map(tensor => tensor.map(start))
  for (let step = 1; step <= 20; step++) {
    for (let i = 0; i < layer.delta.length; i++) layer.delta[i] = random.normal()
    gradients(layer, x).forEach((gradient, t) => {
      gradient.forEach((g, i) => {
        expected[t]![i] = rule(expected[t]![i]!, g, states[t]![i]!, step)
      })
    })
    before(optimiser)
    optimiser.descend(layer, x, n)
  }
  for (const [t, tensor] of [layer.weight, layer.bias].entries())
    for (const [i, value] of tensor.entries())
      expect(Math.abs(value - expected[t]![i]!)).toBeLessThan(2e-5)
}

describe('optimisers move as their equations say, in float64', () => {
  test('gradient descent: w ← w − ηg', () => {
    compare(
      workspace => new GradientDescent(workspace, 0.1),
      () => null,
      (w, g) => w - 0.1 * g,
    )
  })

  test('momentum: v ← μv + g, w ← w − ηv', () => {
    compare(
      (workspace, layer) => new Momentum(workspace, [layer], 0.1, 0.9),
      () => ({ v: 0 }),
      (w, g, state) => {
        state.v = 0.9 * state.v + g
        return w - 0.1 * state.v
      },
    )
  })

  test('Adam: w ← w − η m̂/(√v̂ + ε), with both corrections', () => {
    compare(
      (workspace, layer) => new Adam(workspace, [layer], 0.1, 0.9, 0.99),
      () => ({ m: 0, v: 0 }),
      (w, g, state, t) => {
        state.m = 0.9 * state.m + 0.1 * g
        state.v = 0.99 * state.v + 0.01 * g * g
        const [m, v] = [state.m / (1 - 0.9 ** t), state.v / (1 - 0.99 ** t)]
        return w - (0.1 * m) / (Math.sqrt(v) + 1e-8)
      },
      optimiser => (optimiser as Adam).advance(1),
    )
  })

  test('what they remember has the names of their layers and is all they need', () => {
    const { workspace, layer, x } = setUp()
    const [one, other] = [1, 2].map(() => new Adam(workspace, [layer], 0.1))
    one!.advance(1)
    one!.descend(layer, x, n)
    const names = [...one!.memory()].map(({ name }) => name)
    const memories = ['first.0.weight', 'second.0.weight', 'first.0.bias', 'second.0.bias']
    expect(names).toEqual(memories.map(name => `optimiser.${name}`))
    const copies = [...other!.memory()]
    for (const [i, { data }] of [...one!.memory()].entries()) copies[i]!.data.set(data)
    const weight = layer.weight.slice()
    one!.advance(1)
    one!.descend(layer, x, n)
    const moved = layer.weight.slice()
    layer.weight.set(weight)
    other!.advance(2)
    other!.descend(layer, x, n)
    expect(layer.weight).toEqual(moved)
  })
})
