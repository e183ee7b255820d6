import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { flippedBit, GraySweep, grayCode } from '../dist/boltzmann/gray-code.js'
import { LogSumExp } from '../dist/boltzmann/log-sum-exp.js'
import { Matrix } from '../dist/compute/matrix.js'
import { Random } from '../dist/compute/random.js'

describe('the Gray code', () => {
  test('visits every state once and flips one bit at a time', () => {
    const seen = new Set<number>([grayCode(0)])
    for (let step = 1; step < 4096; step++) {
      seen.add(grayCode(step))
      expect(grayCode(step) ^ grayCode(step - 1)).toBe(2 ** flippedBit(step))
    }
    expect(seen.size).toBe(4096)
    expect(Math.max(...seen)).toBe(4095)
  })
})

/** log(1 + e^t), without overflow. */
const softplus = (t: number) => Math.max(t, 0) + Math.log1p(Math.exp(-Math.abs(t)))

/** u, v and A with normal entries, those of A scaled column by column. */
function layers(m: number, n: number, seed: number, scale: (column: number) => number) {
  const random = new Random(seed)
  const normal = (length: number) => Float64Array.from({ length }, () => random.normal())
  const A = new Matrix(
    m,
    n,
    normal(m * n).map((value, at) => value * scale(at % n)),
  )
  return { u: normal(m), v: normal(n), A }
}

/** Compares every state's weight and probabilities with sums written out; the largest differences. */
function differences({ u, v, A }: ReturnType<typeof layers>) {
  let [weight, probability] = [0, 0]
  const sweep = new GraySweep(A)
  const found = new Float64Array(v.length)
  sweep.run(u, v, (logWeight, step) => {
    const t = v.slice()
    let expected = 0
    for (let j = 0; j < u.length; j++)
      if ((grayCode(step) >> j) & 1) {
        expected += u[j]!
        A.row(j).forEach((value, i) => {
          t[i]! += value
        })
      }
    for (const value of t) expected += softplus(value)
    weight = Math.max(weight, Math.abs(logWeight - expected))
    sweep.addProbabilities(found.fill(0), 1)
    t.forEach((value, i) => {
      const p = value < 0 ? Math.exp(value) / (1 + Math.exp(value)) : 1 / (1 + Math.exp(-value))
      probability = Math.max(probability, Math.abs(found[i]! - p))
    })
  })
  return { weight, probability }
}

describe('the sweep over all states', () => {
  test('gives every state’s weight and probabilities', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 0, max: 8 }),
        fc.integer({ min: 0, max: 5 }),
        fc.nat(1e6),
        fc.constantFrom(0.1, 3, 60, 1000),
        (m, n, seed, scale) => {
          // Every other unit is tame, so that steep units stand among others.
          const { weight, probability } = differences(layers(m, n, seed, i => (i % 2 ? 1 : scale)))
          expect(weight).toBeLessThan(1e-14 * (1 + m * n * scale))
          expect(probability).toBeLessThan(1e-14 * (1 + m * scale))
        },
      ),
      { numRuns: 80 },
    )
  })

  test('does not drift: 2¹² states and 200 equal units, whose factors all err alike', () => {
    for (const coupling of [0.7, -0.7, 1.1, -1.1]) {
      const A = new Matrix(12, 200, new Float64Array(2400).fill(coupling))
      let error = 0
      new GraySweep(A).run(new Float64Array(12), new Float64Array(200), (logWeight, step) => {
        const on = grayCode(step).toString(2).replaceAll('0', '').length
        error = Math.max(error, Math.abs(logWeight - 200 * softplus(on * coupling)))
      })
      // Some units in the last place of at most 2640; without anchors it would be 4e-12 to 2e-11.
      expect(error).toBeLessThan(1e-12)
    }
  })

  test('folds products that would overflow: 1000 units at t = 140', () => {
    const { u, A } = layers(1, 1000, 1, () => 0)
    u.fill(0)
    const weights: number[] = []
    new GraySweep(A).run(u, new Float64Array(1000).fill(140), w => weights.push(w))
    for (const weight of weights) expect(Math.abs(weight - 140_000)).toBeLessThan(1e-9)
  })
})

describe('LogSumExp', () => {
  const of = (terms: number[]) => {
    const sum = new LogSumExp()
    for (const t of terms) sum.add(t)
    return sum.value
  }

  test('of nothing, of one, of equals, however far out', () => {
    expect(of([])).toBe(-Infinity)
    for (const t of [0, 1e5, -1e5, 1e308]) expect(of([t])).toBe(t)
    expect(of([-1e5, -1e5])).toBe(-1e5 + Math.LN2)
    expect(of([0, 1000, 3])).toBe(1000)
    expect(of([-1000, 0, 400, 899])).toBe(899)
  })

  test('keeps a million small terms beside a large one', () => {
    // 1 + 10⁶·2⁻⁵⁴: every single term is lost in a plain sum.
    const sum = new LogSumExp()
    sum.add(0)
    for (let n = 0; n < 1_000_000; n++) sum.add(-54 * Math.LN2)
    expect(sum.value / (1e6 * 2 ** -54)).toBeCloseTo(1, 5)
  })

  test('does not depend on the order beyond rounding', () => {
    fc.assert(
      fc.property(
        fc.array(fc.double({ min: -2000, max: 2000, noNaN: true }), { minLength: 1 }),
        t => {
          const sorted = [...t].sort((a, b) => a - b)
          const most = sorted.at(-1)!
          const exact =
            most + Math.log(sorted.reduce((sum, value) => sum + Math.exp(value - most), 0))
          expect(Math.abs(of(t) - exact)).toBeLessThan(1e-12)
          expect(Math.abs(of(sorted) - exact)).toBeLessThan(1e-12)
        },
      ),
    )
  })
})
