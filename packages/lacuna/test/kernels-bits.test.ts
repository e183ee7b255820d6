import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { Activation, BLOCK_BITS } from '../dist/compute/kernels.js'
import { Random } from '../dist/compute/random.js'
import { Workspace } from '../dist/compute/workspace.js'
import { bernoulli, groupsOf } from './reference/kernels.js'
import { noise } from './reference/noise.js'

const EPSILON = 2 ** -23
const GUARD = 12345.5

const seeds = fc.maxSafeNat()
const word = fc.integer({ min: 0, max: 0xffffffff })
const low = (value: number) => value % 2 ** 32
const high = (value: number) => Math.floor(value / 2 ** 32)

describe('bernoulli', () => {
  test('draws 1 where the word’s u is below p, in any range to the same bits', () => {
    const workspace = new Workspace()
    const [p, bits] = [workspace.floats(90), workspace.bytes(91)]
    fc.assert(
      fc.property(fc.nat(90), fc.nat(1000), seeds, word, word, (n, offset, seed, stream, step) => {
        const random = noise(seed)
        for (let i = 0; i < n; i++) p[i] = (random() + 1) / 2
        bits.fill(7)
        const key = [low(seed), high(seed), stream, step] as const
        workspace.kernels.bernoulli(bits.byteOffset, p.byteOffset, n, ...key, offset)
        const drawn = new Random(seed, stream, step)
        for (let i = 0; i < offset; i++) drawn.bits()
        expect([...bits.subarray(0, n)]).toEqual(bernoulli(p.subarray(0, n), drawn))
        expect(bits[n]).toBe(7)
        // The second part alone, as another thread would draw it.
        const cut = n >> 1
        const rest = workspace.bytes(n - cut)
        const from = p.byteOffset + 4 * cut
        workspace.kernels.bernoulli(rest.byteOffset, from, n - cut, ...key, offset + cut)
        expect([...rest]).toEqual([...bits.subarray(cut, n)])
      }),
    )
  })

  test('p = 0 never gives 1, p = 1 always, and p = 0.3 as often as it should', () => {
    const workspace = new Workspace()
    const n = 100_000
    const [p, bits] = [workspace.floats(n), workspace.bytes(n)]
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

/** A matrix of bits of which about this share is 1. */
const shapes = fc.record({
  rows: fc.nat(9),
  cols: fc.oneof(fc.nat(40), fc.integer({ min: 510, max: 1100 })), // more than one block, too
  share: fc.constantFrom(0, 0.02, 0.5, 1),
  seed: fc.integer(),
})

/** Bits, and the lists of their rows, or of their columns. */
function layOut(
  { rows, cols, share, seed }: { rows: number; cols: number; share: number; seed: number },
  transposed: boolean,
) {
  const workspace = new Workspace()
  const random = noise(seed)
  const bits = workspace.bytes(rows * cols)
  for (let i = 0; i < bits.length; i++) bits[i] = (random() + 1) / 2 < share ? 1 : 0
  const [m, k, row, col] = transposed ? [cols, rows, 1, cols] : [rows, cols, cols, 1]
  const bit = (i: number, p: number) => bits[i! * row! + p! * col!]!
  const [room, blocks] = [Math.ceil(k! / 4), Math.max(1, Math.ceil(k! / BLOCK_BITS))]
  const list = workspace.words(m! * room + 1).fill(GUARD)
  const ends = workspace.words(m! * blocks + 1).fill(GUARD)
  const { kernels } = workspace
  const [l, e] = [list.byteOffset, ends.byteOffset]
  kernels.listBits(l, e, bits.byteOffset, m!, k!, row!, col!)
  return { workspace, kernels, random, bit, m: m!, k: k!, room, blocks, list, ends }
}

for (const transposed of [false, true])
  describe(transposed ? 'of the columns of a matrix' : 'of the rows of a matrix', () => {
    test('listBits lists the groups that are not 0, block by block', () => {
      fc.assert(
        fc.property(shapes, shape => {
          const { bit, m, k, room, blocks, list, ends } = layOut(shape, transposed)
          for (const [i, entries] of groupsOf(m, k, bit).entries()) {
            const found = list.subarray(i * room, i * room + entries.length)
            expect([...found]).toEqual(entries.map(({ entry }) => entry))
            for (let b = 0; b < blocks; b++)
              expect(ends[i * blocks + b]).toBe(entries.filter(({ block }) => block <= b).length)
          }
          expect(list[m * room]).toBe(Math.trunc(GUARD))
          expect(ends[m * blocks]).toBe(Math.trunc(GUARD))
        }),
        { numRuns: 30 },
      )
    })

    const finishes = fc.record({
      n: fc.oneof(fc.nat(40), fc.constant(1)),
      alpha: fc.constantFrom(1, -0.7),
      beta: fc.constantFrom(0, 1, 0.3),
      biased: fc.boolean(),
      weighted: fc.boolean(),
      columnwise: fc.boolean(),
    })

    test('bitProduct is act(alpha·(S·B + w·biasᵀ) + beta·C)', () => {
      fc.assert(
        fc.property(shapes, finishes, (shape, finish) => {
          const { n, alpha, beta, biased, weighted, columnwise } = finish
          const { workspace, kernels, random, bit, m, k, list, ends } = layOut(shape, transposed)
          const gap = 3 // between two rows of C
          const sizes = [k * n, n, m, m * (n + gap) + 1]
          const [b, bias, w, c] = sizes.map(size => workspace.floats(size)) as [
            ...[Float32Array, Float32Array, Float32Array, Float32Array],
          ]
          for (const view of [b, bias, w, c])
            for (let i = 0; i < view.length; i++) view[i] = random()
          const before = c.slice()
          if (beta === 0) c.fill(Number.NaN) // is not read
          const [bRow, bCol] = columnwise ? [1, k] : [n, 1]
          const [C, B, Q, W] = [c, b, bias, w].map(view => view.byteOffset) as [
            ...[number, number, number, number],
          ]
          const [l, e] = [list.byteOffset, ends.byteOffset]
          const [q, weights] = [biased ? Q : 0, weighted ? W : 0]
          const act = Activation.leakyRelu
          kernels.bitProduct(C, n + gap, m, n, k, l, e, B, bRow, bCol, alpha, beta, q, weights, act)
          let worst = 0 // error over the most that there may be
          for (let i = 0; i < m; i++)
            for (let j = 0; j < n; j++) {
              let [sum, size] = [0, 2]
              for (let p = 0; p < k; p++) {
                const value = b[p * bRow + j * bCol]!
                sum += bit(i, p) * value
                size += bit(i, p) * Math.abs(value)
              }
              if (biased) sum += bias[j]! * (weighted ? w[i]! : 1)
              const at = i * (n + gap) + j
              const total = alpha * sum + beta * before[at]!
              const exact = total > 0 ? total : 0.2 * total
              worst = Math.max(worst, Math.abs(c[at]! - exact) / ((k + 4) * EPSILON * size))
            }
          expect(worst).toBeLessThanOrEqual(1)
          for (let i = 0; i < m; i++)
            for (let j = n; j < n + gap; j++) {
              const expected = beta === 0 ? Number.NaN : before[i * (n + gap) + j]
              expect(c[i * (n + gap) + j]).toBe(expected)
            }
        }),
        { numRuns: 30 },
      )
    })
  })

test('bitProduct adds four by four, in ascending order', () => {
  // In float32 1 + 2⁻²⁴ is 1, and 2⁻²⁴ + 2⁻²⁴ is 2⁻²³: what comes first decides.
  const tiny = 2 ** -24
  const product = (column: number[]) => {
    const workspace = new Workspace()
    const b = workspace.floats(column.length)
    b.set(column)
    const S = workspace.bytes(column.length).fill(1)
    const [list, ends, c] = [workspace.words(2), workspace.words(1), workspace.floats(1)]
    const [l, e, k] = [list.byteOffset, ends.byteOffset, column.length]
    workspace.kernels.listBits(l, e, S.byteOffset, 1, k, k, 1)
    workspace.kernels.bitProduct(c.byteOffset, 1, 1, 1, k, l, e, b.byteOffset, 1, 1, 1, 0, 0, 0, 0)
    return c[0]
  }
  expect(product([1, tiny, tiny, 0])).toBe(1)
  expect(product([1, 0, tiny, tiny])).toBe(1 + 2 * tiny)
  expect(product([1, tiny, 0, 0, tiny])).toBe(1)
  expect(product([0, 0, 0, 1, tiny, tiny])).toBe(1 + 2 * tiny)
})

test('centreRows: alpha·(x − centre) in each row', () => {
  fc.assert(
    fc.property(fc.nat(5), fc.nat(21), seeds, (rows, cols, seed) => {
      const workspace = new Workspace()
      const random = noise(seed)
      const [x, centre] = [workspace.floats(rows * cols + 1), workspace.floats(cols)]
      for (const view of [x, centre]) for (let i = 0; i < view.length; i++) view[i] = random()
      const before = x.slice()
      workspace.kernels.centreRows(x.byteOffset, centre.byteOffset, -0.5, rows, cols)
      for (let i = 0; i < rows * cols; i++)
        expect(x[i]).toBe(-0.5 * Math.fround(before[i]! - centre[i % cols]!))
      expect(x[rows * cols]).toBe(before[rows * cols])
    }),
  )
})
