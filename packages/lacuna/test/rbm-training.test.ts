import { describe, expect, test } from 'vitest'
import { ConditionalRbm } from '../dist/boltzmann/conditional-rbm.js'
import { pseudoLogLikelihood } from '../dist/boltzmann/pseudo-likelihood.js'
import type { RbmEpoch } from '../dist/boltzmann/training.js'
import type { RbmTrainingOptions } from '../dist/boltzmann/training-options.js'
import { type M64, Matrix } from '../dist/compute/matrix.js'
import { readSafetensors, writeSafetensors } from '../dist/formats/safetensors.js'
import { allBits, entangled, matrixOf } from './reference/boltzmann.js'
import { noise } from './reference/noise.js'

type Data = { x: M64; y: M64 }

const sizes = { inputs: 3, outputs: 5, hidden: 4 }
const few: RbmTrainingOptions = { epochs: 4, batch: 32, momentum: 0.5, weightDecay: 1e-3 }
const code = (code: string) => expect.objectContaining({ code })
const same = (a: Uint8Array, b: Uint8Array) => Buffer.compare(a, b) === 0

/** All (x, y), each as often as it should come among about `total` examples. */
function population(rbm: ConditionalRbm, total: number): Data {
  const { x, y } = states(rbm)
  const times = [...rbm.logProbability(x, y)].map(logP => Math.round(total * Math.exp(logP)))
  const rows = (of: M64) =>
    times.flatMap((count, n) => Array.from({ length: count }, () => [...of.row(n)]))
  return { x: matrixOf(rows(x), x.cols), y: matrixOf(rows(y), y.cols) }
}

/** All states of (x, y). */
function states({ W, U }: ConditionalRbm): Data {
  const all = allBits(W.rows + U.rows)
  return {
    x: matrixOf(
      all.map(v => v.slice(0, W.rows)),
      W.rows,
    ),
    y: matrixOf(
      all.map(v => v.slice(W.rows)),
      U.rows,
    ),
  }
}

/** KL(p‖q) of p(x,y), or of p(y|x) averaged over the first one's x. */
function divergence(p: ConditionalRbm, q: ConditionalRbm, conditional: boolean): number {
  const { x, y } = states(p)
  const joint = p.logProbability(x, y)
  const [logP, logQ] = [p, q].map(rbm =>
    conditional ? rbm.conditionalLogProbability(y, x) : rbm.logProbability(x, y),
  )
  return joint.reduce((sum, value, n) => sum + Math.exp(value) * (logP![n]! - logQ![n]!), 0)
}

const data = population(entangled(3, 5, 4, 2, noise(1)), 150)

async function epochsOf(
  rbm: ConditionalRbm,
  options: RbmTrainingOptions = {},
  {
    x,
    y,
  }: { x: Matrix<Float32Array | Float64Array>; y: Matrix<Float32Array | Float64Array> } = data,
) {
  const epochs: RbmEpoch[] = []
  for await (const epoch of rbm.train(x, y, { ...few, ...options })) epochs.push(epoch)
  return epochs
}

describe('learning from a teacher', () => {
  for (const [d, c] of [
    [0, 6],
    [3, 4],
  ] as const) {
    const p = entangled(d, c, 3, 3, noise(2))
    const examples = population(p, 400)
    const which = d > 0 ? 'p(y|x)' : 'p(y)'

    /** How far a machine is from the teacher after training. */
    async function trained(options: RbmTrainingOptions) {
      const rbm = ConditionalRbm.create({ seed: 1, inputs: d, outputs: c, hidden: 3 })
      const plain = { validation: 0, weightDecay: 0, momentum: 0.9 }
      const epochs = await epochsOf(rbm, { ...plain, ...options }, examples)
      return { distance: divergence(p, rbm, d > 0), nll: epochs.at(-1)!.nll }
    }

    test(`the exact gradient recovers ${which} but for the rounding of 400 examples`, async () => {
      const exact = { method: 'exact', batch: 100 } as const
      const { distance, nll } = await trained({ ...exact, epochs: 200, learningRate: 1 })
      const { distance: independent } = await trained({ ...exact, epochs: 1, learningRate: 1e-9 })
      expect(distance).toBeLessThan(0.01)
      expect(independent).toBeGreaterThan(0.5)
      // The most likely machine explains the examples at least as well as the teacher does.
      const { x, y } = examples
      const logP = d > 0 ? p.conditionalLogProbability(y, x) : p.logProbability(x, y)
      expect(nll).toBeLessThan(-logP.reduce((a, b) => a + b) / x.rows + 1e-3)
    })

    test(`chains come near ${which}, persistent or not`, async () => {
      const options = { epochs: 80, batch: 20, learningRate: 0.05, momentum: 0.5 }
      for (const method of [{ method: 'pcd' }, { method: 'cd', sweeps: 20 }] as const)
        expect((await trained({ ...options, ...method })).distance).toBeLessThan(0.05)
    })
  }
})

