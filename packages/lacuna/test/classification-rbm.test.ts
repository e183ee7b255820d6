import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { ClassMachine } from '../dist/boltzmann/class-machine.js'
import { ClassObjective } from '../dist/boltzmann/class-objective.js'
import { ClassificationRbm } from '../dist/boltzmann/classification-rbm.js'
import type {
  ClassificationEpoch,
  ClassificationTrainingOptions,
} from '../dist/boltzmann/classification-training.js'
import { type M64, Matrix } from '../dist/compute/matrix.js'
import { Random } from '../dist/compute/random.js'
import { readImages, readLabels } from '../dist/data/idx.js'
import { readSafetensors, writeSafetensors } from '../dist/formats/safetensors.js'
import {
  allBits,
  jointTable,
  logP,
  logSumExp,
  type Machine,
  matrixOf,
} from './reference/boltzmann.js'
import { mnistFile, orSkipped, withoutMnist } from './reference/mnist.js'

const same = (a: Uint8Array, b: Uint8Array) => Buffer.compare(a, b) === 0
const code = (code: string) => expect.objectContaining({ code })

const list = (length: number, scale: number) =>
  fc.array(fc.double({ min: -scale, max: scale, noNaN: true }), {
    minLength: length,
    maxLength: length,
  })

/** A small machine whose y are classes, as the reference writes machines down. */
const machine = fc
  .record({
    d: fc.nat(3),
    c: fc.integer({ min: 1, max: 4 }),
    K: fc.nat(3),
    scale: fc.constantFrom(1, 5, 50),
  })
  .chain(({ d, c, K, scale }) => {
    const rows = (count: number) => fc.array(list(K, scale), { minLength: count, maxLength: count })
    return fc.record({
      W: rows(d),
      U: rows(c),
      a: list(d, scale),
      b: list(c, scale),
      q: list(K, scale),
    })
  })

const rbmOf = ({ W, U, a, b, q }: Machine) =>
  ClassificationRbm.from({
    W: matrixOf(W, q.length),
    U: matrixOf(U, q.length),
    inputBias: a,
    classBias: b,
    hiddenBias: q,
  })

describe('ClassificationRbm against the table of all p(x,y,h) with one y_j = 1', () => {
  test('p(y|x) and F(x,y)', () => {
    fc.assert(
      fc.property(machine, m => {
        const rbm = rbmOf(m)
        const { table, logZ, most } = jointTable(m)
        const inputs = allBits(m.a.length)
        const x = matrixOf(inputs, m.a.length)
        const [p, logs] = [rbm.predict(x), rbm.logProbabilities(x)]
        inputs.forEach((bits, n) => {
          const joint = m.b.map((_, label) =>
            logP(
              table,
              entry =>
                String(entry.x) === String(bits) &&
                entry.y.every((value, j) => value === (j === label ? 1 : 0)),
            ),
          )
          const all = logSumExp(joint)
          m.b.forEach((_, label) => {
            const tolerance = 1e-13 * (1 + most)
            expect(Math.abs(logs.row(n)[label]! - (joint[label]! - all))).toBeLessThan(tolerance)
            expect(p.row(n)[label]).toBeCloseTo(Math.exp(joint[label]! - all), 11)
            const F = rbm.freeEnergy(matrixOf([bits], m.a.length), [label])[0]!
            expect(Math.abs(F + joint[label]! + logZ)).toBeLessThan(tolerance)
          })
        })
      }),
      { numRuns: 60 },
    )
  })

  test('by hand: one input, two classes, one unit', () => {
    const one = (...values: number[]) =>
      matrixOf(
        values.map(value => [value]),
        1,
      )
    const rbm = ClassificationRbm.from({ W: one(Math.log(2)), U: one(0, Math.log(3)) })
    // e^(−F): 1 + 2^x for class 0 and 1 + 2^x·3 for class 1.
    const p = rbm.predict(one(0, 1, 0.5))
    expect(p.row(0)[1]).toBeCloseTo(4 / 6, 14)
    expect(p.row(1)[1]).toBeCloseTo(7 / 10, 14)
    const half = 1 + 3 * Math.SQRT2
    expect(p.row(2)[1]).toBeCloseTo(half / (half + 1 + Math.SQRT2), 14)
    // ∂U₁ at (x = 1, y = 1): (p − 1)·sigm(log 6); ∂b₁: p − 1.
    const gradient = rbm.conditionalGradient(one(1), [1])
    expect(gradient.nll).toBeCloseTo(-Math.log(0.7), 14)
    expect(gradient.U.data[1]).toBeCloseTo(-0.3 * (6 / 7), 14)
    expect(gradient.W.data[0]).toBeCloseTo(-0.3 * (6 / 7) + 0.3 * (2 / 3), 14)
    expect([...gradient.classBias].map(value => value.toFixed(12))).toEqual([
      '0.300000000000',
      '-0.300000000000',
    ])
  })

  test('weights that overflow every exponential', () => {
    const W = matrixOf([[1e4, -1e4]], 2)
    const rbm = ClassificationRbm.from({
      W,
      U: matrixOf(
        [
          [0, 0],
          [50, 0],
        ],
        2,
      ),
    })
    const x = matrixOf([[1]], 1)
    expect(rbm.freeEnergy(x, [0])[0]).toBe(-1e4)
    expect(rbm.logProbabilities(x).data[0]).toBeCloseTo(-50, 10)
  })
})

