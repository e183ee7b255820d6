import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { Activation, Mode } from '../dist/compute/kernels.js'
import {
  listEntries,
  type SparseMatrix,
  sparseMatrix,
  transpose,
} from '../dist/compute/sparse-matrix.js'
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
    ends: starts.byteOffset + 4,
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
      const { kernels, n, flat, starts, ends, list, a, values } = layOut(columns)
      const exact = flat.map(({ i, row }) => a[i * c.cols + row]!)
      kernels.gather(values.byteOffset, a.byteOffset, c.cols, starts, ends, list, n)
      expect([...values]).toEqual([...exact, 12345.5])
    }))

  for (const name of activationNames)
    test(`rowDots: out[e] = ${name}(aᵢ·b + bias)`, () =>
      property(c => {
        const { kernels, n, flat, starts, ends, list, a, b, bias, values } = layOut(c)
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
        kernels.rowDots(
          values.byteOffset,
          A,
          B,
          bias.byteOffset,
          c.cols,
          starts,
          ends,
          list,
          n,
          code,
        )
        const exact = dots.map(({ sum }) => activations[name].value(sum))
        // No activation is steeper than 1; its own error is under 4 roundings of a number below 1 + |y|.
        const sizes = dots.map(({ size }) => size + 4)
        expectSums(values, exact, sizes, c.cols)
      }))

  for (const mode of [Mode.store, Mode.accumulate])
    test(`sparseProduct, ${mode === Mode.store ? 'C = act(S·B + bias)' : 'C += α(S·B + bias)'}`, () =>
      property(c => {
        const { kernels, n, flat, starts, ends, list, a, b, bias, values } = layOut(c)
        fc.pre(c.cols <= c.rows || c.seed % 2 === 0) // the bias has one float for each row of B here
        const biased = c.cols <= c.rows
        const alpha = mode === Mode.store ? 1 : Math.fround(-0.3)
        const before = (at: number) => (mode === Mode.store ? 0 : a[at]!)
        const first = (at: number) => (biased ? alpha * bias[at % c.cols]! : 0)
        const exact = Array.from({ length: n * c.cols }, (_, at) => before(at) + first(at))
        const sizes = exact.map((_, at) => Math.abs(before(at)) + Math.abs(first(at)))
        for (const [e, { i, row }] of flat.entries())
          for (let j = 0; j < c.cols; j++) {
            const term = alpha * values[e]! * b[row * c.cols + j]!
            exact[i * c.cols + j]! += term
            sizes[i * c.cols + j]! += Math.abs(term)
          }
        kernels.sparseProduct(
          a.byteOffset,
          c.cols,
          n,
          c.cols,
          starts,
          ends,
          list,
          values.byteOffset,
          b.byteOffset,
          c.cols,
          mode,
          alpha,
          biased ? bias.byteOffset : 0,
          Activation.hardtanh,
        )
        const act = mode === Mode.store ? activations.hardtanh.value : (x: number) => x
        expectSums(a, exact.map(act), sizes, 8)
      }))

  test('sparseProduct does not change by a bit when rows and columns are divided', () => {
    const c = { cols: 600, rows: 9, entries: [[1, 2, 3, 4, 5], [], [0, 7], [8, 8, 8]], seed: 3 }
    const { kernels, n, starts, ends, list, a, b, values } = layOut(c)
    const multiply = (i0: number, i1: number, j0: number, j1: number) =>
      kernels.sparseProduct(
        a.byteOffset + 4 * (i0 * c.cols + j0),
        c.cols,
        i1 - i0,
        j1 - j0,
        starts + 4 * i0,
        ends + 4 * i0,
        list,
        values.byteOffset,
        b.byteOffset + 4 * j0,
        c.cols,
        Mode.store,
        1,
        0,
        Activation.identity,
      )
    multiply(0, n, 0, c.cols)
    const whole = a.slice()
    a.fill(0, 0, n * c.cols)
    for (const [i0, i1] of [
      [0, 3],
      [3, n],
    ] as const)
      for (const [j0, j1] of [
        [0, 301],
        [301, c.cols],
      ] as const)
        multiply(i0, i1, j0, j1)
    expect(a).toEqual(whole)
  })

  test('listRows and transpose: X = background + S, and Sᵀ, whatever rows and columns are asked for', () =>
    fc.assert(
      fc.property(
        fc.integer({ min: 1, max: 6 }),
        fc.nat(11),
        fc.nat(11),
        fc.integer(),
        (n, cols, cut, seed) => {
          const workspace = new Workspace()
          const { kernels } = workspace
          const [background, random] = [Math.fround(0.3), noise(seed)]
          const X = workspace.floats(n * cols)
          for (let i = 0; i < X.length; i++) X[i] = random() < 0 ? background : random()
          const S = sparseMatrix(workspace, n, cols)
          const T = sparseMatrix(workspace, cols, n)
          const expected = [...X].flatMap((x, at) =>
            x === background
              ? []
              : [{ i: Math.floor(at / cols), j: at % cols, value: Math.fround(x - background) }],
          )
          expect(listEntries(kernels, S, X, background, n, cols)).toBe(expected.length)
          expect(entriesOf(S)).toEqual(expected.map(({ i, j, value }) => [i, j, value]))
          transpose(kernels, T, S, n)
          const columns = [...expected].sort((a, b) => a.j - b.j)
          expect(entriesOf(T)).toEqual(columns.map(({ i, j, value }) => [j, i, value]))
          const divided = sparseMatrix(workspace, cols, n)
          for (const [first, end] of [
            [0, Math.min(cut, cols)],
            [Math.min(cut, cols), cols],
          ] as const)
            kernels.transpose(
              divided.starts.byteOffset + 4 * first,
              divided.ends.byteOffset + 4 * first,
              divided.columns.byteOffset,
              divided.values.byteOffset,
              S.starts.byteOffset,
              S.ends.byteOffset,
              S.columns.byteOffset,
              S.values.byteOffset,
              n,
              first,
              end - first,
            )
          expect(entriesOf(divided)).toEqual(entriesOf(T))
        },
      ),
    ))
})

/** The entries as [row, column, value]. */
function entriesOf({ starts, ends, columns, values }: SparseMatrix): number[][] {
  return [...starts].flatMap((start, i) =>
    Array.from({ length: ends[i]! - start }, (_, e) => [
      i,
      columns[start + e]!,
      values[start + e]!,
    ]),
  )
}
