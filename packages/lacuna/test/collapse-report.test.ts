import { describe, expect, test } from 'vitest'
import { Matrix } from '../dist/compute/matrix.js'
import { inverseProblem } from '../dist/data/bishop-problems.js'
import { readSafetensors, writeSafetensors } from '../dist/formats/safetensors.js'
import { collapseReport } from '../dist/mixture/collapse-report.js'
import { MixtureDensityNetwork } from '../dist/mixture/mixture-density-network.js'

/** A network whose answer is the same mixture at every x: its last layer has this bias alone. */
function constant(components: number, bias: number[], scale: number, floor = 0.01) {
  const options = { seed: 1, inputs: 1, components, hidden: [2], floor }
  const { tensors, metadata } = readSafetensors(MixtureDensityNetwork.create(options).save())
  const weight = tensors.get('network.2.weight')!
  weight.data.fill(0 as never)
  tensors.set('network.2.bias', { shape: [bias.length], data: Float32Array.from(bias) })
  tensors.set('outputs.scale', { shape: [1], data: Float64Array.of(scale) })
  return MixtureDensityNetwork.load(writeSafetensors(tensors, metadata))
}

const x = new Matrix(4, 1, Float32Array.of(0, 1, 2, 3))
const t = new Matrix(4, 1, Float32Array.of(1, 2, 3, 6))
const normal = (t: number, mean: number, sd: number) =>
  Math.exp(-0.5 * ((t - mean) / sd) ** 2) / sd / Math.sqrt(2 * Math.PI)

describe('the collapse report', () => {
  // Weights ¾, ¼ and next to nothing; means 0, 10, 0; σ = 1, below the floor 0.01, 1; all times 2.
  const network = constant(3, [Math.log(3), 0, -50, 0, 5, 0, 0, -9, 0], 2)

  test('names dead components and counts σ at the floor', () => {
    const report = collapseReport(network, x, t)
    expect(report.dead).toEqual([2])
    expect(report.largestWeights[0]).toBeCloseTo(0.75, 6)
    expect(report.largestWeights[1]).toBeCloseTo(0.25, 6)
    expect(report.scalesAtFloor).toBeCloseTo(1 / 3, 14)
    expect(report.weightAtFloor).toBeCloseTo(0.25, 6)
    expect([...network.leastScales]).toEqual([0.02])
    expect(collapseReport(network, x, t, { threshold: 0.5 }).dead).toEqual([1, 2])
    expect(collapseReport(constant(1, [0, 0, -2], 2), x, t)).toMatchObject({
      dead: [],
      scalesAtFloor: 0,
      weightAtFloor: 0,
    })
  })

  test('has its error and both baselines by hand', () => {
    const one = constant(1, [0, 1, Math.log(1.5)], 2)
    const report = collapseReport(network, x, t, { oneComponent: one })
    const nll = (density: (t: number) => number) =>
      [1, 2, 3, 6].reduce((sum, value) => sum - Math.log(density(value)) / 4, 0)
    expect(report.nll).toBeCloseTo(
      nll(t => 0.75 * normal(t, 0, 2)),
      6,
    )
    expect(report.gaussianNll).toBeCloseTo(
      nll(t => normal(t, 3, Math.sqrt(14 / 4))),
      12,
    )
    expect(report.oneComponentNll).toBeCloseTo(
      nll(t => normal(t, 2, 3)),
      6,
    )
    expect(collapseReport(network, x, t)).not.toHaveProperty('oneComponentNll')
  })

  test('of a trained network: better than both baselines on a problem with several answers', async () => {
    const data = inverseProblem(1000, 1)
    const trained = async (components: number) => {
      const model = MixtureDensityNetwork.create({ seed: 1, inputs: 1, components })
      for await (const _ of model.train(data.x, data.t, { epochs: 30 }));
      return model
    }
    const fresh = inverseProblem(2000, 2)
    const options = { oneComponent: await trained(1) }
    const report = collapseReport(await trained(5), fresh.x, fresh.t, options)
    // t is uniform over (0, 1), with variance 1/12.
    expect(Math.abs(report.gaussianNll - 0.5 * Math.log((2 * Math.PI * Math.E) / 12))).toBeLessThan(
      0.05,
    )
    expect(report.oneComponentNll!).toBeLessThan(report.gaussianNll - 0.3)
    expect(report.nll).toBeLessThan(report.oneComponentNll! - 0.3)
    expect(report.oneComponentNll!).toBeGreaterThan(-0.655 - 0.1) // no single Gaussian is below
  })

  test('refuses what does not fit', () => {
    expect(() => collapseReport(network, x, new Matrix(3, 1))).toThrow(/LACUNA_E_SHAPE/)
    expect(() => collapseReport(network, new Matrix(0, 1), new Matrix(0, 1))).toThrow(/_E_SHAPE/)
    expect(() => collapseReport(network, x, t, { oneComponent: network })).toThrow(/_E_SHAPE.*3/)
    expect(() => collapseReport(network, x, t, { threshold: 2 })).toThrow(/LACUNA_E_OPTION/)
  })
})
