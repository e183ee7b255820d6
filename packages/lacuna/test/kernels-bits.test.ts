import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { Activation, Mode } from '../dist/compute/kernels.js'
import { Random } from '../dist/compute/random.js'
import { Workspace } from '../dist/compute/workspace.js'
import { bernoulli, onesOf, product } from './reference/kernels.js'
import { noise } from './reference/noise.js'

const EPSILON = 2 ** -23
const GUARD = 12345.5

const seeds = fc.maxSafeNat()
const word = fc.integer({ min: 0, max: 0xffffffff })
const low = (value: number) => value % 2 ** 32
const high = (value: number) => Math.floor(value / 2 ** 32)

/** A matrix of bits of which about this share is 1. */
const shapes = fc.record({
  rows: fc.nat(9),
  cols: fc.nat(40),
  share: fc.constantFrom(0, 0.1, 0.5, 1),
  seed: fc.integer(),
})

type Shape = { rows: number; cols: number; share: number; seed: number }

function layOut({ rows, cols, share, seed }: Shape) {
  const workspace = new Workspace()
  const random = noise(seed)
  const bits = workspace.floats(rows * cols)
  for (let i = 0; i < bits.length; i++) bits[i] = (random() + 1) / 2 < share ? 1 : 0
  const starts = workspace.words(rows + 1)
  const ones = workspace.words(rows * cols + 1)
  ones.fill(GUARD)
  const { kernels } = workspace
  kernels.listOnes(starts.byteOffset, ones.byteOffset, bits.byteOffset, rows, cols)
  return { workspace, kernels, random, bits, starts, ones }
}

describe('bernoulli', () => {
  test('draws 1 where the word’s u is below p, in any range to the same bits', () => {
    const workspace = new Workspace()
    const [p, bits] = [workspace.floats(90), workspace.floats(91)]
    fc.assert(
      fc.property(fc.nat(90), fc.nat(1000), seeds, word, word, (n, offset, seed, stream, step) => {
        const random = noise(seed)
        for (let i = 0; i < n; i++) p[i] = (random() + 1) / 2
        bits.fill(GUARD)
        const key = [low(seed), high(seed), stream, step] as const
        workspace.kernels.bernoulli(bits.byteOffset, p.byteOffset, n, ...key, offset)
        const drawn = new Random(seed, stream, step)
        for (let i = 0; i < offset; i++) drawn.bits()
        expect([...bits.subarray(0, n)]).toEqual(bernoulli(p.subarray(0, n), drawn))
        expect(bits[n]).toBe(GUARD)
        // The second part alone, as another thread would draw it.
        const cut = n >> 1
        const rest = workspace.floats(n - cut)
        const from = p.byteOffset + 4 * cut
        workspace.kernels.bernoulli(rest.byteOffset, from, n - cut, ...key, offset + cut)
        expect([...rest]).toEqual([...bits.subarray(cut, n)])
      }),
    )
  })

  test('p = 0 never gives 1, p = 1 always, and p = 0.3 as often as it should', () => {
    const workspace = new Workspace()
    const n = 100_000
    const [p, bits] = [workspace.floats(n), workspace.floats(n)]
    const ones = (probability: number) => {
      p.fill(probability)
      workspace.kernels.bernoulli(bits.byteOffset, p.byteOffset, n, 1, 0, 2, 3, 0)
      return bits.reduce((a, b) => a + b)
    }
    expect(ones(0)).toBe(0)
    expect(ones(1)).toBe(n)
    expect(Math.abs(ones(0.3) / n - 0.3)).toBeLessThan(4 * Math.sqrt((0.3 * 0.7) / n))
  })
})

describe('lists of ones', () => {
  test('listOnes names the ones of each row in order', () => {
    fc.assert(
      fc.property(shapes, shape => {
        const { bits, starts, ones } = layOut(shape)
        const expected = onesOf(shape.rows, shape.cols, bits)
        expect([...starts]).toEqual(expected.starts)
        expect([...ones.subarray(0, expected.ones.length)]).toEqual(expected.ones)
        expect(ones[expected.ones.length]).toBe(Math.trunc(GUARD))
      }),
    )
  })

  test('transposeOnes lists the transposed matrix', () => {
    fc.assert(
      fc.property(shapes, shape => {
        const { rows, cols } = shape
        const { workspace, kernels, bits, starts, ones } = layOut(shape)
        const toStarts = workspace.words(cols + 2).fill(GUARD)
        const toOnes = workspace.words(rows * cols + 1).fill(GUARD)
        const [s, o] = [starts.byteOffset, ones.byteOffset]
        kernels.transposeOnes(toStarts.byteOffset, toOnes.byteOffset, s, o, rows, cols)
        const turned = workspace.floats(rows * cols)
        kernels.transposeDense(turned.byteOffset, bits.byteOffset, rows, cols)
        const expected = onesOf(cols, rows, turned)
        expect([...toStarts]).toEqual([...expected.starts, Math.trunc(GUARD)])
        expect([...toOnes.subarray(0, expected.ones.length)]).toEqual(expected.ones)
        expect(toOnes[expected.ones.length]).toBe(Math.trunc(GUARD))
      }),
    )
  })

  test('transposeDense: out[j,i] = x[i,j]', () => {
    fc.assert(
      fc.property(fc.nat(19), fc.nat(19), (rows, cols) => {
        const workspace = new Workspace()
        const x = workspace.floats(rows * cols)
        const out = workspace.floats(rows * cols + 1).fill(GUARD)
        for (let i = 0; i < x.length; i++) x[i] = i
        workspace.kernels.transposeDense(out.byteOffset, x.byteOffset, rows, cols)
        for (let i = 0; i < rows; i++)
          for (let j = 0; j < cols; j++) expect(out[j * rows + i]).toBe(x[i * cols + j])
        expect(out[rows * cols]).toBe(GUARD)
      }),
    )
  })
})