describe('the gradient in the kernels', () => {
  const shape = { inputs: 7, classes: 4, hidden: 21 }
  const examples = (rows: number, seed: number) => {
    const random = new Random(seed)
    const x = new Matrix(rows, shape.inputs)
    for (let i = 0; i < x.data.length; i++) x.data[i] = random.uniform()
    return { x, labels: Uint32Array.from({ length: rows }, () => random.integer(0, 4)) }
  }
  const machineOf = (rbm: ClassificationRbm, rows: number) => {
    const machine = new ClassMachine(shape, rows)
    const { W, U, inputBias, classBias, hiddenBias } = rbm
    machine.adopt({ W: W.data, U: U.data, inputBias, classBias, hiddenBias })
    return machine
  }
  const random = new Random(3)
  const normal = (rows: number, cols: number): M64 =>
    new Matrix(
      rows,
      cols,
      Float64Array.from({ length: rows * cols }, () => Math.fround(random.normal())),
    )
  const rbm = ClassificationRbm.from({
    W: normal(7, 21),
    U: normal(4, 21),
    inputBias: normal(1, 7),
    classBias: normal(1, 4),
    hiddenBias: normal(1, 21),
  })

  test('is the closed form, for full batches and for smaller ones after them', () => {
    const machine = machineOf(rbm, 9)
    const objective = new ClassObjective(machine, { discriminative: 1, generative: 0 }, 1)
    const parts = machine.partsOf(objective.gradient)
    for (const rows of [9, 5]) {
      const { x, labels } = examples(rows, rows)
      machine.x.set(x.data)
      const { nll, errors } = objective.differentiate(labels, rows, 0)
      const exact = rbm.conditionalGradient(x, labels)
      const p = rbm.predict(x)
      expect(Math.abs(nll / rows - exact.nll)).toBeLessThan(1e-5)
      const wrong = Array.from(labels).filter((y, n) => p.row(n)[y] !== Math.max(...p.row(n)))
      expect(errors).toBe(wrong.length)
      const near = (found: Float32Array, values: Float64Array) =>
        values.forEach((value, at) => {
          expect(Math.abs(found[at]! - value)).toBeLessThan(2e-6)
        })
      near(parts.W, exact.W.data)
      near(parts.U, exact.U.data)
      near(parts.inputBias, exact.inputBias)
      near(parts.classBias, exact.classBias)
      near(parts.hiddenBias, exact.hiddenBias)
    }
  })

  test('CD-1’s side of the model has the mean that its Gibbs sweep gives', () => {
    // One example many times over: the mean of x′ĥ′ᵀ and so on, against the sum over all (h, y′, x′).
    const [d, C, K] = [2, 3, 3]
    const [W, U] = [normal(d, K), normal(C, K)]
    const [inputBias, classBias, hiddenBias] = [normal(1, d), normal(1, C), normal(1, K)]
    const rows = 20_000
    const machine = new ClassMachine({ inputs: d, classes: C, hidden: K }, rows)
    machine.adopt({
      W: W.data,
      U: U.data,
      inputBias: inputBias.data,
      classBias: classBias.data,
      hiddenBias: hiddenBias.data,
    })
    const [x0, y0] = [[0.25, 1], 2]
    for (let n = 0; n < rows; n++) machine.x.set(x0, n * d)
    const objective = new ClassObjective(machine, { discriminative: 0, generative: 1 }, 5)
    objective.differentiate(new Uint32Array(rows).fill(y0), rows, 3)
    const found = machine.partsOf(objective.gradient)

    const sigm = (t: number) => 1 / (1 + Math.exp(-t))
    const hidden = (x: number[], y: number) =>
      Array.from({ length: K }, (_, k) =>
        sigm(
          x.reduce((sum, x_i, i) => sum + x_i * W.row(i)[k]!, hiddenBias.data[k]! + U.row(y)[k]!),
        ),
      )
    const bernoulli = (p: number[], bits: number[]) =>
      p.reduce((product, p_i, i) => product * (bits[i] === 1 ? p_i : 1 - p_i), 1)
    const expected = {
      W: new Float64Array(d * K),
      U: new Float64Array(C * K),
      inputBias: new Float64Array(d),
      classBias: new Float64Array(C),
      hiddenBias: new Float64Array(K),
    }
    const add = (x: number[], y: number, h: number[], weight: number) => {
      expected.classBias[y]! += weight
      x.forEach((x_i, i) => {
        expected.inputBias[i]! += weight * x_i
      })
      h.forEach((h_k, k) => {
        expected.hiddenBias[k]! += weight * h_k
        expected.U[y * K + k]! += weight * h_k
        x.forEach((x_i, i) => {
          expected.W[i * K + k]! += weight * x_i * h_k
        })
      })
    }
    add(x0, y0, hidden(x0, y0), -1)
    for (const h of allBits(K)) {
      const pH = bernoulli(hidden(x0, y0), h)
      const dot = (row: Float64Array) => h.reduce((sum, h_k, k) => sum + h_k * row[k]!, 0)
      const scores = Array.from(classBias.data, (b, y) => Math.exp(b + dot(U.row(y))))
      const sum = scores.reduce((a, b) => a + b)
      const pX = Array.from(inputBias.data, (a, i) => sigm(a + dot(W.row(i))))
      for (let y = 0; y < C; y++)
        for (const x of allBits(d)) {
          const weight = (pH * scores[y]! * bernoulli(pX, x)) / sum
          add(x, y, hidden(x, y), weight)
        }
    }
    // Each entry is a mean of numbers from 0 to 1: five standard errors of at most ½/√rows.
    for (const [name, values] of Object.entries(expected))
      values.forEach((value, at) => {
        const off = Math.abs(found[name as keyof typeof expected][at]! - value)
        expect(off, `${name} ${at}`).toBeLessThan(2.5 / Math.sqrt(rows))
      })
    // The draws matter: what the data alone give is far from it.
    expect(Math.abs(found.classBias[y0]! + 1)).toBeGreaterThan(0.1)
  })

  test('the hybrid is the discriminative gradient plus α times the generative one', () => {
    const { x, labels } = examples(6, 1)
    const gradientOf = (discriminative: number, generative: number) => {
      const machine = machineOf(rbm, 6)
      machine.x.set(x.data)
      const objective = new ClassObjective(machine, { discriminative, generative }, 1)
      objective.differentiate(labels, 6, 2)
      return objective.gradient
    }
    const [one, two, both] = [gradientOf(1, 0), gradientOf(0, 1), gradientOf(1, 0.25)]
    both.forEach((value, at) => {
      expect(Math.abs(value - (one[at]! + 0.25 * two[at]!))).toBeLessThan(2e-6)
    })
    expect(two.some(value => Math.abs(value) > 0.1)).toBe(true)
  })
})