describe('training', () => {
  test('gives the same bytes twice, and when resumed after any epoch', async () => {
    const ways: RbmTrainingOptions[] = [
      {},
      { method: 'cd', sweeps: 2, centring: false },
      { likelihood: 'joint' },
      { method: 'exact', likelihood: 'joint' },
    ]
    for (const options of ways) {
      const whole = ConditionalRbm.create({ seed: 4, ...sizes })
      const epochs = await epochsOf(whole, options)
      expect(epochs.map(({ epoch }) => epoch)).toEqual([0, 1, 2, 3])
      const again = ConditionalRbm.create({ seed: 4, ...sizes })
      expect(await epochsOf(again, options)).toEqual(epochs)
      expect(same(again.save(), whole.save())).toBe(true)
      for (const { epoch, state } of epochs) {
        const resumed = ConditionalRbm.create({ seed: 4, ...sizes })
        expect(await epochsOf(resumed, { ...options, resume: state })).toEqual(
          epochs.slice(epoch + 1),
        )
        expect(same(resumed.save(), whole.save())).toBe(true)
      }
    }
  })

  test('depends on the seed and on each option', async () => {
    const ways: (RbmTrainingOptions & { seed?: number })[] = [
      {},
      { seed: 5 },
      { method: 'cd' },
      { method: 'exact' },
      { sweeps: 2 },
      { likelihood: 'joint' },
      { batch: 31 },
      { learningRate: 0.06 },
      { momentum: 0 },
      { weightDecay: 0 },
      { centring: false },
      { validation: 0 },
    ]
    const machines = new Set<string>()
    for (const { seed = 4, ...options } of ways) {
      const rbm = ConditionalRbm.create({ seed, ...sizes })
      await epochsOf(rbm, { epochs: 2, ...options })
      machines.add(String(rbm.U.data))
    }
    expect(machines.size).toBe(ways.length)
  })

  test('reports what the machine itself says of the examples', async () => {
    const rbm = ConditionalRbm.create({ seed: 4, ...sizes })
    const options = { method: 'exact', validation: 0, learningRate: 1e-9 } as const
    const last = (await epochsOf(rbm, options)).at(-1)!
    const { x, y } = data
    const mean = (values: Float64Array) => values.reduce((a, b) => a + b) / values.length
    expect(last.freeEnergy).toBeCloseTo(mean(rbm.freeEnergy(x, y)), 6)
    expect(last.pseudoLogLikelihood).toBeCloseTo(mean(pseudoLogLikelihood(rbm, x, y)), 6)
    expect(last.nll).toBeCloseTo(-mean(rbm.conditionalLogProbability(y, x)), 5)
    expect(last).toMatchObject({ freeEnergyGap: NaN })
    const h = rbm.hiddenGiven(x, y)
    const squares = y.data.map((y_j, at) => {
      const [n, j] = [Math.floor(at / y.cols), at % y.cols]
      const t = rbm.U.row(j).reduce((sum, U_jk, k) => sum + U_jk * h.row(n)[k]!, rbm.outputBias[j]!)
      return (y_j - 1 / (1 + Math.exp(-t))) ** 2
    })
    expect(last.reconstructionError).toBeCloseTo(mean(squares), 6)
    const held = (await epochsOf(rbm, { validation: 0.2 })).at(-1)!
    expect(Math.abs(held.freeEnergyGap)).toBeLessThan(1)
    expect(held.nll).toBeNaN()
  })

  test('leaves the inputs’ biases alone where p(y|x) is learnt, and sets them where p(x,y) is', async () => {
    const rbm = ConditionalRbm.create({ seed: 4, ...sizes })
    await epochsOf(rbm)
    expect([...rbm.inputBias]).toEqual([0, 0, 0])
    await epochsOf(rbm, { likelihood: 'joint' })
    expect(rbm.inputBias.every(a => a !== 0)).toBe(true)
  })

  test('drops a log Z that is no longer true', async () => {
    const rbm = ConditionalRbm.create({ seed: 4, ...sizes })
    const before = rbm.logPartition()
    await epochsOf(rbm)
    expect(rbm.logPartition()).not.toBe(before)
    expect(rbm.logPartition()).toBe(ConditionalRbm.load(rbm.save()).logPartition())
  })

  test('stops where the loop is left, and can be cancelled at once', async () => {
    const left = ConditionalRbm.create({ seed: 4, ...sizes })
    let state = new Uint8Array()
    for await (const epoch of left.train(data.x, data.y, few)) {
      state = epoch.state as Uint8Array<ArrayBuffer>
      if (epoch.epoch === 1) break
    }
    const saved = readSafetensors(state).tensors.get('machine')!.data as Uint8Array
    expect(same(saved, left.save())).toBe(true)

    const controller = new AbortController()
    const rbm = ConditionalRbm.create({ seed: 4, ...sizes })
    const before = rbm.save()
    setTimeout(() => controller.abort('enough'), 200)
    const options = { sweeps: 1_000_000, signal: controller.signal }
    const training = rbm.train(data.x, data.y, options).next()
    await expect(training).rejects.toMatchObject({ code: 'LACUNA_E_ABORTED', cause: 'enough' })
    expect(same(rbm.save(), before)).toBe(true)
  })

  test('says when it diverges', async () => {
    const rbm = ConditionalRbm.create({ seed: 4, ...sizes })
    const training = epochsOf(rbm, { weightDecay: 1e30, learningRate: 1e30 })
    await expect(training).rejects.toEqual(code('LACUNA_E_DIVERGED'))
  })

  test('refuses states of other runs, unfit data and options out of range', async () => {
    const rbm = () => ConditionalRbm.create({ seed: 4, ...sizes })
    const [first] = await epochsOf(rbm())
    const resume = first!.state
    const rejected = (options: object, examples = data) =>
      expect(epochsOf(rbm(), options, examples)).rejects
    const fewer = { x: data.x.slice(1, data.x.rows), y: data.y.slice(1, data.y.rows) }
    for (const options of [{ learningRate: 0.1 }, { epochs: 5 }, { method: 'cd' }])
      await rejected({ resume, ...options }).toEqual(code('LACUNA_E_RESUME'))
    await rejected({ resume }, fewer).toEqual(code('LACUNA_E_RESUME'))
    await rejected({ resume: rbm().save() }).toEqual(code('LACUNA_E_RESUME'))
    await rejected({ resume: new Uint8Array(9) }).toEqual(code('LACUNA_E_SAFETENSORS'))
    for (const options of [
      { epochs: 0 },
      { batch: 1.5 },
      { sweeps: 0 },
      { learningRate: NaN },
      { momentum: 1 },
      { weightDecay: -1 },
      { validation: 1 },
      { method: 'ml' },
      { likelihood: 'y' },
    ])
      await rejected(options).toEqual(code('LACUNA_E_OPTION'))
    const bits = (rows: number, cols: number) =>
      new Matrix(rows, cols, new Float64Array(rows * cols))
    await rejected({}, { x: bits(9, 2), y: bits(9, 5) }).toEqual(code('LACUNA_E_SHAPE'))
    await rejected({}, { x: bits(9, 3), y: bits(8, 5) }).toEqual(code('LACUNA_E_SHAPE'))
    await rejected({}, { x: bits(1, 3), y: bits(1, 5) }).toEqual(code('LACUNA_E_SHAPE'))
    const y = bits(9, 5)
    y.data[7] = 0.5
    await rejected({}, { x: bits(9, 3), y }).toEqual(code('LACUNA_E_BITS'))
    const large = ConditionalRbm.create({ seed: 1, outputs: 30, hidden: 30 })
    const exact = epochsOf(large, { method: 'exact' }, { x: bits(9, 0), y: bits(9, 30) })
    await expect(exact).rejects.toEqual(code('LACUNA_E_TOO_LARGE'))
  })

  test('copes with two examples, with constant columns and with batches larger than the data', async () => {
    const rbm = ConditionalRbm.create({ seed: 1, outputs: 3, hidden: 2 })
    const y = matrixOf(
      [
        [1, 0, 1],
        [1, 0, 0],
      ],
      3,
    )
    const examples = { x: new Matrix(2, 0), y }
    const epochs = await epochsOf(rbm, { validation: 0, batch: 100 }, examples)
    expect(epochs.every(({ pseudoLogLikelihood }) => Number.isFinite(pseudoLogLikelihood))).toBe(
      true,
    )
  })
})

