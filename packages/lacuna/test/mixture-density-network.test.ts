import { describe, expect, test } from 'vitest'
import { type M64, Matrix } from '../dist/compute/matrix.js'
import { Random } from '../dist/compute/random.js'
import { inverseProblem } from '../dist/data/bishop-problems.js'
import { splitExamples } from '../dist/data/split.js'
import { readSafetensors, writeSafetensors } from '../dist/formats/safetensors.js'
import { MixtureDensityNetwork } from '../dist/mixture/mixture-density-network.js'
import type { MixtureEpoch, MixtureTrainingOptions } from '../dist/mixture/training.js'

const small = { inputs: 1, components: 3, hidden: [6, 5] }
const few: MixtureTrainingOptions = { epochs: 4, batch: 32 }
const data = inverseProblem(150, 1)

const same = (a: Uint8Array, b: Uint8Array) => Buffer.compare(a, b) === 0
const code = (code: string) => expect.objectContaining({ code })
const double = ({ rows, cols, data }: Matrix): M64 =>
  new Matrix(rows, cols, Float64Array.from(data))

async function epochsOf(
  network: MixtureDensityNetwork,
  options: MixtureTrainingOptions = {},
  { x, t }: { x: Matrix; t: Matrix } = data,
) {
  const epochs: MixtureEpoch[] = []
  for await (const epoch of network.train(x, t, { ...few, ...options })) epochs.push(epoch)
  return epochs
}

/** Mean of −log p(t|x). */
function nllOf(network: MixtureDensityNetwork, { x, t }: { x: Matrix; t: Matrix }): number {
  return network
    .predict(x)
    .logDensity(double(t))
    .reduce((sum, value) => sum - value / x.rows, 0)
}

