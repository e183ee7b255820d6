import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { ConditionalRbm } from '../dist/boltzmann/conditional-rbm.js'
import { Enumeration } from '../dist/boltzmann/enumeration.js'
import { jointLayers } from '../dist/boltzmann/joint-layers.js'
import { type M64, Matrix } from '../dist/compute/matrix.js'
import { Random } from '../dist/compute/random.js'
import { LacunaError } from '../dist/errors.js'
import {
  allBits,
  energyOf,
  jointTable,
  logP,
  type Machine,
  matrixOf,
  rbmOf,
  same,
} from './reference/boltzmann.js'

/** Machines of at most 9 bits: small and large weights, with and without biases, layers of no or one unit. */
const machine: fc.Arbitrary<Machine> = fc
  .record({
    d: fc.integer({ min: 0, max: 3 }),
    c: fc.integer({ min: 0, max: 3 }),
    K: fc.integer({ min: 0, max: 3 }),
    scale: fc.constantFrom(1, 5, 50),
    withBiases: fc.boolean(),
  })
  .chain(({ d, c, K, scale, withBiases }) => {
    const weight = fc.double({ min: -scale, max: scale, noNaN: true })
    const list = (length: number, value = weight) =>
      fc.array(value, { minLength: length, maxLength: length })
    const rows = (count: number) => fc.array(list(K), { minLength: count, maxLength: count })
    const bias = withBiases ? weight : fc.constant(0)
    return fc.record({
      W: rows(d),
      U: rows(c),
      a: list(d, bias),
      b: list(c, bias),
      q: list(K, bias),
    })
  })

/** All (x,y) of a machine as two matrices, and as lists. */
function allVisible({ a, b }: Machine): { x: M64; y: M64; pairs: { x: number[]; y: number[] }[] } {
  const pairs = allBits(a.length).flatMap(x => allBits(b.length).map(y => ({ x, y })))
  return {
    x: matrixOf(
      pairs.map(pair => pair.x),
      a.length,
    ),
    y: matrixOf(
      pairs.map(pair => pair.y),
      b.length,
    ),
    pairs,
  }
}

/** What rounding leaves of logarithms and probabilities when energies are as large as `most`. */
const rounding = (most: number) => 1e-13 * (1 + most)

