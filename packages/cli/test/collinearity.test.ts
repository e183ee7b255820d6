import { Matrix, Random } from 'lacuna'
import { expect, test } from 'vitest'
import { collinearRemarks } from '../dist/tables/collinearity.js'

/** Columns made from three independent ones of very different sizes. */
function table(rows: number, ...columns: ((a: number, b: number, c: number) => number)[]): Matrix {
  const random = new Random(3)
  const values = Array.from({ length: rows }, () => {
    const [a, b, c] = [random.normal(), 1e4 + 100 * random.normal(), 1e-3 * random.normal()]
    return columns.map(column => column(a, b, c))
  })
  return new Matrix(rows, columns.length, Float32Array.from(values.flat()))
}

test('independent columns, even nearly collinear ones, are not remarked upon', () => {
  const near = table(
    500,
    (a, b) => a + b,
    (_, b) => b,
    (_a, _b, c) => c,
  )
  expect(collinearRemarks(['p', 'q', 'r'], near)).toEqual([])
})

test('a column on another scale, a sum of others and a constant are told apart', () => {
  const columns = table(
    25_000,
    a => a,
    a => 3 - 2 * a,
    (_, b) => b,
    () => 5,
    (a, b) => 10 * a - b,
    (_a, _b, c) => c,
  )
  expect(collinearRemarks(['a', 'minus', 'b', 'five', 'sum', 'c'], columns)).toEqual([
    'column "minus" is column "a" on another scale: it says nothing new',
    'column "sum" follows from the columns before it (collinear): it says nothing new',
  ])
})

test('with fewer rows than columns every further column would follow from the others: none is named', () => {
  const few = table(
    3,
    a => a,
    (_, b) => b,
    (_a, _b, c) => c,
    (a, b, c) => a * b + c,
  )
  expect(collinearRemarks(['a', 'b', 'c', 'd'], few)).toEqual([])
})
