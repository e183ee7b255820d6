import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { ConditionalRbm } from '../dist/boltzmann/conditional-rbm.js'
import { type M64, Matrix } from '../dist/compute/matrix.js'
import { Random } from '../dist/compute/random.js'
import {
  allBits,
  type Entry,
  jointTable,
  logP,
  type Machine,
  matrixOf,
  rbmOf,
  same,
} from './reference/boltzmann.js'

/** A question about a small machine: an x, and which outputs are given (NaN where free). */
const question = fc
  .record({
    d: fc.nat(2),
    c: fc.nat(4),
    K: fc.nat(3),
    scale: fc.constantFrom(1, 5, 50),
  })
  .chain(({ d, c, K, scale }) => {
    const weight = fc.double({ min: -scale, max: scale, noNaN: true })
    const list = <T>(value: fc.Arbitrary<T>, length: number) =>
      fc.array(value, { minLength: length, maxLength: length })
    return fc.record({
      machine: fc.record({
        W: list(list(weight, K), d),
        U: list(list(weight, K), c),
        a: list(weight, d),
        b: list(weight, c),
        q: list(weight, K),
      }),
      x: list(fc.nat(1), d),
      given: list(fc.constantFrom(0, 1, Number.NaN, Number.NaN), c),
    })
  })

const row = (values: number[]): M64 => matrixOf([values], values.length)

/** Standard normal couplings of d inputs and c outputs with K hidden units, times `scale`. */
function randomMachine(d: number, c: number, K: number, scale: number, seed: number) {
  const random = new Random(seed)
  const normal = (length: number) => Float64Array.from({ length }, () => scale * random.normal())
  return ConditionalRbm.from({
    W: new Matrix(d, K, normal(d * K)),
    U: new Matrix(c, K, normal(c * K)),
    outputBias: normal(c),
    hiddenBias: normal(K),
  })
}

/** The entries of the joint table that agree with x and the given outputs. */
function conditioned(machine: Machine, x: number[], given: number[]) {
  const { table, most, logZ } = jointTable(machine)
  const fits = (y: number[]) => given.every((value, j) => Number.isNaN(value) || value === y[j])
  return { entries: table.filter(entry => same(entry.x, x) && fits(entry.y)), most, logZ }
}

/** log p(y|x, given) of every y that fits, by the table, the most probable first. */
function ranked(entries: Entry[], c: number): { y: number[]; logP: number }[] {
  const all = logP(entries, () => true)
  return allBits(c)
    .map(y => ({ y, logP: logP(entries, entry => same(entry.y, y)) - all }))
    .filter(({ logP }) => logP > Number.NEGATIVE_INFINITY)
    .sort((a, b) => b.logP - a.logP)
}