describe('ConditionalRbm against the table of all p(x,y,h)', () => {
  test('energy is the double sum', () => {
    fc.assert(
      fc.property(machine, m => {
        const rbm = rbmOf(m)
        const { table, most } = jointTable(m)
        const rows = (pick: 'x' | 'y' | 'h', cols: number) =>
          matrixOf(
            table.map(entry => entry[pick]),
            cols,
          )
        const E = rbm.energy(rows('x', m.a.length), rows('y', m.b.length), rows('h', m.q.length))
        table.forEach(({ x, y, h }, n) => {
          expect(Math.abs(E[n]! - energyOf(m, x, y, h))).toBeLessThan(rounding(most))
        })
      }),
      { numRuns: 60 },
    )
  })

  test('2(a): p(h_k=1|x,y), p(y_j=1|h), and p(x_i=1|h) likewise', () => {
    fc.assert(
      fc.property(machine, m => {
        const rbm = rbmOf(m)
        const { table, most } = jointTable(m)
        const { x, y, pairs } = allVisible(m)
        const tolerance = rounding(most)
        const hidden = rbm.hiddenGiven(x, y)
        pairs.forEach((pair, n) => {
          const given = table.filter(entry => same(entry.x, pair.x) && same(entry.y, pair.y))
          const all = logP(given, () => true)
          m.q.forEach((_, k) => {
            const expected = Math.exp(logP(given, ({ h }) => h[k] === 1) - all)
            expect(Math.abs(hidden.row(n)[k]! - expected)).toBeLessThan(tolerance)
          })
        })
        const states = allBits(m.q.length)
        const h = matrixOf(states, m.q.length)
        const [outputs, inputs] = [rbm.outputGiven(h), rbm.inputGiven(h)]
        states.forEach((state, n) => {
          const given = table.filter(entry => same(entry.h, state))
          const all = logP(given, () => true)
          m.b.forEach((_, j) => {
            const expected = Math.exp(logP(given, entry => entry.y[j] === 1) - all)
            expect(Math.abs(outputs.row(n)[j]! - expected)).toBeLessThan(tolerance)
            // …and x tells nothing more.
            for (const inputBits of allBits(m.a.length)) {
              const more = given.filter(entry => same(entry.x, inputBits))
              const p = Math.exp(logP(more, entry => entry.y[j] === 1) - logP(more, () => true))
              expect(Math.abs(outputs.row(n)[j]! - p)).toBeLessThan(tolerance)
            }
          })
          m.a.forEach((_, i) => {
            const expected = Math.exp(logP(given, entry => entry.x[i] === 1) - all)
            expect(Math.abs(inputs.row(n)[i]! - expected)).toBeLessThan(tolerance)
          })
        })
      }),
      { numRuns: 40 },
    )
  })

  test('2(b): F, log Z, p(x,y), p(y|x), Z(x) and the marginals', () => {
    fc.assert(
      fc.property(machine, m => {
        const rbm = rbmOf(m)
        const { table, logZ, most } = jointTable(m)
        const { x, y, pairs } = allVisible(m)
        const tolerance = rounding(most)
        const near = (value: number, expected: number) =>
          expect(Math.abs(value - expected)).toBeLessThan(tolerance)
        near(rbm.logPartition(), logZ)
        const [F, joint] = [rbm.freeEnergy(x, y), rbm.logProbability(x, y)]
        const [conditional, logZx] = [rbm.conditionalLogProbability(y, x), rbm.logPartitionGiven(x)]
        const marginals = rbm.outputMarginals(x)
        pairs.forEach((pair, n) => {
          const givenX = table.filter(entry => same(entry.x, pair.x))
          const [logPx, logPxy] = [
            logP(givenX, () => true),
            logP(givenX, entry => same(entry.y, pair.y)),
          ]
          near(F[n]!, -(logPxy + logZ))
          near(joint[n]!, logPxy)
          near(conditional[n]!, logPxy - logPx)
          near(logZx[n]!, logPx + logZ)
          m.b.forEach((_, j) => {
            near(marginals.row(n)[j]!, Math.exp(logP(givenX, e => e.y[j] === 1) - logPx))
          })
        })
        near(
          joint.reduce((sum, value) => sum + Math.exp(value), 0),
          1,
        )
        const perInput = 2 ** m.b.length
        for (let n = 0; n < pairs.length; n += perInput)
          near(
            conditional.subarray(n, n + perInput).reduce((sum, v) => sum + Math.exp(v), 0),
            1,
          )
      }),
      { numRuns: 60 },
    )
  })

  test('both layers give the same log Z and the same expectations', () => {
    fc.assert(
      fc.property(machine, m => {
        const rbm = rbmOf(m)
        const { table, logZ, most } = jointTable(m)
        const { A, visibleBias } = jointLayers(rbm)
        for (const side of ['visible', 'hidden'] as const) {
          const enumeration = new Enumeration(A, side)
          const found = enumeration.moments(visibleBias, rbm.hiddenBias)
          const marginals = enumeration.visibleMarginals(visibleBias, rbm.hiddenBias).visible
          expect(Math.abs(found.logPartition - logZ)).toBeLessThan(rounding(most))
          const v = (entry: { x: number[]; y: number[] }, j: number) => [...entry.x, ...entry.y][j]
          for (let j = 0; j < A.rows; j++) {
            const p = Math.exp(logP(table, entry => v(entry, j) === 1))
            expect(Math.abs(found.visible[j]! - p)).toBeLessThan(rounding(most))
            expect(Math.abs(marginals[j]! - p)).toBeLessThan(rounding(most))
            for (let k = 0; k < A.cols; k++) {
              const both = Math.exp(logP(table, e => v(e, j) === 1 && e.h[k] === 1))
              expect(Math.abs(found.products.row(j)[k]! - both)).toBeLessThan(rounding(most))
            }
          }
          for (let k = 0; k < A.cols; k++) {
            const p = Math.exp(logP(table, entry => entry.h[k] === 1))
            expect(Math.abs(found.hidden[k]! - p)).toBeLessThan(rounding(most))
          }
        }
      }),
      { numRuns: 40 },
    )
  })

  test('the exact gradients are the derivatives of −log p(y|x) and −log p(x,y)', () => {
    fc.assert(
      fc.property(
        machine.filter(({ W, U, a, b, q }) =>
          [...W, ...U, a, b, q].flat().every(value => Math.abs(value) <= 5),
        ),
        fc.nat(1000),
        (m, seed) => {
          const rbm = rbmOf(m)
          const random = new Random(seed)
          const bits = (length: number) => Array.from({ length }, () => random.integer(0, 2))
          const examples = Array.from({ length: 3 }, () => ({
            x: bits(m.a.length),
            y: bits(m.b.length),
          }))
          const x = matrixOf(
            examples.map(e => e.x),
            m.a.length,
          )
          const y = matrixOf(
            examples.map(e => e.y),
            m.b.length,
          )
          const nlls = () => {
            const { table } = jointTable(m)
            let [conditional, joint] = [0, 0]
            for (const example of examples) {
              const givenX = table.filter(entry => same(entry.x, example.x))
              const logPxy = logP(givenX, entry => same(entry.y, example.y))
              joint -= logPxy / 3
              conditional -= (logPxy - logP(givenX, () => true)) / 3
            }
            return [conditional, joint]
          }
          const lists: [keyof Machine, number[]][] = [
            ...m.W.map((row): [keyof Machine, number[]] => ['W', row]),
            ...m.U.map((row): [keyof Machine, number[]] => ['U', row]),
            ['a', m.a],
            ['b', m.b],
            ['q', m.q],
          ]
          const gradients = [rbm.conditionalGradient(x, y), rbm.jointGradient(x, y)]
          gradients.forEach((gradient, which) => {
            expect(Math.abs(gradient.nll - nlls()[which]!)).toBeLessThan(1e-11)
            const flat = {
              W: [...gradient.W.data],
              U: [...gradient.U.data],
              a: [...gradient.inputBias],
              b: [...gradient.outputBias],
              q: [...gradient.hiddenBias],
            }
            for (const [name, list] of lists)
              for (let at = 0; at < list.length; at++) {
                const kept = list[at]!
                const at_ = (step: number) => {
                  list[at] = kept + step
                  const value = nlls()[which]!
                  list[at] = kept
                  return value
                }
                // Fourth order: off by h⁴/30 times a fifth cumulant of a bit (< 1/2), for F and log Z.
                const h = 1 / 128
                const difference = (8 * (at_(h) - at_(-h)) - (at_(2 * h) - at_(-2 * h))) / (12 * h)
                expect(Math.abs(flat[name].shift()! - difference)).toBeLessThan(1e-9)
              }
          })
        },
      ),
      { numRuns: 12 },
    )
  })
})

