import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { Matrix } from '../dist/compute/matrix.js'
import { Random } from '../dist/compute/random.js'
import { chooseLoss } from '../dist/contrast/losses.js'
import { contrastiveStep } from '../dist/inpainting/contrastive-step.js'
import { InpaintingNetworks, sheetArchitecture } from '../dist/inpainting/networks.js'
import { removePatch } from '../dist/inpainting/remove-patch.js'
import { weightOf } from '../dist/network/affine.js'
import { duel, type Layer, moved, type Network } from './reference/inpainting-step.js'

const image = { height: 8, width: 8 }
const patch = { image, height: 3, width: 3, jitter: 2 }
const n = 7

/** Small networks with weights wide enough for some units to saturate, and a batch. */
function setUp(seed: number) {
  const networks = new InpaintingNetworks(sheetArchitecture(image, [12, 10], [14, 9]), n)
  const random = new Random(seed)
  const state = networks.state()
  for (const { data } of state.values())
    for (let i = 0; i < data.length; i++) data[i] = 0.6 * random.normal()
  networks.setState(state)
  const x = new Matrix(n, 64)
  for (let i = 0; i < x.data.length; i++) x.data[i] = 2 * random.uniform() - 1
  const { mask } = removePatch(x, new Random(seed, 1), patch)
  return { networks, x, mask }
}

const float64 = (x: Matrix) => new Matrix(x.rows, x.cols, Float64Array.from(x.data))

/** The networks' present parameters in float64, as the reference takes them. */
function snapshot(networks: InpaintingNetworks): { generator: Network; energy: Network } {
  const layers = (name: 'generator' | 'energy'): Layer[] =>
    networks[name].layers.map(layer => ({
      W: new Matrix(layer.outputs, layer.inputs, Float64Array.from(weightOf(layer))),
      b: Float64Array.from(layer.bias),
    }))
  return {
    generator: { layers: layers('generator'), bounded: true },
    energy: { layers: layers('energy'), bounded: false },
  }
}

/** One step in the kernels; returns its err. */
function step(
  networks: InpaintingNetworks,
  x: Matrix,
  mask: Matrix,
  learningRate: number,
  name: 'log' | 'energy' = 'log',
): number {
  networks.images.x.set(x.data)
  networks.holes.listMask(mask.data, x.rows)
  const { loss, parameters } = chooseLoss({ loss: name })
  const rates = { energy: learningRate, generator: learningRate }
  return contrastiveStep(networks, x.rows, rates, loss, parameters)
}

const tensorsOf = ({ layers }: Network) => layers.flatMap(({ W, b }) => [W.data, b])

describe('the reference', () => {
  test('has the gradients that finite differences of its err give', () => {
    const { networks, x, mask } = setUp(1)
    const { generator, energy } = snapshot(networks)
    const at = () => duel(generator, energy, float64(x), float64(mask))
    const { energyGradients, generatorGradients } = at()
    for (const [network, gradients] of [
      [energy, energyGradients],
      [generator, generatorGradients],
    ] as const) {
      const flat = gradients.flatMap(({ W, b }) => [W.data, b])
      tensorsOf(network).forEach((tensor, t) => {
        for (let i = 0; i < tensor.length; i += 37) {
          const [value, h] = [tensor[i]!, 1e-6]
          tensor[i] = value + h
          const above = at().err
          tensor[i] = value - h
          const below = at().err
          tensor[i] = value
          expect(Math.abs(flat[t]![i]! - (above - below) / (2 * h))).toBeLessThan(1e-8)
        }
      })
    }
  })
})

describe('the gradient flip', () => {
  for (const seed of [1, 2, 3])
    test(`equals two optimisers, E descending and g ascending (seed ${seed})`, () => {
      const { networks, x, mask } = setUp(seed)
      const before = snapshot(networks)
      const eta = 0.05
      const err = step(networks, x, mask, eta)
      const after = snapshot(networks)
      const exact = duel(before.generator, before.energy, float64(x), float64(mask))
      expect(Math.abs(err - exact.err)).toBeLessThan(1e-5)
      const descended = moved(before.energy, exact.energyGradients, -eta)
      const ascended = moved(before.generator, exact.generatorGradients, eta)
      for (const [found, expected] of [
        [after.energy, descended],
        [after.generator, ascended],
      ] as const)
        tensorsOf(found).forEach((tensor, t) => {
          const wanted = tensorsOf(expected)[t]!
          for (let i = 0; i < tensor.length; i++)
            expect(Math.abs(tensor[i]! - wanted[i]!)).toBeLessThan(2e-6)
        })
    })

  test('moves every group of E against its gradient and every group of g along its own', () => {
    const { networks, x, mask } = setUp(4)
    const before = snapshot(networks)
    step(networks, x, mask, 0.05)
    const after = snapshot(networks)
    const exact = duel(before.generator, before.energy, float64(x), float64(mask))
    for (const [name, gradients, sign] of [
      ['energy', exact.energyGradients, -1],
      ['generator', exact.generatorGradients, 1],
    ] as const) {
      const groups = gradients.flatMap(({ W, b }) => [W.data, b])
      tensorsOf(before[name]).forEach((tensor, t) => {
        let along = 0
        tensor.forEach((value, i) => {
          along += (tensorsOf(after[name])[t]![i]! - value) * groups[t]![i]!
        })
        // The bias of the energy itself cancels in E(x) − E(x⁻): its gradient is zero.
        if (name === 'energy' && t === 5) expect(Math.abs(along)).toBeLessThan(1e-15)
        else expect(sign * along, `${name}, group ${t}`).toBeGreaterThan(0)
      })
    }
  })

  test('leaves a generator without gradient where the loss gives it none', () => {
    const { networks, x, mask } = setUp(5)
    const before = snapshot(networks)
    step(networks, x, mask, 0.05, 'energy')
    const after = snapshot(networks)
    expect(tensorsOf(after.generator)).toEqual(tensorsOf(before.generator))
    expect(tensorsOf(after.energy)).not.toEqual(tensorsOf(before.energy))
  })
})