describe('predict and completions against the table of all p(x,y,h)', () => {
  test('marginals, the most probable y and its probability, whatever is given', () => {
    fc.assert(
      fc.property(question, ({ machine, x, given }) => {
        const { entries, most } = conditioned(machine, x, given)
        const tolerance = 1e-13 * (1 + most)
        const all = logP(entries, () => true)
        const found = rbmOf(machine).predict(row(x), { given: row(given) })
        expect([found.exact, found.proven]).toEqual([[true], [true]])
        given.forEach((_, j) => {
          const p = Math.exp(logP(entries, ({ y }) => y[j] === 1) - all)
          expect(Math.abs(found.marginals.data[j]! - p)).toBeLessThan(tolerance)
        })
        const order = ranked(entries, given.length)
        const best = order.find(({ y }) => same(y, [...found.best.data]))!
        expect(Math.abs(found.logProbability[0]! - best.logP)).toBeLessThan(tolerance)
        // The largest, or equal to it but for rounding.
        expect(order[0]!.logP - best.logP).toBeLessThan(tolerance)
      }),
      { numRuns: 150 },
    )
  })

  test('completions are the most probable in order, with their free energies', () => {
    fc.assert(
      fc.property(question, fc.integer({ min: 1, max: 20 }), ({ machine, x, given }, count) => {
        const { entries, most, logZ } = conditioned(machine, x, given)
        const tolerance = 1e-13 * (1 + most)
        const order = ranked(entries, given.length)
        const [found] = rbmOf(machine).completions(row(x), count, { given: row(given) })
        expect(found!.length).toBe(Math.min(count, order.length))
        expect(new Set(found!.map(({ y }) => y.join(''))).size).toBe(found!.length)
        for (const [i, { y, freeEnergy, logProbability }] of found!.entries()) {
          expect(Math.abs(logProbability - order[i]!.logP)).toBeLessThan(tolerance)
          const own = order.find(entry => same(entry.y, [...y]))!
          expect(Math.abs(logProbability - own.logP)).toBeLessThan(tolerance)
          const joint = logP(entries, entry => same(entry.y, [...y]))
          expect(Math.abs(freeEnergy + joint + logZ)).toBeLessThan(tolerance)
        }
      }),
      { numRuns: 80 },
    )
  })

  test('each row is answered for itself, and given outputs may differ from row to row', () => {
    const rbm = randomMachine(3, 5, 4, 1, 1)
    const random = new Random(2)
    const x = new Matrix(
      6,
      3,
      Float64Array.from({ length: 18 }, () => random.integer(0, 2)),
    )
    const mask = [0, 1, Number.NaN]
    const given = new Matrix(
      6,
      5,
      Float64Array.from({ length: 30 }, () => mask[random.integer(0, 3)]!),
    )
    const all = rbm.predict(x, { given })
    for (let n = 0; n < 6; n++) {
      const one = rbm.predict(x.slice(n, n + 1), { given: given.slice(n, n + 1) })
      expect(one.marginals.row(0)).toEqual(all.marginals.row(n))
      expect(one.best.row(0)).toEqual(all.best.row(n))
      expect(one.logProbability[0]).toBe(all.logProbability[n])
    }
    expect(rbm.predict(x).marginals).toEqual(rbm.outputMarginals(x))
  })
})