describe('training', () => {
  test('gives the same bytes twice, and when resumed after any epoch', async () => {
    for (const options of [{}, { optimiser: 'sgd' }, { optimiser: 'sgd', momentum: 0 }] as const) {
      const whole = MixtureDensityNetwork.create({ seed: 4, ...small })
      const epochs = await epochsOf(whole, options)
      expect(epochs.map(({ epoch }) => epoch)).toEqual([0, 1, 2, 3])
      const again = MixtureDensityNetwork.create({ seed: 4, ...small })
      expect(await epochsOf(again, options)).toEqual(epochs)
      expect(same(again.save(), whole.save())).toBe(true)
      for (const { epoch, state } of 'optimiser' in options ? epochs.slice(1, 2) : epochs) {
        const resumed = MixtureDensityNetwork.create({ seed: 4, ...small })
        const rest = await epochsOf(resumed, { ...options, resume: state })
        expect(rest).toEqual(epochs.slice(epoch + 1))
        expect(same(resumed.save(), whole.save())).toBe(true)
      }
    }
  })

  test('does not depend on where the data lie, and leaves them as they are', async () => {
    const whole = MixtureDensityNetwork.create({ seed: 4, ...small })
    await epochsOf(whole)
    // In the middle of a larger buffer, and in memory that threads share.
    for (const buffer of [new ArrayBuffer(1300), new SharedArrayBuffer(1300)]) {
      const [x, t] = [new Float32Array(buffer, 4, 150), new Float32Array(buffer, 644, 150)]
      x.set(data.x.data)
      t.set(data.t.data)
      const network = MixtureDensityNetwork.create({ seed: 4, ...small })
      await epochsOf(network, {}, { x: new Matrix(150, 1, x), t: new Matrix(150, 1, t) })
      expect(same(network.save(), whole.save())).toBe(true)
      expect([x, t]).toEqual([data.x.data, data.t.data])
    }
  })

  test('depends on the seed and on the optimiser', async () => {
    const trained = async (seed: number, options: MixtureTrainingOptions) => {
      const network = MixtureDensityNetwork.create({ seed, ...small })
      return (await epochsOf(network, options)).at(-1)!.nll
    }
    const nlls = [
      await trained(4, {}),
      await trained(5, {}),
      await trained(4, { optimiser: 'sgd' }),
      await trained(4, { optimiser: 'sgd', momentum: 0.5 }),
    ]
    expect(new Set(nlls).size).toBe(4)
  })

  test('reports errors that are the model’s own, in the units of the data', async () => {
    // In other units of x and t the same network gives p/64: every error grows by log 64.
    const scaled = { x: data.x.data.map(v => 8 * v - 16), t: data.t.data.map(v => 64 * v) }
    const other = { x: new Matrix(150, 1, scaled.x), t: new Matrix(150, 1, scaled.t) }
    const [one, two] = [1, 2].map(() => MixtureDensityNetwork.create({ seed: 4, ...small }))
    const [plain, large] = [await epochsOf(one!), await epochsOf(two!, {}, other)]
    for (const [i, { nll, validationNll }] of plain.entries()) {
      expect(Math.abs(large[i]!.nll - nll - Math.log(64))).toBeLessThan(1e-3)
      expect(Math.abs(large[i]!.validationNll - validationNll - Math.log(64))).toBeLessThan(1e-3)
    }
    // Without examples kept aside the model is the last epoch's, and its error continues the curve.
    const all = MixtureDensityNetwork.create({ seed: 4, ...small })
    const epochs = await epochsOf(all, { validation: 0, learningRate: 1e-9 })
    expect(epochs.at(-1)).toMatchObject({ best: 3, validationNll: NaN })
    expect(Math.abs(nllOf(all, data) - epochs.at(-1)!.nll)).toBeLessThan(1e-5)
  })

  test('keeps the best epoch and stops when patience is at its end', async () => {
    const network = MixtureDensityNetwork.create({ seed: 4, ...small })
    const options = { epochs: 200, patience: 3, learningRate: 0.05 }
    const epochs = await epochsOf(network, options)
    const last = epochs.at(-1)!
    expect(epochs.length).toBeLessThan(200)
    expect(last.epoch - last.best).toBe(3)
    const best = Math.min(...epochs.map(({ validationNll }) => validationNll))
    expect(epochs[last.best]!.validationNll).toBe(best)
    const left = MixtureDensityNetwork.create({ seed: 4, ...small })
    for await (const { epoch } of left.train(data.x, data.t, { ...few, ...options }))
      if (epoch === last.best) break
    expect(same(left.save(), network.save())).toBe(true)
  })

  test('every epoch has its checkpoint, whose error on the examples kept aside is the one it reports', async () => {
    const network = MixtureDensityNetwork.create({ seed: 4, ...small })
    const epochs = await epochsOf(network, { epochs: 200, patience: 3, learningRate: 0.05 })
    const { held } = splitExamples(150, 0.1, 4)
    const select = ({ data }: Matrix) =>
      new Matrix(
        held.length,
        1,
        Float32Array.from(held, row => data[row]!),
      )
    const kept = { x: select(data.x), t: select(data.t) }
    for (const { checkpoint, validationNll } of epochs)
      expect(nllOf(MixtureDensityNetwork.load(checkpoint), kept)).toBeCloseTo(validationNll, 4)
    const { best, epoch } = epochs.at(-1)!
    expect(best).toBeLessThan(epoch)
    expect(same(network.save(), epochs[best]!.checkpoint)).toBe(true)
  })

  test('an outlier that is kept aside, of which no error can be had, ends the training with a word', async () => {
    const t = new Matrix(150, 1, data.t.data.slice())
    t.data[splitExamples(150, 0.1, 4).held[0]!] = 3e38
    const network = MixtureDensityNetwork.create({ seed: 4, ...small })
    await expect(epochsOf(network, {}, { x: data.x, t })).rejects.toMatchObject({
      code: 'LACUNA_E_DIVERGED',
      message: expect.stringMatching(/examples kept aside is NaN at the end of epoch 0/),
    })
  })

  test('can be cancelled at once', async () => {
    const controller = new AbortController()
    const network = MixtureDensityNetwork.create({ seed: 4, inputs: 1 })
    const before = network.save()
    const { x, t } = inverseProblem(100_000, 1)
    setTimeout(() => controller.abort('enough'), 200)
    const training = network.train(x, t, { signal: controller.signal }).next()
    await expect(training).rejects.toMatchObject({ code: 'LACUNA_E_ABORTED', cause: 'enough' })
    expect(same(network.save(), before)).toBe(true)
  })

  test('refuses states of other runs, unfit data and options out of range', async () => {
    const network = () => MixtureDensityNetwork.create({ seed: 4, ...small })
    const [first] = await epochsOf(network(), { epochs: 4 })
    const resume = first!.state
    const rejected = (options: object, examples = data) =>
      expect(epochsOf(network(), options, examples)).rejects
    for (const options of [{ learningRate: 0.1 }, { epochs: 5 }, { optimiser: 'sgd' }])
      await rejected({ resume, ...options }).toEqual(code('LACUNA_E_RESUME'))
    await rejected({ resume }, inverseProblem(149, 1)).toEqual(code('LACUNA_E_RESUME'))
    await rejected({ resume: network().save() }).toEqual(code('LACUNA_E_RESUME'))
    await rejected({ resume: new Uint8Array(9) }).toEqual(code('LACUNA_E_SAFETENSORS'))
    for (const options of [
      { epochs: 0 },
      { batch: 1.5 },
      { patience: 0 },
      { learningRate: NaN },
      { momentum: 1 },
      { validation: 1 },
      { optimiser: 'lbfgs' },
    ])
      await rejected(options).toEqual(code('LACUNA_E_OPTION'))
    await rejected({}, inverseProblem(1, 1)).toEqual(code('LACUNA_E_SHAPE'))
    await rejected({}, { x: new Matrix(9, 2), t: new Matrix(9, 1) }).toEqual(code('LACUNA_E_SHAPE'))
    await rejected({}, { x: new Matrix(9, 1), t: new Matrix(8, 1) }).toEqual(code('LACUNA_E_SHAPE'))
    const t = new Matrix(9, 1)
    t.data[7] = NaN
    await rejected({}, { x: new Matrix(9, 1), t }).toEqual(code('LACUNA_E_NOT_FINITE'))
  })

  test('copes with two examples, with constant columns and with batches larger than the data', async () => {
    const x = new Matrix(2, 1, Float32Array.of(3, 3))
    const t = new Matrix(2, 1, Float32Array.of(7, 7))
    const network = MixtureDensityNetwork.create({ seed: 1, ...small })
    await epochsOf(network, { batch: 1e9 }, { x, t })
    expect(Math.abs(network.predict(x).mean().data[0]! - 7)).toBeLessThan(0.5)
  })

  test('stops with a word when it diverges', async () => {
    const network = MixtureDensityNetwork.create({ seed: 4, ...small })
    const run = epochsOf(network, { epochs: 200, optimiser: 'sgd', learningRate: 1e30 })
    await expect(run).rejects.toEqual(code('LACUNA_E_DIVERGED'))
  })
})