describe('checkpoints', () => {
  test('load gives back the machine to the bit, and what was saved can be saved again', async () => {
    const rbm = ConditionalRbm.create({ seed: 4, ...sizes })
    await epochsOf(rbm)
    for (const one of [
      rbm,
      ConditionalRbm.create({ seed: 9, ...sizes }),
      entangled(0, 3, 2, 1, noise(3)),
    ]) {
      const loaded = ConditionalRbm.load(one.save())
      expect([loaded.W, loaded.U]).toEqual([one.W, one.U])
      const biases = (of: ConditionalRbm) => [of.inputBias, of.outputBias, of.hiddenBias]
      expect(biases(loaded)).toEqual(biases(one))
      expect(same(loaded.save(), one.save())).toBe(true)
    }
    const { metadata } = readSafetensors(rbm.save())
    expect(JSON.parse(metadata.training!)).toMatchObject({ epochs: 4, method: 'pcd', batch: 32 })
  })

  test('bare W and U load too; damaged files are refused', () => {
    const { tensors, metadata } = readSafetensors(entangled(2, 3, 2, 1, noise(3)).save())
    const [W, U] = [tensors.get('W')!, tensors.get('U')!]
    const bare = (of: [string, typeof W][]) =>
      ConditionalRbm.load(writeSafetensors(new Map(of), {}))
    expect(
      bare([
        ['W', W],
        ['U', U],
      ]).U.data,
    ).toEqual(U.data)
    expect([
      ...bare([
        ['W', W],
        ['U', U],
      ]).hiddenBias,
    ]).toEqual([0, 0])
    expect(() => bare([['W', W]])).toThrow(code('LACUNA_E_CHECKPOINT'))
    expect(() =>
      bare([
        ['W', W],
        ['U', W],
      ]),
    ).not.toThrow()
    const other = { shape: [3, 5], data: new Float64Array(15) }
    expect(() =>
      bare([
        ['W', other],
        ['U', U],
      ]),
    ).toThrow(code('LACUNA_E_CHECKPOINT'))
    const load = (changes: object) =>
      ConditionalRbm.load(writeSafetensors(tensors, { ...metadata, ...changes }))
    expect(() => load({ configuration: '{"inputs":-1}' })).toThrow(code('LACUNA_E_CHECKPOINT'))
    expect(() => load({ model: 'other' })).toThrow(code('LACUNA_E_CHECKPOINT'))
    expect(() => ConditionalRbm.load(new Uint8Array(3))).toThrow(code('LACUNA_E_SAFETENSORS'))
  })

  test('create refuses sizes out of range', () => {
    for (const wrong of [
      { inputs: -1 },
      { outputs: 0 },
      { hidden: 0 },
      { hidden: 1.5 },
      { seed: -1 },
    ])
      expect(() => ConditionalRbm.create({ seed: 1, ...sizes, ...wrong })).toThrow(
        code('LACUNA_E_OPTION'),
      )
  })
})

test('the names of the columns stay with the machine through training, and unfit ones are refused', async () => {
  const columns = { inputs: ['a', 'b', 'c'], outputs: ['p', 'q', 'r', 's', 'ü "t",'] }
  const rbm = ConditionalRbm.create({ seed: 1, ...sizes, columns })
  await epochsOf(rbm, { epochs: 1 })
  expect(ConditionalRbm.load(rbm.save()).columns).toEqual(columns)
  const bare = ConditionalRbm.create({ seed: 1, ...sizes })
  expect(ConditionalRbm.load(bare.save()).columns).toBe(undefined)
  for (const wrong of [
    { ...columns, inputs: ['a', 'b'] },
    { ...columns, inputs: ['a', 'b', 'p'] },
  ]) {
    expect(() => ConditionalRbm.create({ seed: 1, ...sizes, columns: wrong })).toThrow(
      'LACUNA_E_OPTION',
    )
    const { tensors, metadata } = readSafetensors(bare.save())
    const configuration = JSON.stringify({ ...sizes, columns: wrong })
    const damaged = writeSafetensors(tensors, { ...metadata, configuration })
    expect(() => ConditionalRbm.load(damaged)).toThrow('LACUNA_E_CHECKPOINT')
  }
})