describe('ConditionalRbm by hand', () => {
  test('the smallest machine of the sheet: d = c = K = 1, W = log 2, U = log 3', () => {
    const one = (value: number) => new Matrix(1, 1, Float64Array.of(value))
    const rbm = ConditionalRbm.from({ W: one(Math.log(2)), U: one(Math.log(3)) })
    // e^(−F(x,y)) = 1 + 2^x 3^y: 2, 4 for x = 0 and 3, 7 for x = 1.
    expect(rbm.logPartition()).toBeCloseTo(Math.log(16), 14)
    expect(rbm.logPartitionGiven(one(1))[0]).toBeCloseTo(Math.log(10), 14)
    expect(rbm.conditionalLogProbability(one(1), one(1))[0]).toBeCloseTo(Math.log(0.7), 14)
    expect(rbm.logProbability(one(0), one(1))[0]).toBeCloseTo(Math.log(1 / 4), 14)
    expect(rbm.outputMarginals(one(0)).data[0]).toBeCloseTo(2 / 3, 14)
    expect(rbm.hiddenGiven(one(1), one(1)).data[0]).toBeCloseTo(6 / 7, 14)
    expect(rbm.outputGiven(one(1)).data[0]).toBeCloseTo(3 / 4, 14)
    expect(rbm.inputGiven(one(1)).data[0]).toBeCloseTo(2 / 3, 14)
    expect(rbm.energy(one(1), one(1), one(1))[0]).toBeCloseTo(-Math.log(6), 14)
    // ∂U: p(y=1,h=1|x=1) − p(h=1|x=1,y=1) = 6/10 − 6/7.
    const gradient = rbm.conditionalGradient(one(1), one(1))
    expect(gradient.nll).toBeCloseTo(-Math.log(0.7), 14)
    expect(gradient.U.data[0]).toBeCloseTo(6 / 10 - 6 / 7, 14)
    expect(gradient.W.data[0]).toBeCloseTo(8 / 10 - 6 / 7, 14)
    expect([...gradient.inputBias]).toEqual([0])
  })

  test('2²⁰ states of pairs that do not touch: Z and the marginals are products', () => {
    const random = new Random(5)
    const normal = (length: number, scale: number) =>
      Float64Array.from({ length }, () => scale * random.normal())
    const [b, q, u] = [normal(20, 2), normal(20, 2), normal(20, 3)]
    const U = new Matrix(20, 20, new Float64Array(400))
    for (let j = 0; j < 20; j++) U.row(j)[j] = u[j]!
    const W = new Matrix(0, 20, new Float64Array(0))
    const rbm = ConditionalRbm.from({ W, U, outputBias: b, hiddenBias: q })
    const pair = (j: number) => [
      1,
      Math.exp(b[j]!),
      Math.exp(q[j]!),
      Math.exp(b[j]! + q[j]! + u[j]!),
    ]
    const sums = [...b.keys()].map(j => pair(j).reduce((sum, value) => sum + value))
    const logZ = sums.reduce((sum, value) => sum + Math.log(value), 0)
    expect(Math.abs(rbm.logPartition() - logZ)).toBeLessThan(1e-12)
    const marginals = rbm.outputMarginals(new Matrix(1, 0, new Float64Array(0)))
    for (let j = 0; j < 20; j++) {
      const [, onlyY, , both] = pair(j) as [number, number, number, number]
      expect(Math.abs(marginals.data[j]! - (onlyY + both) / sums[j]!)).toBeLessThan(1e-12)
    }
  })

  test('weights that overflow every exponential', () => {
    const W = matrixOf(
      [
        [50, -50],
        [1000, 1e4],
      ],
      2,
    )
    const U = matrixOf(
      [
        [50, -50],
        [-3000, 2e4],
      ],
      2,
    )
    const rbm = ConditionalRbm.from({ W, U })
    const [ones, zeros] = [matrixOf([[1, 1]], 2), matrixOf([[0, 0]], 2)]
    // t = (1050 − 2950, 9950 + 19950): the second hidden unit is on, the first one off.
    expect(rbm.freeEnergy(ones, ones)[0]).toBe(-29900)
    expect(rbm.freeEnergy(zeros, zeros)[0]).toBeCloseTo(-2 * Math.LN2, 14)
    // Both layers of Z agree on the largest term: x₂ and y₂ on, x₁ and y₁ off, e^(1e4 + 2e4).
    expect(rbm.logPartition()).toBeCloseTo(30000, 9)
    expect(rbm.conditionalLogProbability(ones, ones)[0]).toBeCloseTo(29900 - 29950, 9)
    const [first, second] = rbm.outputMarginals(ones).data
    // 1/(1 + e^50), whose e^50 is rounded: the neighbour of the nearest number at most.
    const relative = first! / (Math.exp(-50) / (1 + Math.exp(-50))) - 1
    expect(Math.abs(relative)).toBeLessThanOrEqual(Number.EPSILON)
    expect(second).toBe(1)
    for (const value of rbm.jointGradient(ones, ones).W.data) expect(value).not.toBeNaN()
  })

  test('biases may be lists, vectors or a matrix of one row, and 0 is no bias', () => {
    const W = matrixOf([[1, 2]], 2)
    const U = matrixOf([[3, -1]], 2)
    const x = matrixOf([[1]], 1)
    const expected = ConditionalRbm.from({ W, U, hiddenBias: [0.5, -0.5] }).freeEnergy(x, x)
    for (const hiddenBias of [Float64Array.of(0.5, -0.5), matrixOf([[0.5, -0.5]], 2)])
      expect(ConditionalRbm.from({ W, U, hiddenBias }).freeEnergy(x, x)).toEqual(expected)
    const zeros = { inputBias: [0], outputBias: [0], hiddenBias: [0, 0] }
    expect(ConditionalRbm.from({ W, U, ...zeros })).toEqual(ConditionalRbm.from({ W, U }))
  })

  test('keeps a copy of its parameters', () => {
    const W = matrixOf([[1]], 1)
    const rbm = ConditionalRbm.from({ W, U: W })
    W.data[0] = NaN
    expect(rbm.logPartition()).toBeCloseTo(Math.log(2 + 2 * (1 + Math.E) + 1 + Math.E ** 2), 14)
  })
})