describe('where not everything can be enumerated', () => {
  test('many outputs over few hidden units: exact marginals and probabilities, a searched best', () => {
    // 24 outputs in fours with a hidden unit each: the fours are independent, so the best is known.
    const K = 6
    const U = new Matrix(24, K, new Float64Array(24 * K))
    const random = new Random(3)
    for (let j = 0; j < 24; j++) U.row(j)[j % K] = 3 * random.normal()
    const b = Float64Array.from({ length: 24 }, () => random.normal())
    const rbm = ConditionalRbm.from({ W: matrixOf([], K), U, outputBias: b })
    const none = new Matrix(1, 0, new Float64Array(0))
    const found = rbm.predict(none, { random: new Random(1) })
    expect([found.exact, found.proven]).toEqual([[true], [false]])
    expect(found.marginals).toEqual(rbm.outputMarginals(none))
    const logP = rbm.conditionalLogProbability(found.best, none)[0]!
    expect(Math.abs(found.logProbability[0]! - logP)).toBeLessThan(1e-12)
    const best = new Float64Array(24)
    for (let k = 0; k < K; k++) {
      const members = [0, 1, 2, 3].map(i => K * i + k)
      let most = Number.NEGATIVE_INFINITY
      for (const bits of allBits(4)) {
        const t = members.reduce((sum, j, i) => sum + bits[i]! * U.row(j)[k]!, 0)
        const bias = members.reduce((sum, j, i) => sum + bits[i]! * b[j]!, 0)
        const weight = bias + Math.log1p(Math.exp(t))
        if (weight > most) {
          most = weight
          members.forEach((j, i) => {
            best[j] = bits[i]!
          })
        }
      }
    }
    expect([...found.best.data]).toEqual([...best])
  })

  test('both layers too large for the given patience: marginals near the exact ones, F of the best', () => {
    // 21 units on both sides: more than `predict` enumerates once it may sample, and still countable.
    const rbm = randomMachine(2, 21, 21, 0.3, 4)
    const x = matrixOf([[1, 0]], 2)
    const found = rbm.predict(x, { random: new Random(1), chains: 50, sweeps: 400 })
    expect([found.exact, found.proven]).toEqual([[false], [false]])
    expect(found.logProbability[0]).toBeNaN()
    const exact = rbm.outputMarginals(x)
    // 10,000 means of p(v|h): off by ½/√10,000 at most if they were independent; allow six times that.
    for (const [j, p] of exact.data.entries())
      expect(Math.abs(found.marginals.data[j]! - p)).toBeLessThan(0.03)
    const F = rbm.freeEnergy(x, found.best)[0]!
    for (let j = 0; j < 21; j++) {
      const other = new Matrix(1, 21, found.best.data.slice())
      other.data[j] = 1 - other.data[j]!
      expect(rbm.freeEnergy(x, other)[0]!).toBeGreaterThan(F - 1e-8)
    }
    const some = rbm.completions(x, 5, { random: new Random(1), chains: 50, sweeps: 400 })[0]!
    expect(some[0]!.freeEnergy).toBeCloseTo(F, 9)
    const energies = some.map(({ freeEnergy }) => freeEnergy)
    expect(energies).toEqual([...energies].sort((p, q) => p - q))
    expect(rbm.predict(x, { random: new Random(1), chains: 50, sweeps: 400 })).toEqual(found)
  })

  test('the search finds what comparing all would find', () => {
    for (let seed = 1; seed <= 5; seed++) {
      const rbm = randomMachine(2, 12, 30, 1, seed)
      const x = matrixOf([[1, 1]], 2)
      const best = rbm.completions(x, 1)[0]![0]!
      // With nine more outputs, which have no couplings and are kept off by biases, it must be searched.
      const wide = ConditionalRbm.from({
        W: rbm.W,
        U: new Matrix(
          21,
          30,
          Float64Array.from({ length: 630 }, (_, i) => rbm.U.data[i] ?? 0),
        ),
        outputBias: Float64Array.from({ length: 21 }, (_, j) => rbm.outputBias[j] ?? -30),
        hiddenBias: rbm.hiddenBias,
      })
      const [found] = wide.completions(x, 1, { random: new Random(1) })
      expect([...found![0]!.y.slice(0, 12)]).toEqual([...best.y])
      expect(found![0]!.freeEnergy).toBeCloseTo(best.freeEnergy, 9)
    }
  })

  test('without `random` what cannot be compared is refused, with a word on how to go on', () => {
    const rbm = randomMachine(1, 30, 40, 1, 1)
    const x = matrixOf([[1]], 1)
    expect(() => rbm.predict(x)).toThrow(/LACUNA_E_TOO_LARGE/)
    expect(() => rbm.completions(x, 2)).toThrow(/LACUNA_E_TOO_LARGE.*2\^30/)
  })
})

