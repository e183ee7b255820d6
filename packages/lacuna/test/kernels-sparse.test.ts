import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { Activation, Mode } from '../dist/compute/kernels.js'
import { Workspace } from '../dist/compute/workspace.js'
import { type ActivationName, activationNames, activations } from './reference/kernels.js'
import { noise } from './reference/noise.js'

const EPSILON = 2 ** -23

/** n examples with up to four entries each, for the rows of a matrix B of `rows`×`cols`. */
const cases = fc.record({
  cols: fc.nat(40),
  rows: fc.integer({ min: 1, max: 9 }),
  entries: fc.array(fc.array(fc.nat(1000), { maxLength: 4 }), { minLength: 1, maxLength: 5 }),
  seed: fc.integer(),
})

type Case = { cols: number; rows: number; entries: number[][]; seed: number }

/** Lays a case out: A n×cols, B rows×cols, one value an entry, each followed by a guard. */
function layOut({ cols, rows, entries, seed }: Case) {
  const workspace = new Workspace()
  const random = noise(seed)
  const guarded = (length: number) => {
    const view = workspace.floats(length + 1)
    for (let i = 0; i < length; i++) view[i] = random()
    view[length] = 12345.5
    return view
  }
  const n = entries.length
  const flat = entries.flatMap((example, i) => example.map(row => ({ i, row: row % rows })))
  const starts = workspace.words(n + 1)
  for (const [i, example] of entries.entries()) starts[i + 1] = starts[i]! + example.length
  const list = workspace.words(flat.length)
  list.set(flat.map(({ row }) => row))
  return {
    kernels: workspace.kernels,
    n,
    flat,
    starts: starts.byteOffset,
    list: list.byteOffset,
    a: guarded(n * cols),
    b: guarded(rows * cols),
    bias: guarded(rows),
    values: guarded(flat.length),
  }
}

/** Every element is the exact sum but for the rounding of so many terms; the guard still stands. */
function expectSums(found: Float32Array, exact: number[], sizes: number[], terms: number) {
  for (const [i, value] of exact.entries())
    expect(Math.abs(found[i]! - value)).toBeLessThanOrEqual((terms + 3) * EPSILON * sizes[i]!)
  expect(found[exact.length]).toBe(12345.5)
}

const property = (check: (c: Case) => void) => fc.assert(fc.property(cases, check))

describe('products with few rows of a matrix', () => {
  test('gather: out[e] = a[i, column]', () =>
    property(c => {
      fc.pre(c.cols > 0)
      const columns = { ...c, rows: c.cols } // entries stand for columns of A here
      const { kernels, n, flat, starts, list, a, values } = layOut(columns)
      const exact = flat.map(({ i, row }) => a[i * c.cols + row]!)
      kernels.gather(values.byteOffset, a.byteOffset, c.cols, starts, list, n)
      expect([...values]).toEqual([...exact, 12345.5])
    }))

  for (const name of activationNames)
    test(`rowDots: out[e] = ${name}(aᵢ·b + bias)`, () =>
      property(c => {
        const { kernels, n, flat, starts, list, a, b, bias, values } = layOut(c)
        const dots = flat.map(({ i, row }) => {
          let [sum, size] = [bias[row]!, Math.abs(bias[row]!)]
          for (let j = 0; j < c.cols; j++) {
            const term = a[i * c.cols + j]! * b[row * c.cols + j]!
            sum += term
            size += Math.abs(term)
          }
          return { sum, size }
        })
        const [A, B] = [a.byteOffset, b.byteOffset]
        const code = Activation[name as ActivationName]
        kernels.rowDots(values.byteOffset, A, B, bias.byteOffset, c.cols, starts, list, n, code)
        const exact = dots.map(({ sum }) => activations[name].value(sum))
        // No activation is steeper than 1; its own error is under 4 roundings of a number below 1 + |y|.
        const sizes = dots.map(({ size }) => size + 4)
        expectSums(values, exact, sizes, c.cols)
      }))

  for (const mode of [Mode.store, Mode.accumulate])
    test(`rowSums, ${mode === Mode.store ? 'out =' : 'out +='} Σ value·b`, () =>
      property(c => {
        const { kernels, n, flat, starts, list, a, b, values } = layOut(c)
        const exact = Array.from({ length: n * c.cols }, (_, at) =>
          mode === Mode.store ? 0 : a[at]!,
        )
        const sizes = exact.map(Math.abs)
        for (const [e, { i, row }] of flat.entries())
          for (let j = 0; j < c.cols; j++) {
            const term = values[e]! * b[row * c.cols + j]!
            exact[i * c.cols + j]! += term
            sizes[i * c.cols + j]! += Math.abs(term)
          }
        kernels.rowSums(
          a.byteOffset,
          values.byteOffset,
          b.byteOffset,
          c.cols,
          starts,
          list,
          n,
          mode,
        )
        expectSums(a, exact, sizes, 5)
      }))

  test('addToRows: b += α·value·aᵢ and bias += α·value', () =>
    property(c => {
      const { kernels, n, flat, starts, list, a, b, bias, values } = layOut(c)
      const alpha = Math.fround(-0.3)
      const [exact, exactBias] = [[...b].slice(0, -1), [...bias].slice(0, -1)]
      const [sizes, biasSizes] = [exact.map(Math.abs), exactBias.map(Math.abs)]
      for (const [e, { i, row }] of flat.entries()) {
        const value = alpha * values[e]!
        exactBias[row]! += value
        biasSizes[row]! += Math.abs(value)
        for (let j = 0; j < c.cols; j++) {
          exact[row * c.cols + j]! += value * a[i * c.cols + j]!
          sizes[row * c.cols + j]! += Math.abs(value * a[i * c.cols + j]!)
        }
      }
      const [B, Q, V] = [b.byteOffset, bias.byteOffset, values.byteOffset]
      kernels.addToRows(B, Q, V, a.byteOffset, c.cols, starts, list, n, alpha)
      expectSums(b, exact, sizes, flat.length)
      expectSums(bias, exactBias, biasSizes, flat.length)
    }))
})