describe('onesProduct', () => {
  const cases = fc.record({
    m: fc.nat(6),
    n: fc.oneof(fc.nat(40), fc.constant(1030)), // more columns than one block has
    k: fc.oneof(fc.nat(40), fc.integer({ min: 510, max: 1100 })), // more terms than one block has
    share: fc.constantFrom(0, 0.02, 0.3, 1),
    seed: fc.integer(),
  })

  for (const mode of [Mode.store, Mode.accumulate])
    test(`is the sum of the rows selected, and product’s bits, mode ${mode}`, () => {
      fc.assert(
        fc.property(cases, ({ m, n, k, share, seed }) => {
          const shape = { rows: m, cols: k, share, seed }
          const { workspace, kernels, random, bits, starts, ones } = layOut(shape)
          const [b, bias, c] = [k * n, n, m * n + 1].map(size => workspace.floats(size))
          for (const view of [b!, bias!, c!])
            for (let i = 0; i < view.length; i++) view[i] = random()
          c![m * n] = GUARD
          const before = c!.slice()
          const dense = workspace.floats(m * n)
          dense.set(before.subarray(0, m * n))
          const [C, B, Q] = [c!, b!, bias!].map(view => view.byteOffset)
          const [s, o] = [starts.byteOffset, ones.byteOffset]
          const act = Activation.sigmoid
          kernels.onesProduct(C!, m, n, k, s, o, B!, mode, -0.7, Q!, act)
          const [D, V] = [dense.byteOffset, bits.byteOffset]
          kernels.product(D, n, m, n, k, V, k, 1, B!, n, 1, mode, -0.7, Q!, act)
          expect(c![m * n]).toBe(GUARD)
          expect(c!.subarray(0, m * n)).toEqual(dense)

          const selected = { data: bits, row: k, col: 1 }
          const { sums, sizes } = product(m, n, k, selected, { data: b!, row: n, col: 1 })
          for (let i = 0; i < m * n; i++) {
            const logit = sums[i]! + bias![i % n]!
            const exact =
              mode === Mode.store ? 1 / (1 + Math.exp(-logit)) : before[i]! - 0.7 * sums[i]!
            const bound = (k + 4) * EPSILON * (sizes[i]! + 2)
            expect(Math.abs(c![i]! - exact)).toBeLessThanOrEqual(bound)
          }
        }),
        { numRuns: 15 },
      )
    })
})

describe('centreGradient', () => {
  test('G − μ gqᵀ − gα λᵀ, gα − Gλ, gq − Gᵀμ', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 1, max: 9 }),
        fc.integer({ min: 1, max: 21 }),
        seeds,
        (D, K, seed) => {
          const workspace = new Workspace()
          const random = noise(seed)
          const views = [D * K + 1, D + 1, K + 1, D, K, K].map(size => workspace.floats(size))
          const [g, galpha, gq, mu, lambda, sums] = views as [
            Float32Array,
            Float32Array,
            Float32Array,
            Float32Array,
            Float32Array,
            Float32Array,
          ]
          for (const view of views) for (let i = 0; i < view.length; i++) view[i] = random()
          for (const view of [g, galpha, gq]) view[view.length - 1] = GUARD
          const exact = g.slice(0, -1).map((value, at) => {
            const [i, k] = [Math.floor(at / K), at % K]
            return value - mu[i]! * gq[k]! - galpha[i]! * lambda[k]!
          })
          const at = (i: number, k: number) => exact[i * K + k]!
          const indices = (count: number) => Array.from({ length: count }, (_, i) => i)
          const alpha = indices(D).map(i =>
            indices(K).reduce((sum, k) => sum - at(i, k) * lambda[k]!, galpha[i]!),
          )
          const q = indices(K).map(k =>
            indices(D).reduce((sum, i) => sum - at(i, k) * mu[i]!, gq[k]!),
          )
          const pointers = views.map(({ byteOffset }) => byteOffset)
          const [a, b, c, d, e, f] = pointers as [number, number, number, number, number, number]
          workspace.kernels.centreGradient(a, b, c, d, e, f, D, K)
          expect(sums.length).toBe(K)
          for (const [found, expected] of [
            [g, exact],
            [galpha, alpha],
            [gq, q],
          ] as const) {
            expect(found[found.length - 1]).toBe(GUARD)
            for (const [i, value] of expected.entries())
              expect(Math.abs(found[i]! - value)).toBeLessThan(100 * EPSILON)
          }
        },
      ),
    )
  })
})