describe('sample', () => {
  /** Pearson's χ² of the patterns' counts against their probabilities. */
  function chiSquare(samples: M64, probabilities: Map<string, number>): number {
    const counts = new Map<string, number>()
    for (let n = 0; n < samples.rows; n++) {
      const key = samples.row(n).join('')
      counts.set(key, (counts.get(key) ?? 0) + 1)
    }
    let sum = 0
    for (const [key, p] of probabilities) {
      const expected = p * samples.rows
      sum += ((counts.get(key) ?? 0) - expected) ** 2 / expected
      counts.delete(key)
    }
    expect(counts.size).toBe(0) // nothing but what is possible
    return sum
  }

  test('has the distribution p(y|x), and p(y|x, given), by χ²', () => {
    const rbm = randomMachine(2, 4, 3, 1, 7)
    const rows = 6000
    const x = new Matrix(rows, 2, new Float64Array(2 * rows).fill(1))
    const exact = (given: number[]) => {
      const free = { given: row(given) }
      const [all] = rbm.completions(x.slice(0, 1), 16, free)
      return new Map(all!.map(({ y, logProbability }) => [y.join(''), Math.exp(logProbability)]))
    }
    const nothing = [Number.NaN, Number.NaN, Number.NaN, Number.NaN]
    // 15 degrees of freedom: χ² is above 37.7 once in a thousand times.
    const free = rbm.sample(x, new Random(1), { sweeps: 30 })
    expect(chiSquare(free, exact(nothing))).toBeLessThan(37.7)
    // Two bits left free, 3 degrees of freedom: 16.3.
    const given = new Matrix(rows, 4, new Float64Array(4 * rows).fill(Number.NaN))
    for (let n = 0; n < rows; n++) given.row(n).set([1, Number.NaN, 0])
    const clamped = rbm.sample(x, new Random(2), { sweeps: 30, given })
    expect(chiSquare(clamped, exact([1, Number.NaN, 0, Number.NaN]))).toBeLessThan(16.3)
    // Without sweeps they are still coins, which the same test tells from the machine.
    const coins = rbm.sample(x, new Random(1), { sweeps: 0 })
    expect(chiSquare(coins, exact(nothing))).toBeGreaterThan(100)
  })

  test('gives the same y for the same seed, and copies what is given', () => {
    const rbm = randomMachine(2, 9, 5, 1, 8)
    const x = matrixOf(
      [
        [0, 1],
        [1, 1],
      ],
      2,
    )
    expect(rbm.sample(x, new Random(5))).toEqual(rbm.sample(x, new Random(5)))
    const given = matrixOf([[...'011010110'].map(Number), [...'111110000'].map(Number)], 9)
    expect(rbm.sample(x, new Random(5), { given })).toEqual(given)
  })

  test('fills a picture’s gap: a plain machine with the known pixels given', () => {
    // Two prototypes of 12 bits: a hidden unit for each, which forbid one another by their biases.
    const prototypes = ['111111000000', '000000111111'].map(bits => [...bits].map(Number))
    const U = matrixOf(
      Array.from({ length: 12 }, (_, j) => prototypes.map(bits => (bits[j] ? 8 : -8))),
      2,
    )
    const rbm = ConditionalRbm.from({ W: matrixOf([], 2), U })
    const none = new Matrix(1, 0, new Float64Array(0))
    const known = [1, 1, ...new Array(8).fill(Number.NaN), 0, 0]
    const { best, marginals } = rbm.predict(none, { given: row(known) })
    expect([...best.data]).toEqual(prototypes[0])
    expect(marginals.data[2]).toBeGreaterThan(0.99)
    const [first, second] = rbm.completions(none, 2, { given: row(known) })[0]!
    expect(first!.logProbability).toBeGreaterThan(second!.logProbability)
  })
})