describe('checkpoints', () => {
  test('give identical predictions, and the same bytes when saved again', async () => {
    for (const covariance of ['isotropic', 'diagonal'] as const) {
      const network = MixtureDensityNetwork.create({ seed: 4, ...small, outputs: 2, covariance })
      const t = new Matrix(150, 2)
      data.x.data.forEach((value, i) => {
        t.row(i).set([value, 3 * data.t.data[i]!])
      })
      await epochsOf(network, {}, { x: data.x, t })
      const loaded = MixtureDensityNetwork.load(network.save())
      const [one, two] = [network, loaded].map(model => model.predict(data.x))
      expect(two!.logWeights).toEqual(one!.logWeights)
      expect(two!.means).toEqual(one!.means)
      expect(two!.scales).toEqual(one!.scales)
      expect(same(loaded.save(), network.save())).toBe(true)
    }
  })

  test('that do not fit are refused, each with what is wrong', () => {
    const bytes = MixtureDensityNetwork.create({ seed: 5, ...small }).save()
    const load = (change: (file: ReturnType<typeof readSafetensors>) => void) => () => {
      const file = readSafetensors(bytes)
      change(file)
      return MixtureDensityNetwork.load(writeSafetensors(file.tensors, file.metadata))
    }
    expect(load(f => f.tensors.delete('network.2.bias'))).toThrow(/_CHECKPOINT.*network.2.bias/)
    const zero = { shape: [1], data: new Float64Array(1) }
    expect(load(f => f.tensors.set('outputs.scale', zero))).toThrow(/_CHECKPOINT.*outputs.scale/)
    const configured = (change: object) =>
      load(f => {
        const was = JSON.parse(f.metadata.configuration!)
        f.metadata.configuration = JSON.stringify({ ...was, ...change })
      })
    for (const change of [
      { components: 4 },
      { components: 1e12 },
      { outputs: 0 },
      { hidden: 'many' },
      { activation: 'sine' },
      { covariance: 'full' },
      { floor: 0 },
    ])
      expect(configured(change)).toThrow(/_CHECKPOINT/)
    expect(load(f => Object.assign(f.metadata, { model: 'energy-inpainter' }))).toThrow(
      /_CHECKPOINT.*energy-inpainter/,
    )
    expect(() => MixtureDensityNetwork.load(writeSafetensors(new Map()))).toThrow(/_CHECKPOINT/)
    expect(() => MixtureDensityNetwork.load(new Uint8Array(50))).toThrow(/_SAFETENSORS/)
  })
})

describe('questions', () => {
  test('do not depend on how many are asked at once', () => {
    const network = MixtureDensityNetwork.create({ seed: 4, ...small })
    const { x } = inverseProblem(1203, 2)
    const all = network.predict(x)
    const last = network.predict(x.slice(1202, 1203))
    expect(last.means.data).toEqual(all.means.slice(1202, 1203).data)
    expect(last.scales.data).toEqual(all.scales.slice(1202, 1203).data)
    expect(network.predict(new Matrix(0, 1)).examples).toBe(0)
  })

  test('refuse unfit input with its place, and models that cannot be are not created', () => {
    const network = MixtureDensityNetwork.create({ seed: 4, ...small })
    expect(() => network.predict(new Matrix(2, 2))).toThrow(/LACUNA_E_SHAPE.*2×1.*2×2/)
    const x = new Matrix(2, 1, Float32Array.of(0, Infinity))
    expect(() => network.predict(x)).toThrow(/LACUNA_E_NOT_FINITE.*row 1/)
    for (const options of [
      { inputs: 0 },
      { inputs: 1, outputs: 0 },
      { inputs: 1, components: 1.5 },
      { inputs: 1, hidden: [0] },
      { inputs: 1, floor: 0 },
      { inputs: 1, activation: 'sine' as 'tanh' },
      { inputs: 1, covariance: 'full' as 'diagonal' },
      { inputs: 1, seed: -1 },
    ])
      expect(() => MixtureDensityNetwork.create({ seed: 1, ...options })).toThrow(/LACUNA_E_OPTION/)
  })
})