describe('sparse first layers', () => {
  const shape = fc.record({
    height: fc.integer({ min: 1, max: 7 }),
    width: fc.integer({ min: 1, max: 7 }),
    generatorHidden: fc.array(fc.integer({ min: 1, max: 11 }), { maxLength: 2 }),
    energyHidden: fc.array(fc.integer({ min: 1, max: 11 }), { maxLength: 2 }),
    rows: fc.integer({ min: 1, max: 5 }),
    background: fc.constantFrom(-1, 0, 0.25, 1),
    ink: fc.constantFrom(0, 0.2, 0.45, 0.6, 1),
    missing: fc.constantFrom(0, 0.1, 0.5, 1),
    seed: fc.nat(),
  })

  test('give the step of the float64 reference, for any image, hole, background and share of ink', () => {
    fc.assert(
      fc.property(
        shape,
        ({ generatorHidden, energyHidden, background, ink, missing, seed, ...size }) => {
          const { height, width, rows } = size
          const architecture = sheetArchitecture({ height, width }, generatorHidden, energyHidden)
          const networks = new InpaintingNetworks(architecture, rows)
          const random = new Random(seed)
          const state = networks.state()
          for (const { data } of state.values())
            for (let i = 0; i < data.length; i++) data[i] = 0.4 * random.normal()
          networks.setState(state)
          const [x, mask] = [new Matrix(rows, height * width), new Matrix(rows, height * width)]
          for (let i = 0; i < x.data.length; i++) {
            x.data[i] = random.uniform() < ink ? 2 * random.uniform() - 1 : background
            mask.data[i] = Number(random.uniform() < missing)
          }
          const before = snapshot(networks)
          const err = step(networks, x, mask, 0.05)
          const after = snapshot(networks)
          const exact = duel(before.generator, before.energy, float64(x), float64(mask))
          expect(Math.abs(err - exact.err)).toBeLessThan(1e-5)
          for (const [found, expected] of [
            [after.energy, moved(before.energy, exact.energyGradients, -0.05)],
            [after.generator, moved(before.generator, exact.generatorGradients, 0.05)],
          ] as const)
            tensorsOf(found).forEach((tensor, t) => {
              const wanted = tensorsOf(expected)[t]!
              for (let i = 0; i < tensor.length; i++)
                expect(Math.abs(tensor[i]! - wanted[i]!)).toBeLessThan(2e-6)
            })
        },
      ),
      { numRuns: 150, seed: 1 }, // fixed, as a unit may lie on a corner of Hardtanh to all 24 bits
    )
  })
})

describe('the patch', () => {
  test('alone carries gradient: outputs of the generator that no hole touches do not move', () => {
    const { networks, x } = setUp(6)
    const mask = new Matrix(n, 64)
    for (let i = 0; i < n; i++) mask.row(i).set([1, 1], 20)
    const before = snapshot(networks)
    step(networks, x, mask, 0.05)
    const [was, is] = [before.generator, snapshot(networks).generator].map(g => g.layers.at(-1)!)
    for (let o = 0; o < 64; o++) {
      const same = String(was!.W.row(o)) === String(is!.W.row(o)) && was!.b[o] === is!.b[o]
      if (o !== 20 && o !== 21) expect(same, `output ${o}`).toBe(true)
    }
    expect([20, 21].some(o => String(was!.W.row(o)) !== String(is!.W.row(o)))).toBe(true)
  })

  test('of a smaller batch leaves what lies behind it alone', () => {
    const first = setUp(7)
    const second = setUp(7)
    const part = 4
    second.networks.images.x.fill(0.7)
    second.networks.holes.listMask(new Float32Array(n * 64).fill(1), n)
    const [x, mask] = [first.x.slice(0, part), first.mask.slice(0, part)]
    expect(step(first.networks, x, mask, 0.05)).toBe(step(second.networks, x, mask, 0.05))
    expect(first.networks.state()).toEqual(second.networks.state())
  })
})