/** Which of three places of 12 bits is mostly on; each bit is flipped with probability 0.1. */
function bars(rows: number, seed: number) {
  const random = new Random(seed)
  const x = new Matrix(rows, 12)
  const labels = Uint8Array.from({ length: rows }, () => random.integer(0, 3))
  for (let n = 0; n < rows; n++)
    for (let i = 0; i < 12; i++)
      x.row(n)[i] = (Math.floor(i / 4) === labels[n]) === random.uniform() > 0.1 ? 1 : 0
  return { x, labels }
}

const small = { inputs: 12, classes: 3, hidden: 10 }
const data = bars(150, 1)
const validation = bars(60, 2)
const few: ClassificationTrainingOptions = { epochs: 4, batch: 32, validation }

async function epochsOf(
  rbm: ClassificationRbm,
  options: ClassificationTrainingOptions = {},
  { x, labels }: { x: Matrix; labels: ArrayLike<number> } = data,
) {
  const epochs: ClassificationEpoch[] = []
  for await (const epoch of rbm.train(x, labels, { ...few, ...options })) epochs.push(epoch)
  return epochs
}

describe('training', () => {
  test('gives the same bytes twice, and when resumed after any epoch', async () => {
    for (const objective of ['discriminative', 'generative', 'hybrid'] as const) {
      const whole = ClassificationRbm.create({ seed: 4, ...small })
      const epochs = await epochsOf(whole, { objective })
      expect(epochs.map(({ epoch }) => epoch)).toEqual([0, 1, 2, 3])
      const again = ClassificationRbm.create({ seed: 4, ...small })
      expect(await epochsOf(again, { objective })).toEqual(epochs)
      expect(same(again.save(), whole.save())).toBe(true)
      for (const { epoch, state } of objective === 'hybrid' ? epochs : epochs.slice(1, 2)) {
        const resumed = ClassificationRbm.create({ seed: 4, ...small })
        expect(await epochsOf(resumed, { objective, resume: state })).toEqual(
          epochs.slice(epoch + 1),
        )
        expect(same(resumed.save(), whole.save())).toBe(true)
      }
    }
  })

  test('depends on the seed, the objective and α', async () => {
    const trained = async (seed: number, options: ClassificationTrainingOptions) => {
      const rbm = ClassificationRbm.create({ seed, ...small })
      return (await epochsOf(rbm, options)).at(-1)!.nll
    }
    const nlls = [
      await trained(4, {}),
      await trained(5, {}),
      await trained(4, { objective: 'generative' }),
      await trained(4, { objective: 'hybrid' }),
      await trained(4, { objective: 'hybrid', alpha: 0.5 }),
    ]
    expect(new Set(nlls).size).toBe(5)
  })

  test('every objective learns to tell the classes, and its errors are the machine’s own', async () => {
    const test = bars(500, 3)
    for (const objective of ['discriminative', 'generative', 'hybrid'] as const) {
      const rbm = ClassificationRbm.create({ seed: 4, ...small })
      const options = { objective, epochs: 30, learningRate: 0.03, patience: 30 }
      const epochs = await epochsOf(rbm, options)
      const errorOn = ({ x, labels }: typeof test) => {
        const p = rbm.predict(x)
        const wrong = Array.from(labels).filter((y, n) => p.row(n)[y] !== Math.max(...p.row(n)))
        return wrong.length / x.rows
      }
      const best = epochs[epochs.at(-1)!.best]!
      expect(errorOn(validation)).toBe(best.validationError)
      const logs = rbm.logProbabilities(validation.x)
      const nll = validation.labels.reduce((sum, y, n) => sum - logs.row(n)[y]! / 60, 0)
      expect(Math.abs(nll - best.validationNll)).toBeLessThan(1e-5)
      // The best rule, the place with the most bits on, errs on less than 1 % of such rows.
      expect(errorOn(test)).toBeLessThan(0.05)
    }
  })

  test('keeps the epoch with the fewest validation errors, and stops when patience is at its end', async () => {
    const options = { epochs: 200, patience: 3, learningRate: 0.02 }
    const rbm = ClassificationRbm.create({ seed: 4, ...small })
    const epochs = await epochsOf(rbm, options)
    const last = epochs.at(-1)!
    expect(epochs.length).toBeLessThan(200)
    expect(last.epoch - last.best).toBe(3)
    const errors = epochs.map(({ validationError }) => validationError)
    expect(last.best).toBe(errors.indexOf(Math.min(...errors)))
    const left = ClassificationRbm.create({ seed: 4, ...small })
    for await (const { epoch } of left.train(data.x, data.labels, { ...few, ...options }))
      if (epoch === last.best) break
    expect(same(left.save(), rbm.save())).toBe(true)
  })

  test('without validation examples the machine is the last epoch’s', async () => {
    const rbm = ClassificationRbm.create({ seed: 4, ...small })
    const epochs: ClassificationEpoch[] = []
    for await (const epoch of rbm.train(data.x, data.labels, { epochs: 2 })) epochs.push(epoch)
    expect(epochs.at(-1)).toMatchObject({ best: 1, validationNll: NaN, validationError: NaN })
  })

  test('can be cancelled at once', async () => {
    const controller = new AbortController()
    const rbm = ClassificationRbm.create({ seed: 4, ...small })
    const before = rbm.save()
    const { x, labels } = bars(100_000, 1)
    setTimeout(() => controller.abort('enough'), 100)
    const training = rbm.train(x, labels, { signal: controller.signal, epochs: 1000 }).next()
    await expect(training).rejects.toMatchObject({ code: 'LACUNA_E_ABORTED', cause: 'enough' })
    expect(same(rbm.save(), before)).toBe(true)
  })

  test('refuses states of other runs, unfit data and options out of range', async () => {
    const rbm = () => ClassificationRbm.create({ seed: 4, ...small })
    const [first] = await epochsOf(rbm())
    const resume = first!.state
    const rejected = (options: object, examples: { x: Matrix; labels: ArrayLike<number> } = data) =>
      expect(epochsOf(rbm(), options, examples)).rejects
    for (const options of [{ learningRate: 0.1 }, { epochs: 5 }, { objective: 'hybrid' }])
      await rejected({ resume, ...options }).toEqual(code('LACUNA_E_RESUME'))
    await rejected({ resume }, bars(149, 1)).toEqual(code('LACUNA_E_RESUME'))
    await rejected({ resume, validation: bars(60, 9) }).toEqual(code('LACUNA_E_RESUME'))
    await rejected({ resume: rbm().save() }).toEqual(code('LACUNA_E_RESUME'))
    await rejected({ resume: new Uint8Array(9) }).toEqual(code('LACUNA_E_SAFETENSORS'))
    for (const options of [
      { epochs: 0 },
      { batch: 1.5 },
      { patience: 0 },
      { learningRate: NaN },
      { alpha: 0 },
      { objective: 'contrastive' },
      { objective: 'toString' },
    ])
      await rejected(options).toEqual(code('LACUNA_E_OPTION'))
    const { x, labels } = data
    await rejected({}, { x: new Matrix(9, 11), labels: new Uint8Array(9) }).toEqual(
      code('LACUNA_E_SHAPE'),
    )
    await rejected({}, { x, labels: labels.slice(1) }).toEqual(code('LACUNA_E_SHAPE'))
    await rejected({}, { x: new Matrix(0, 12), labels: [] }).toEqual(code('LACUNA_E_SHAPE'))
    for (const label of [3, -1, 0.5, NaN])
      await rejected({}, { x: x.slice(0, 1), labels: [label] }).toEqual(code('LACUNA_E_RANGE'))
    const grey = new Matrix(1, 12, new Float32Array(12).fill(255))
    await rejected({}, { x: grey, labels: [0] }).toEqual(code('LACUNA_E_RANGE'))
    await rejected({ validation: { x: grey, labels: [0] } }).toEqual(code('LACUNA_E_RANGE'))
    const holed = new Matrix(1, 12, new Float32Array(12).fill(NaN))
    await rejected({}, { x: holed, labels: [0] }).toEqual(code('LACUNA_E_NOT_FINITE'))
  })

  test('stops with a word when it diverges, and copes with one example and large batches', async () => {
    const run = epochsOf(ClassificationRbm.create({ seed: 4, ...small }), { learningRate: 1e38 })
    await expect(run).rejects.toEqual(code('LACUNA_E_DIVERGED'))
    const rbm = ClassificationRbm.create({ seed: 4, ...small })
    const example = { x: data.x.slice(0, 1), labels: [1] }
    const before = rbm.predict(example.x).data[1]!
    for await (const _ of rbm.train(example.x, example.labels, { epochs: 5, batch: 1e9 }));
    expect(rbm.predict(example.x).data[1]).toBeGreaterThan(before)
  })
})

