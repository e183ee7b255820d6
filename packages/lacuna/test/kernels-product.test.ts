import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { Activation, Mode } from '../dist/compute/kernels.js'
import { Workspace } from '../dist/compute/workspace.js'
import { activationNames, activations, product, type Strided } from './reference/kernels.js'
import { noise } from './reference/noise.js'

const EPSILON = 2 ** -24 // the largest relative error of one rounding to float32
const GUARD = 12345.5
const BLOCK = 512 // so many terms are summed before they are added to C

const workspace = new Workspace()
const area = workspace.floats(1 << 20)
let used = 0

/** The next `count` floats of the area. */
function floats(count: number, value: () => number): Float32Array {
  const view = area.subarray(used, used + count)
  used += count
  for (let i = 0; i < count; i++) view[i] = value()
  return view
}

type Layout = 'plain' | 'transposed' | 'spread'

/** A rows×cols factor: row after row, column after column, or with gaps in both directions. */
function factor(rows: number, cols: number, layout: Layout, random: () => number): Strided {
  const strides = { plain: [cols, 1], transposed: [1, rows], spread: [2 * cols + 3, 2] }
  const [row, col] = strides[layout] as [number, number]
  const count = rows * cols ? (rows - 1) * row + (cols - 1) * col + 1 : 0
  return { data: floats(count, random), row, col }
}

const size = fc.nat(70)
const layout = fc.constantFrom<Layout>('plain', 'transposed', 'spread')
const shapes = fc.record({
  m: size,
  n: size,
  k: fc.oneof(size, size, size, fc.constantFrom(BLOCK - 1, BLOCK, BLOCK + 1, 2 * BLOCK + 6)),
  layoutA: layout,
  layoutB: layout,
  padding: fc.nat(5),
  hasBias: fc.boolean(),
  alpha: fc.float({ min: -2, max: 2, noNaN: true }),
  seed: fc.integer(),
})
type Shape = typeof shapes extends fc.Arbitrary<infer S> ? S : never

/** A product on fresh operands; C's rows lie `padding` floats apart, guards between and around. */
class Problem {
  readonly shape: Shape
  readonly a: Strided
  readonly b: Strided
  readonly bias: Float32Array
  readonly guarded: Float32Array
  readonly c: Float32Array
  readonly cRow: number

  constructor(shape: Shape) {
    used = 0
    const { m, n, k } = shape
    const random = noise(shape.seed)
    this.shape = shape
    this.a = factor(m, k, shape.layoutA, random)
    this.b = factor(k, n, shape.layoutB, random)
    this.bias = floats(n, random)
    this.cRow = n + shape.padding
    this.guarded = floats(m * this.cRow + 32, () => GUARD)
    this.c = this.guarded.subarray(16, 16 + m * this.cRow)
  }

  /** Computes rows i0 … i1 and columns j0 … j1 of C. */
  run(
    mode: keyof typeof Mode,
    activation: keyof typeof Activation,
    [i0, i1]: readonly [number, number] = [0, this.shape.m],
    [j0, j1]: readonly [number, number] = [0, this.shape.n],
  ): void {
    const { a, b, c, cRow, bias, shape } = this
    workspace.kernels.product(
      c.byteOffset + 4 * (i0 * cRow + j0),
      cRow,
      i1 - i0,
      j1 - j0,
      shape.k,
      a.data.byteOffset + 4 * i0 * a.row,
      a.row,
      a.col,
      b.data.byteOffset + 4 * j0 * b.col,
      b.row,
      b.col,
      Mode[mode],
      shape.alpha,
      shape.hasBias ? bias.byteOffset + 4 * j0 : 0,
      Activation[activation],
    )
  }

  /** Every element of C must be within `bound` of what is expected; the guards must still stand. */
  check(expectation: (sum: number, size: number, j: number) => { value: number; bound: number }) {
    const { c, cRow, guarded, shape } = this
    const { sums, sizes } = product(shape.m, shape.n, shape.k, this.a, this.b)
    for (let i = 0; i < shape.m; i++)
      for (let j = 0; j < shape.n; j++) {
        const at = i * shape.n + j
        const { value, bound } = expectation(sums[at]!, sizes[at]!, j)
        const found = c[i * cRow + j]!
        if (!(Math.abs(found - value) <= bound))
          expect.fail(`C[${i},${j}] is ${found}, not ${value} ± ${bound}`)
      }
    for (let at = 0; at < guarded.length; at++) {
      const inside = at - 16
      const isElement = inside >= 0 && inside < c.length && inside % cRow < shape.n
      if (!isElement && guarded[at] !== GUARD) expect.fail(`something was written at ${inside}`)
    }
  }
}

