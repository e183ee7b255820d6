import { LacunaError } from '../errors.js'

/**
 * A dense row-major matrix: element (i, j) is `data[i * cols + j]`; one example a row.
 * It holds its data and nothing else: the arithmetic lives with the models.
 *
 * @example
 * ```ts
 * const x = new Matrix(2, 3) // zeros, float32
 * x.row(1).set([1, 2, 3])
 * const t = new Matrix(1, 2, new Float64Array([0.5, 0.25]))
 * ```
 */
export class Matrix<T extends Float32Array | Float64Array = Float32Array> {
  readonly rows: number
  readonly cols: number
  readonly data: T

  /**
   * @param rows number of rows, a whole number ≥ 0
   * @param cols number of columns, a whole number ≥ 0
   * @param data `rows * cols` values in row-major order, kept without copying; float32 zeros if left out
   * @throws LACUNA_E_SHAPE if a size is not a whole number ≥ 0 or `data` has another length
   */
  constructor(rows: number, cols: number, data?: T) {
    if (!Number.isSafeInteger(rows) || !Number.isSafeInteger(cols) || rows < 0 || cols < 0)
      throw new LacunaError(
        'LACUNA_E_SHAPE',
        `a matrix cannot have ${rows} rows and ${cols} columns`,
        'Give two whole numbers, each at least 0.',
      )
    if (data !== undefined && data.length !== rows * cols)
      throw new LacunaError(
        'LACUNA_E_SHAPE',
        `a ${rows}×${cols} matrix needs ${rows * cols} values, but the data has ${data.length}`,
        'Pass rows and columns whose product is the length of the data.',
      )
    this.rows = rows
    this.cols = cols
    this.data = data ?? (new Float32Array(rows * cols) as T)
  }

  /** Row i as a view: writing to it writes to the matrix. */
  row(i: number): T {
    return this.data.subarray(i * this.cols, (i + 1) * this.cols) as T
  }

  /** Rows `start` to `end` (excluded) as a matrix that shares this one's data. */
  slice(start: number, end: number): Matrix<T> {
    const last = Math.min(end, this.rows)
    const first = Math.min(start, last)
    const view = this.data.subarray(first * this.cols, last * this.cols) as T
    return new Matrix(last - first, this.cols, view)
  }
}

/** A matrix of float64 values, the precision of all closed-form mathematics here. */
export type M64 = Matrix<Float64Array>

/**
 * Checks that every value is a finite number.
 * @param name what the matrix is called in the error, such as `x`
 * @throws LACUNA_E_NOT_FINITE naming the first row and column that holds something else
 */
export function requireFinite(name: string, x: Matrix<Float32Array | Float64Array>): void {
  const at = finiteUpTo(x.data)
  if (at < x.data.length)
    throw new LacunaError(
      'LACUNA_E_NOT_FINITE',
      `${name} holds ${x.data[at]} at row ${Math.floor(at / x.cols)}, column ${at % x.cols}`,
      'Remove or replace missing and infinite values before passing the data.',
    )
}

/** How many of the first values are finite: all of them, or the place of the first that is not. */
export function finiteUpTo(values: Float32Array | Float64Array): number {
  let at = 0 // a loop, as a callback for each element is ten times as slow
  while (at < values.length && Number.isFinite(values[at]!)) at++
  return at
}

/**
 * Checks the shape of a matrix.
 * @throws LACUNA_E_SHAPE naming the shape expected and the one found
 */
export function requireShape(
  name: string,
  x: Matrix<Float32Array | Float64Array>,
  rows: number,
  cols: number,
): void {
  if (x.rows !== rows || x.cols !== cols)
    throw new LacunaError(
      'LACUNA_E_SHAPE',
      `${name} must be ${rows}×${cols} but is ${x.rows}×${x.cols}`,
      'Matrices are row-major with one example a row; check rows and columns.',
    )
}