test.skipIf(withoutMnist)(
  orSkipped('MNIST: 4,000 digits and four epochs leave less than 9 % errors on 1,000 others'),
  async () => {
    const { count, pixels } = await readImages(mnistFile('train-images-idx3-ubyte'))
    const labels = await readLabels(mnistFile('train-labels-idx1-ubyte'))
    expect(count).toBe(60_000)
    const part = (start: number, end: number) => ({
      x: new Matrix(
        end - start,
        784,
        Float32Array.from(pixels.subarray(784 * start, 784 * end), value => value / 255),
      ),
      labels: labels.subarray(start, end),
    })
    const [train, validation] = [part(0, 4000), part(4000, 5000)]
    for (const objective of ['discriminative', 'hybrid'] as const) {
      const rbm = ClassificationRbm.create({ seed: 1, inputs: 784, classes: 10, hidden: 60 })
      const options = { objective, epochs: 4, batch: 50, learningRate: 0.01, validation }
      expect((await epochsOf(rbm, options, train)).at(-1)!.validationError).toBeLessThan(0.09)
    }
  },
)

describe('checkpoints', () => {
  test('give identical predictions, and the same bytes when saved again, in both precisions', async () => {
    const trained = ClassificationRbm.create({ seed: 4, ...small })
    await epochsOf(trained, { objective: 'hybrid' })
    const fine = ClassificationRbm.from({
      W: matrixOf([[0.1, 1e-3]], 2),
      U: matrixOf(
        [
          [1, 2],
          [0.3, 4],
        ],
        2,
      ),
    })
    for (const [rbm, x] of [
      [trained, data.x],
      [fine, matrixOf([[0.7]], 1)],
    ] as const) {
      const loaded = ClassificationRbm.load(rbm.save())
      expect(loaded.predict(x)).toEqual(rbm.predict(x))
      expect(same(loaded.save(), rbm.save())).toBe(true)
    }
  })

  test('that do not fit are refused, each with what is wrong', () => {
    const bytes = ClassificationRbm.create({ seed: 5, ...small }).save()
    const load = (change: (file: ReturnType<typeof readSafetensors>) => void) => () => {
      const file = readSafetensors(bytes)
      change(file)
      return ClassificationRbm.load(writeSafetensors(file.tensors, file.metadata))
    }
    expect(load(f => f.tensors.delete('U'))).toThrow(/_CHECKPOINT.* U /)
    for (const configuration of ['{}', '{"inputs":12,"classes":3,"hidden":0}', '[', '7'])
      expect(load(f => Object.assign(f.metadata, { configuration }))).toThrow(/_CHECKPOINT/)
    const wide = '{"inputs":12,"classes":3,"hidden":1000000000000}'
    expect(load(f => Object.assign(f.metadata, { configuration: wide }))).toThrow(/_CHECKPOINT/)
    expect(load(f => Object.assign(f.metadata, { model: 'energy-inpainter' }))).toThrow(
      /_CHECKPOINT.*energy-inpainter/,
    )
    expect(() => ClassificationRbm.load(writeSafetensors(new Map()))).toThrow(/_CHECKPOINT/)
    expect(() => ClassificationRbm.load(new Uint8Array(50))).toThrow(/_SAFETENSORS/)
  })
})