describe('product', () => {
  for (const name of activationNames)
    test(`stores ${name}(A·B + bias), and nothing outside C`, () => {
      fc.assert(
        fc.property(shapes, shape => {
          const problem = new Problem(shape)
          problem.run('store', name)
          problem.check((sum, size, j) => {
            const bias = shape.hasBias ? problem.bias[j]! : 0
            const value = activations[name].value(sum + bias)
            // Each term is rounded once as a product and at most k times in sums. No activation is
            // steeper than 1; its own error is at most 3 ulp ≤ 6ε of its value.
            const roundings = (shape.k + 1) * EPSILON * 1.001
            return {
              value,
              bound: roundings * (size + Math.abs(bias)) + 6 * EPSILON * Math.abs(value),
            }
          })
        }),
      )
    })

  test('adds alpha·(A·B) to C, and writes nothing outside C', () => {
    fc.assert(
      fc.property(shapes, shape => {
        const problem = new Problem(shape)
        problem.run('accumulate', 'relu')
        problem.check((sum, size) => {
          const term = Math.abs(shape.alpha) * size
          // One more rounding of the terms for alpha, and one of the whole for each block.
          const blocks = Math.max(1, Math.ceil(shape.k / BLOCK))
          const roundings = (shape.k + 1) * EPSILON * 1.001
          const bound = roundings * term + blocks * EPSILON * (GUARD + term)
          return { value: GUARD + shape.alpha * sum, bound }
        })
      }),
    )
  })

  test('does not change by a bit when rows and columns are divided among calls', () => {
    const modes = fc.constantFrom<keyof typeof Mode>('store', 'accumulate')
    fc.assert(
      fc.property(shapes, size, size, modes, (shape, row, col, mode) => {
        const problem = new Problem(shape)
        problem.run(mode, 'tanh')
        const whole = new Uint32Array(problem.c.slice().buffer)
        problem.c.fill(GUARD)
        const { m, n } = shape
        const [i, j] = [Math.min(row, m), Math.min(col, n)]
        for (const rows of [
          [0, i],
          [i, m],
        ] as const)
          for (const cols of [
            [0, j],
            [j, n],
          ] as const)
            problem.run(mode, 'tanh', rows, cols)
        expect(new Uint32Array(problem.c.slice().buffer)).toEqual(whole)
      }),
    )
  })

  test('takes more rows than it packs at once', () => {
    const shape: Shape = {
      m: 257,
      n: 9,
      k: BLOCK + 3,
      layoutA: 'transposed',
      layoutB: 'plain',
      padding: 1,
      hasBias: true,
      alpha: 1,
      seed: 5,
    }
    const problem = new Problem(shape)
    problem.run('store', 'identity')
    problem.check((sum, size, j) => {
      const bias = problem.bias[j]!
      return { value: sum + bias, bound: (shape.k + 1) * EPSILON * 1.001 * (size + Math.abs(bias)) }
    })
  })

  test('carries NaN and infinities through, and does not make any from the padding', () => {
    const shape: Shape = {
      m: 3,
      n: 3,
      k: 2,
      layoutA: 'plain',
      layoutB: 'plain',
      padding: 0,
      hasBias: false,
      alpha: 1,
      seed: 1,
    }
    const problem = new Problem(shape)
    problem.a.data.set([1, 0, Infinity, 1, 1, NaN])
    problem.b.data.set([1, 2, 3, 4, 5, 6])
    problem.run('store', 'identity')
    const rows = [1, 2, 3, Infinity, Infinity, Infinity, NaN, NaN, NaN]
    expect([...problem.c]).toEqual(rows)
    problem.run('store', 'hardtanh')
    expect([...problem.c]).toEqual([1, 1, 1, 1, 1, 1, NaN, NaN, NaN])
  })
})