describe('known densities are learned', () => {
  test('one answer whose noise depends on x: KL from the truth under 0.02 nats', async () => {
    // t | x ~ N(sin 3x, (0.05 + 0.2x²)²), x uniform over ±1.
    const mean = (x: number) => Math.sin(3 * x)
    const sd = (x: number) => 0.05 + 0.2 * x * x
    const random = new Random(1)
    const [x, t] = [new Matrix(3000, 1), new Matrix(3000, 1)]
    for (let i = 0; i < 3000; i++) {
      x.data[i] = 2 * random.uniform() - 1
      t.data[i] = mean(x.data[i]!) + sd(x.data[i]!) * random.normal()
    }
    const network = MixtureDensityNetwork.create({ seed: 1, inputs: 1, components: 2 })
    await epochsOf(network, { epochs: 60, batch: 100 }, { x, t })
    // KL(p‖q) = E_p[log p − log q], by the midpoint rule in t over ±6σ.
    const [places, nodes] = [40, 120]
    let kl = 0
    for (let i = 0; i < places; i++) {
      const at = -1 + (2 * (i + 0.5)) / places
      const xs = new Matrix(nodes, 1, new Float64Array(nodes).fill(at))
      const step = (12 * sd(at)) / nodes
      const ts = Float64Array.from(
        { length: nodes },
        (_, k) => mean(at) - 6 * sd(at) + (k + 0.5) * step,
      )
      const logQ = network.predict(xs).logDensity(new Matrix(nodes, 1, ts))
      for (const [k, value] of ts.entries()) {
        const u = (value - mean(at)) / sd(at)
        const logP = -0.5 * u * u - Math.log(sd(at)) - 0.5 * Math.log(2 * Math.PI)
        kl += (Math.exp(logP) * (logP - logQ[k]!) * step) / places
      }
    }
    // A smooth mean and a smooth log σ take some 30 effective parameters each; each costs 1/(2n) nats.
    expect(kl).toBeGreaterThan(0)
    expect(kl).toBeLessThan(0.02)
  })

  test('two outputs that depend on one another through the component: NLL within 0.05 of the entropy', async () => {
    // Two clouds of equal weight, far apart, with different noise in each output.
    const random = new Random(2)
    const draw = (n: number) => {
      const [x, t] = [new Matrix(n, 1), new Matrix(n, 2)]
      for (let i = 0; i < n; i++) {
        x.data[i] = 2 * random.uniform() - 1
        const side = random.uniform() < 0.5 ? -1 : 1
        t.row(i).set([
          side + x.data[i]! + 0.1 * random.normal(),
          10 * (side * x.data[i]! + 2 * side + 0.05 * random.normal()),
        ])
      }
      return { x, t }
    }
    const train = draw(3000)
    const test = draw(5000)
    // log 2 for the side, and that of two Gaussians with σ = 0.1 and 0.5.
    const entropy = Math.log(2) + Math.log(2 * Math.PI * Math.E) + Math.log(0.1 * 0.5)
    const options = { seed: 1, inputs: 1, outputs: 2, components: 2, hidden: [20] }
    const network = MixtureDensityNetwork.create({ ...options, covariance: 'diagonal' })
    await epochsOf(network, { epochs: 60, batch: 100 }, train)
    const excess = nllOf(network, test) - entropy
    // −log p has the standard deviation 1 (a sum of two squares, each with variance ½).
    expect(Math.abs(excess)).toBeLessThan(0.05 + 4 / Math.sqrt(5000))
  })

  test('Bishop’s inverse problem: well below a single Gaussian, not below the entropy', async () => {
    const test = inverseProblem(5000, 12)
    const network = MixtureDensityNetwork.create({ seed: 1, inputs: 1, hidden: [20, 20] })
    await epochsOf(network, { epochs: 40, batch: 50 }, inverseProblem(2000, 11))
    const nll = nllOf(network, test)
    expect(nll).toBeLessThan(-1)
    // From point to point log p(t|x) of the true density has the standard deviation 0.87.
    expect(nll).toBeGreaterThan(-1.2823 - (4 * 0.87) / Math.sqrt(5000))
  })
})