describe('mean field', () => {
  test('is exact where outputs and hidden units are not coupled', () => {
    const random = new Random(1)
    const normal = (length: number) => Float64Array.from({ length }, () => 3 * random.normal())
    const rbm = ConditionalRbm.from({
      W: new Matrix(2, 3, normal(6)),
      U: new Matrix(4, 3, new Float64Array(12)),
      inputBias: normal(2),
      outputBias: normal(4),
      hiddenBias: normal(3),
    })
    const x = matrixOf(
      [
        [1, 0],
        [1, 1],
      ],
      2,
    )
    const { marginals, lowerBound, converged } = rbm.meanField(x)
    expect(converged).toEqual([true, true])
    const [exact, logZ] = [rbm.outputMarginals(x), rbm.logPartitionGiven(x)]
    for (const [i, p] of exact.data.entries()) expect(marginals.data[i]).toBeCloseTo(p, 14)
    for (const [n, value] of logZ.entries()) expect(lowerBound[n]).toBeCloseTo(value, 12)
  })

  test('comes closer to the exact marginals as couplings become weak', () => {
    const distance = (scale: number) => {
      const rbm = randomMachine(2, 5, 4, scale, 9)
      const x = matrixOf([[1, 1]], 2)
      const [near, exact] = [rbm.meanField(x).marginals, rbm.outputMarginals(x)]
      return Math.max(...near.data.map((value, j) => Math.abs(value - exact.data[j]!)))
    }
    // What is neglected is of second order in the couplings.
    expect(distance(0.1)).toBeLessThan(0.002)
    expect(distance(0.1)).toBeLessThan(distance(0.4) / 8)
  })

  test('bounds log Z from below, given outputs or not, and is a fixed point', () => {
    fc.assert(
      fc.property(question, ({ machine, x, given }) => {
        const { entries, most, logZ } = conditioned(machine, x, given)
        const rbm = rbmOf(machine)
        const { marginals, lowerBound, converged } = rbm.meanField(row(x), { given: row(given) })
        const exact = logP(entries, () => true) + logZ
        expect(lowerBound[0]! - exact).toBeLessThan(1e-13 * (1 + most))
        if (!converged[0]) return
        const { W, U, b, q } = machine
        const mu = [...marginals.data]
        const sigm = (t: number) => 1 / (1 + Math.exp(-t))
        const tau = q.map((q_k, k) =>
          sigm(
            q_k +
              W.reduce((sum, weights, i) => sum + x[i]! * weights[k]!, 0) +
              U.reduce((sum, weights, j) => sum + mu[j]! * weights[k]!, 0),
          ),
        )
        given.forEach((value, j) => {
          if (!Number.isNaN(value)) {
            expect(mu[j]).toBe(value)
            return
          }
          const s = b[j]! + tau.reduce((sum, tau_k, k) => sum + tau_k * U[j]![k]!, 0)
          expect(Math.abs(mu[j]! - sigm(s))).toBeLessThan(1e-6)
        })
      }),
      { numRuns: 100 },
    )
  })

  test('says when it did not come to rest', () => {
    const rbm = randomMachine(1, 6, 6, 2, 3)
    const x = matrixOf([[1]], 1)
    expect(rbm.meanField(x, { iterations: 1 }).converged).toEqual([false])
    expect(rbm.meanField(x).converged).toEqual([true])
  })
})

describe('unfit questions are refused', () => {
  const rbm = randomMachine(1, 3, 2, 1, 1)
  const x = matrixOf([[1]], 1)
  const random = new Random(1)

  test('given outputs of another shape, or neither bits nor NaN', () => {
    const asked = [
      (given: M64) => rbm.predict(x, { given }),
      (given: M64) => rbm.completions(x, 2, { given }),
      (given: M64) => rbm.sample(x, random, { given }),
      (given: M64) => rbm.meanField(x, { given }),
    ]
    for (const ask of asked) {
      expect(() => ask(matrixOf([[0, 1]], 2))).toThrow(/LACUNA_E_SHAPE.*given/)
      expect(() => ask(matrixOf([[0, Number.NaN, 0.5]], 3))).toThrow(/_BITS.*0.5.*column 2/)
      expect(() => ask(matrixOf([[0, Infinity, 0]], 3))).toThrow(/_BITS/)
    }
  })

  test('inputs that are no bits, and options out of range', () => {
    const grey = matrixOf([[0.5]], 1)
    expect(() => rbm.predict(grey)).toThrow(/LACUNA_E_BITS/)
    expect(() => rbm.sample(grey, random)).toThrow(/LACUNA_E_BITS/)
    expect(() => rbm.meanField(grey)).toThrow(/LACUNA_E_BITS/)
    for (const ask of [
      () => rbm.predict(x, { chains: 0 }),
      () => rbm.predict(x, { sweeps: 1 }),
      () => rbm.completions(x, 0),
      () => rbm.sample(x, random, { sweeps: -1 }),
      () => rbm.meanField(x, { tolerance: 0 }),
      () => rbm.meanField(x, { iterations: 0 }),
    ])
      expect(ask).toThrow(/LACUNA_E_OPTION/)
  })
})

test('rows of a matrix without columns are counted like any others', () => {
  const none = new Matrix(5, 0, new Float64Array(0))
  const sizes = [none.slice(1, 3), none.slice(4, 9), none.slice(7, 9)].map(({ rows }) => rows)
  expect(sizes).toEqual([2, 1, 0])
})