test('machines that cannot be are not made, and unfit questions are refused', () => {
  for (const options of [
    { inputs: 0 },
    { classes: 0 },
    { hidden: 1.5 },
    { inputs: 65536, hidden: 65536 },
    { seed: -1 },
  ])
    expect(() => ClassificationRbm.create({ seed: 1, ...small, ...options })).toThrow(
      /LACUNA_E_OPTION/,
    )
  const [W, U] = [matrixOf([[1, 2]], 2), matrixOf([[3, -1]], 2)]
  expect(() => ClassificationRbm.from({ W, U: matrixOf([[1]], 1) })).toThrow(/LACUNA_E_SHAPE/)
  expect(() => ClassificationRbm.from({ W, U, classBias: [1, 2] })).toThrow(/_SHAPE.*classBias/)
  expect(() => ClassificationRbm.from({ W: matrixOf([[NaN, 1]], 2), U })).toThrow(/_NOT_FINITE/)
  const rbm = ClassificationRbm.from({ W, U })
  expect(() => rbm.predict(matrixOf([[0, 1]], 2))).toThrow(/LACUNA_E_SHAPE/)
  expect(() => rbm.predict(matrixOf([[0], [1.5]], 1))).toThrow(/LACUNA_E_RANGE.*row 1/)
  expect(() => rbm.freeEnergy(matrixOf([[1]], 1), [1])).toThrow(/LACUNA_E_RANGE/)
  expect(() => rbm.conditionalGradient(matrixOf([], 1), [])).toThrow(/LACUNA_E_SHAPE/)
  expect(rbm.predict(matrixOf([], 1)).rows).toBe(0)
})
