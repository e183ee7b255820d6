import { describe, expect, test } from 'vitest'
import { Random } from '../dist/compute/random.js'
import { outputsOf, WindowNetworks } from '../dist/inpainting/window-networks.js'
import { type WindowRecipe, windowRecipes } from '../dist/inpainting/window-recipes.js'
import { type Descents, windowStep } from '../dist/inpainting/window-step.js'
import { weightOf } from '../dist/network/affine.js'
import { Adam } from '../dist/network/optimiser.js'
import type { Perceptron } from '../dist/network/perceptron.js'
import { type Layer, type Network, type Window, windowErrors } from './reference/window-step.js'

const names = ['supervised', 'window', 'heads'] as const
const n = 5
const [FAR, NEAR, HOLE] = [540, 160, 36]
const BETA_1 = 0.5

/** Small networks of a recipe, and a batch of windows of which a third is ink. */
function setUp(recipe: (typeof names)[number], seed: number, spread = 1) {
  const { heads } = windowRecipes[recipe]
  const hidden = ['leakyRelu', 'leakyRelu', 'identity'] as const
  const networks = new WindowNetworks(
    {
      recipe,
      image: { height: 28, width: 28 },
      generator: { sizes: [FAR, 9, 7, outputsOf(heads)], activations: hidden },
      ...(recipe !== 'supervised' && {
        energy: { sizes: [NEAR + HOLE, 8, 6, 1], activations: hidden },
      }),
    },
    n,
  )
  networks.initialise(seed)
  for (const { weight, bias } of [
    ...networks.generator.layers,
    ...(networks.energy?.network.layers ?? []),
  ])
    for (const tensor of [weight, bias])
      for (let i = 0; i < tensor.length; i++) tensor[i]! *= spread
  const random = new Random(seed)
  const ink = () => (random.uniform() < 0.35 ? 2 * random.uniform() : 0)
  for (const x of [
    networks.context.x,
    networks.truth,
    networks.energy?.windows.context.x ?? new Float32Array(0),
  ])
    for (let i = 0; i < x.length; i++) x[i] = ink()
  networks.context.list(n, 0)
  networks.energy?.windows.list(n)
  return networks
}

/** Adam, whose first moments after one step are (1 − β₁) times the gradients. */
function descents({ workspace, generator, energy }: WindowNetworks): Descents {
  const adam = ({ layers }: Perceptron) => new Adam(workspace, layers, 1e-3, BETA_1, 0.99)
  return { generator: adam(generator), ...(energy && { energy: adam(energy.network) }) }
}

/** What a network's optimiser has been told, tensor by tensor, weights as they are kept. */
const gradientsOf = (adam: Adam) =>
  [...adam.memory()]
    .filter(({ name }) => name.startsWith('optimiser.first'))
    .map(({ data }) => data.map(m => m / (1 - BETA_1)))

const layersOf = ({ layers }: Perceptron): Network =>
  layers.map(layer => {
    const W = weightOf(layer)
    const row = (o: number) => [...W.subarray(o * layer.inputs, (o + 1) * layer.inputs)]
    return { W: Array.from({ length: layer.outputs }, (_, o) => row(o)), b: [...layer.bias] }
  })

const batchOf = ({ context, truth, energy, chosen }: WindowNetworks, duel: boolean): Window[] =>
  Array.from({ length: n }, (_, i) => ({
    far: [...context.x.subarray(i * FAR, (i + 1) * FAR)],
    near: [...(energy?.windows.context.x.subarray(i * NEAR, (i + 1) * NEAR) ?? [])],
    truth: [...truth.subarray(i * HOLE, (i + 1) * HOLE)],
    ...(duel && { chosen: chosen[i]! }),
  }))

/** The gradient of a layer as the library keeps the layer's weights: by input in the first one. */
const flat = (network: Network) =>
  network.flatMap(({ W, b }: Layer, l) => {
    const byInput = W[0]!.map((_, k) => W.map(row => row[k]!))
    return [(l === 0 ? byInput : W).flat(), b]
  })

const weightsOf = (recipe: WindowRecipe) => ({ ...recipe.weights, heads: recipe.heads })

describe('the reference', () => {
  test.each(names)('has the gradients that finite differences of its errors give: %s', name => {
    // Weights so small that no pixel reaches the clamp, where the gradient is another on purpose.
    const networks = setUp(name, 3, 0.7)
    const generator = layersOf(networks.generator)
    const energy = networks.energy ? layersOf(networks.energy.network) : []
    const duel = name !== 'supervised'
    const batch = batchOf(networks, duel).map((window, i) => ({
      ...window,
      ...(duel && { chosen: i % windowRecipes[name].heads }),
    }))
    const at = () => windowErrors(generator, energy, batch, weightsOf(windowRecipes[name]))
    const { generatorGradient, energyGradient } = at()
    const h = 1e-6
    const compare = (
      network: Network,
      gradient: Network,
      error: 'generatorError' | 'energyError',
    ) => {
      network.forEach(({ W, b }, l) => {
        for (const [rows, slopes] of [
          [W, gradient[l]!.W],
          [[b], [gradient[l]!.b]],
        ] as const)
          for (let at0 = 0; at0 < rows.length; at0 += 3)
            for (let k = 0; k < rows[at0]!.length; k += 41) {
              const value = rows[at0]![k]!
              rows[at0]![k] = value + h
              const above = at()[error]
              rows[at0]![k] = value - h
              const below = at()[error]
              rows[at0]![k] = value
              expect(Math.abs(slopes[at0]![k]! - (above - below) / (2 * h))).toBeLessThan(1e-8)
            }
      })
    }
    compare(generator, generatorGradient, 'generatorError')
    compare(energy, energyGradient, 'energyError')
  })
})