describe('ConditionalRbm refuses', () => {
  const W = matrixOf([[1, 2]], 2)
  const U = matrixOf([[3, -1]], 2)
  const rbm = ConditionalRbm.from({ W, U })
  const bit = (value: number) => new Matrix(1, 1, Float64Array.of(value))
  const wide = new Matrix(1, 3, new Float64Array(3))
  const none = new Matrix(0, 1, new Float64Array(0))
  const codeOf = (work: () => unknown) => {
    try {
      work()
    } catch (error) {
      if (error instanceof LacunaError) return error.code
      throw error
    }
    return 'no error'
  }

  test('parameters that do not fit one another or are not finite', () => {
    expect(codeOf(() => ConditionalRbm.from({ W: wide, U }))).toBe('LACUNA_E_SHAPE')
    for (const name of ['inputBias', 'outputBias', 'hiddenBias'])
      expect(() => ConditionalRbm.from({ W, U, [name]: [1, 2, 3] })).toThrow(
        new RegExp(`LACUNA_E_SHAPE.*${name}`),
      )
    expect(codeOf(() => ConditionalRbm.from({ W, U: matrixOf([[NaN, 0]], 2) }))).toBe(
      'LACUNA_E_NOT_FINITE',
    )
    expect(codeOf(() => ConditionalRbm.from({ W, U, hiddenBias: [0, Infinity] }))).toBe(
      'LACUNA_E_NOT_FINITE',
    )
  })

  test('rows of another width or number, values that are not bits, NaN', () => {
    const asked: Record<string, (v: M64) => unknown> = {
      'energy x': v => rbm.energy(v, bit(1), matrixOf([[1, 0]], 2)),
      'freeEnergy y': v => rbm.freeEnergy(bit(1), v),
      'hiddenGiven x': v => rbm.hiddenGiven(v, bit(1)),
      'logPartitionGiven x': v => rbm.logPartitionGiven(v),
      'logProbability y': v => rbm.logProbability(bit(0), v),
      'conditionalLogProbability y': v => rbm.conditionalLogProbability(v, bit(0)),
      'outputMarginals x': v => rbm.outputMarginals(v),
      'conditionalGradient x': v => rbm.conditionalGradient(v, bit(1)),
      'jointGradient y': v => rbm.jointGradient(bit(1), v),
    }
    for (const [name, ask] of Object.entries(asked)) {
      expect(
        codeOf(() => ask(bit(1))),
        name,
      ).toBe('no error')
      expect(
        codeOf(() => ask(wide)),
        name,
      ).toBe('LACUNA_E_SHAPE')
      for (const value of [0.5, -1, 2, 1e-300])
        expect(
          codeOf(() => ask(bit(value))),
          name,
        ).toBe('LACUNA_E_BITS')
      expect(
        codeOf(() => ask(bit(NaN))),
        name,
      ).toBe('LACUNA_E_NOT_FINITE')
    }
    const two = matrixOf([[1], [0]], 1)
    expect(codeOf(() => rbm.freeEnergy(two, bit(1)))).toBe('LACUNA_E_SHAPE')
    expect(codeOf(() => rbm.outputGiven(bit(1)))).toBe('LACUNA_E_SHAPE')
    expect(() =>
      rbm.inputGiven(
        matrixOf(
          [
            [1, 1],
            [0, 3],
          ],
          2,
        ),
      ),
    ).toThrow(/LACUNA_E_BITS.*h holds 3 at row 1, column 1/)
  })

  test('the mean over no examples', () => {
    expect(codeOf(() => rbm.conditionalGradient(none, none))).toBe('LACUNA_E_SHAPE')
    expect(codeOf(() => rbm.jointGradient(none, none))).toBe('LACUNA_E_SHAPE')
    expect(rbm.freeEnergy(none, none)).toHaveLength(0)
  })

  test('sums over more than 2²⁸ states, and says how many', () => {
    const zeros = (rows: number, cols: number) =>
      new Matrix(rows, cols, new Float64Array(rows * cols))
    const large = ConditionalRbm.from({ W: zeros(20, 29), U: zeros(9, 29) })
    expect(() => large.logPartition()).toThrow(/LACUNA_E_TOO_LARGE.*2\^29/)
    // …but Z(x) needs only the 2⁹ outputs: 2²⁹·2⁹.
    expect(large.logPartitionGiven(zeros(1, 20))[0]).toBeCloseTo(38 * Math.LN2, 12)
    const wider = ConditionalRbm.from({ W: zeros(0, 40), U: zeros(30, 40) })
    const empty = zeros(1, 0)
    expect(() => wider.logPartitionGiven(empty)).toThrow(/LACUNA_E_TOO_LARGE.*2\^30/)
    expect(() => wider.outputMarginals(empty)).toThrow(/LACUNA_E_TOO_LARGE/)
    expect(() => wider.conditionalGradient(empty, zeros(1, 30))).toThrow(/LACUNA_E_TOO_LARGE/)
  })
})
