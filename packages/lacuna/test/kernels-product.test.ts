import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { Activation, type ActivationCode, Mode } from '../dist/compute/kernels.js'
import { Workspace } from '../dist/compute/workspace.js'
import { type ActivationName, activations, product, type Strided } from './reference/kernels.js'

const EPSILON = 2 ** -24 // half a unit in the last place of 1: the relative error of one rounding
const GUARD = 12345.5

const workspace = new Workspace()
const { kernels } = workspace
const area = workspace.floats(1 << 20)
let used = 0

/** The next `count` floats of a test's area, filled by `value`. */
function floats(count: number, value: (index: number) => number): Float32Array {
  const view = area.subarray(used, used + count)
  used += count
  for (let i = 0; i < count; i++) view[i] = value(i)
  return view
}

/** Numbers in [−1, 1] that depend on a seed alone. */
function noise(seed: number): () => number {
  let state = seed
  return () => {
    state = (Math.imul(state, 1664525) + 1013904223) | 0
    return Math.fround(state / 2147483648)
  }
}

type Case = {
  m: number
  n: number
  k: number
  layoutA: Layout
  layoutB: Layout
  padding: number
  seed: number
}
const layouts = ['plain', 'transposed', 'spread'] as const
type Layout = (typeof layouts)[number]

const size = fc.integer({ min: 0, max: 70 })
const cases = fc.record({
  m: size,
  n: size,
  k: fc.oneof(size, fc.constantFrom(511, 512, 513, 1030)),
  layoutA: fc.constantFrom(...layouts),
  layoutB: fc.constantFrom(...layouts),
  padding: fc.integer({ min: 0, max: 5 }),
  seed: fc.integer(),
})

function factor(rows: number, cols: number, layout: Layout, random: () => number): Strided {
  const row = layout === 'plain' ? cols : layout === 'transposed' ? 1 : 2 * cols + 3
  const col = layout === 'plain' ? 1 : layout === 'transposed' ? rows : 2
  const count = rows * cols ? (rows - 1) * row + (cols - 1) * col + 1 : 0
  return { data: floats(count, random), row, col }
}

/** The operands of a case, and C with `padding` floats behind each row and guards all around. */
function operands({ m, n, k, layoutA, layoutB, padding, seed }: Case) {
  used = 0
  const random = noise(seed)
  const a = factor(m, k, layoutA, random)
  const b = factor(k, n, layoutB, random)
  const bias = floats(n, random)
  const cRow = n + padding
  const guarded = floats(m * cRow + 32, () => GUARD)
  const c = guarded.subarray(16, 16 + m * cRow)
  return { a, b, bias, c, cRow, guarded }
}

type Operands = ReturnType<typeof operands>

function run(
  { a, b, bias, c, cRow }: Operands,
  { k }: Case,
  rows: [number, number],
  cols: [number, number],
  mode: 0 | 1,
  alpha: number,
  activation: ActivationCode,
  withBias = true,
) {
  const at = (view: Float32Array, index: number) => view.byteOffset + 4 * index
  kernels.product(
    at(c, rows[0] * cRow + cols[0]),
    cRow,
    rows[1] - rows[0],
    cols[1] - cols[0],
    k,
    at(a.data as Float32Array, rows[0] * a.row),
    a.row,
    a.col,
    at(b.data as Float32Array, cols[0] * b.col),
    b.row,
    b.col,
    mode,
    alpha,
    withBias ? at(bias, cols[0]) : 0,
    activation,
  )
}

/** Everything around C, and between its rows, still holds the guard. */
function expectGuards({ guarded, cRow }: Operands, { m, n }: Case) {
  guarded.forEach((value, index) => {
    const inside = index - 16
    if (inside < 0 || inside >= m * cRow || inside % cRow >= n) expect(value).toBe(GUARD)
  })
}

describe('product', () => {
  for (const name of Object.keys(activations) as ActivationName[])
    test(`stores ${name}(A·B + bias) and nothing else`, () => {
      fc.assert(
        fc.property(cases, fc.boolean(), (shape, withBias) => {
          const { m, n, k } = shape
          const data = operands(shape)
          run(data, shape, [0, m], [0, n], Mode.store, NaN, Activation[name], withBias)
          const { sums, sizes } = product(m, n, k, data.a, data.b)
          for (let i = 0; i < m; i++)
            for (let j = 0; j < n; j++) {
              const bias = withBias ? data.bias[j]! : 0
              const expected = activations[name](sums[i * n + j]! + bias)
              // k + 1 roundings of a sum, each at most ε of Σ|a||b| + |bias|; no activation here is
              // steeper than 1; its own error is at most 4 ulp.
              const scale = sizes[i * n + j]! + Math.abs(bias)
              const bound = (k + 2) * EPSILON * scale + 8 * EPSILON * Math.abs(expected)
              const error = Math.abs(data.c[i * data.cRow + j]! - expected)
              expect(error).toBeLessThanOrEqual(bound)
            }
          expectGuards(data, shape)
        }),
        { numRuns: 60 },
      )
    })

  test('accumulates C + alpha·(A·B) and nothing else', () => {
    fc.assert(
      fc.property(cases, fc.float({ min: -2, max: 2, noNaN: true }), (shape, alpha) => {
        const { m, n, k } = shape
        const data = operands(shape)
        run(data, shape, [0, m], [0, n], Mode.accumulate, alpha, Activation.relu)
        const { sums, sizes } = product(m, n, k, data.a, data.b)
        for (let i = 0; i < m; i++)
          for (let j = 0; j < n; j++) {
            const term = Math.abs(alpha) * sizes[i * n + j]!
            const expected = GUARD + alpha * sums[i * n + j]!
            const blocks = Math.max(1, Math.ceil(k / 512))
            const bound = (k + 2) * EPSILON * term + blocks * EPSILON * (GUARD + term)
            const error = Math.abs(data.c[i * data.cRow + j]! - expected)
            expect(error).toBeLessThanOrEqual(bound)
          }
        expectGuards(data, shape)
      }),
      { numRuns: 100 },
    )
  })

  test('does not change by a bit when rows and columns are divided among calls', () => {
    const division = fc.record({
      shape: cases,
      row: fc.nat(70),
      col: fc.nat(70),
      mode: fc.constantFrom(0, 1),
    })
    fc.assert(
      fc.property(division, ({ shape, row, col, mode }) => {
        const { m, n } = shape
        const data = operands(shape)
        run(data, shape, [0, m], [0, n], mode as 0 | 1, 0.37, Activation.tanh)
        const whole = data.c.slice()
        data.c.fill(GUARD)
        const [i, j] = [Math.min(row, m), Math.min(col, n)]
        for (const rows of [
          [0, i],
          [i, m],
        ] as [number, number][])
          for (const cols of [
            [0, j],
            [j, n],
          ] as [number, number][])
            run(data, shape, rows, cols, mode as 0 | 1, 0.37, Activation.tanh)
        expect(new Uint32Array(data.c.slice().buffer)).toEqual(new Uint32Array(whole.buffer))
      }),
      { numRuns: 200 },
    )
  })
})