describe('a step', () => {
  for (const name of names)
    for (const spread of [0.7, 4])
      test(`has the errors and gradients of the reference: ${name}, weights ×${spread}`, () => {
        const networks = setUp(name, 5, spread)
        const [generator, energy] = [
          layersOf(networks.generator),
          networks.energy ? layersOf(networks.energy.network) : [],
        ]
        const { weights } = windowRecipes[name]
        const duel = name !== 'supervised'
        const moving = descents(networks)
        const found = windowStep(networks, n, moving, weights, duel ? new Random(8) : undefined)
        const batch = batchOf(networks, duel)
        const expected = windowErrors(generator, energy, batch, weightsOf(windowRecipes[name]))
        expect(Math.abs(found.reconstruction - expected.reconstruction)).toBeLessThan(1e-5)
        if (duel) expect(Math.abs(found.contrast - expected.energyError)).toBeLessThan(1e-5)
        else expect(found.contrast).toBeNaN()
        const close = (adam: Adam, gradient: Network) => {
          const tensors = gradientsOf(adam)
          flat(gradient).forEach((wanted, t) => {
            const scale = Math.max(...wanted.map(Math.abs))
            wanted.forEach((value, i) => {
              expect(Math.abs(tensors[t]![i]! - value)).toBeLessThan(1e-5 * scale + 1e-7)
            })
          })
        }
        close(moving.generator, expected.generatorGradient)
        if (duel) close(moving.energy!, expected.energyGradient)
        if (spread === 4) {
          const clamped = networks.painted.filter(q => q === 0 || q === 2)
          expect(clamped.length).toBeGreaterThan(0.2 * networks.painted.length)
        }
      })

  test('moves both networks by the gradients at the weights before it', () => {
    const networks = setUp('window', 2)
    const [generator, energy] = [networks.generator, networks.energy!.network].map(layersOf)
    windowStep(networks, n, descents(networks), windowRecipes.window.weights, new Random(1))
    const moved = [networks.generator, networks.energy!.network].map(layersOf)
    const { generatorGradient, energyGradient } = windowErrors(
      generator!,
      energy!,
      batchOf(networks, true),
      weightsOf(windowRecipes.window),
    )
    // Adam's first step goes η against the sign of each gradient.
    for (const [was, is, gradient] of [
      [generator!, moved[0]!, generatorGradient],
      [energy!, moved[1]!, energyGradient],
    ] as const) {
      const [before, after, slopes] = [was, is, gradient].map(flat)
      slopes!.forEach((tensor, t) => {
        tensor.forEach((g, i) => {
          if (Math.abs(g) < 1e-5) return
          const step = after![t]![i]! - before![t]![i]!
          expect(Math.abs(step + 1e-3 * Math.sign(g))).toBeLessThan(1e-5)
        })
      })
    }
  })

  test('without a random source leaves the energy network alone', () => {
    const networks = setUp('window', 2)
    const before = layersOf(networks.energy!.network)
    const { contrast } = windowStep(networks, n, descents(networks), windowRecipes.window.weights)
    expect(contrast).toBeNaN()
    expect(layersOf(networks.energy!.network)).toEqual(before)
  })

  test('lets heads meet the energy network by their weights, and each of them now and then', () => {
    const networks = setUp('heads', 4)
    const { bias, weight } = networks.generator.layers.at(-1)!
    // Logits that do not depend on the window: weights (e², 1, 1, 1, 1)/(e² + 4).
    weight.fill(0, 5 * HOLE * 7)
    bias.set([2, 0, 0, 0, 0], 5 * HOLE)
    const counts = [0, 0, 0, 0, 0]
    const still = descents(networks)
    for (const adam of Object.values(still)) adam.descend = () => {}
    const random = new Random(3)
    const rounds = 400
    for (let round = 0; round < rounds; round++) {
      windowStep(networks, n, still, windowRecipes.heads.weights, random)
      for (const k of networks.chosen) counts[k]!++
    }
    const total = Math.exp(2) + 4
    counts.forEach((count, k) => {
      const p = (0.7 * (k === 0 ? Math.exp(2) : 1)) / total + 0.06
      const deviation = Math.sqrt(p * (1 - p) * n * rounds)
      expect(Math.abs(count - p * n * rounds)).toBeLessThan(4 * deviation)
    })
  })
})
