import { type M64, type Matrix, requireFinite, requireShape } from '../compute/matrix.js'
import { LacunaError } from '../errors.js'

/**
 * Checks that x is a rows×cols matrix of zeros and ones.
 * @param name what the matrix is called in the error, such as `x`
 * @throws LACUNA_E_SHAPE, LACUNA_E_NOT_FINITE, or LACUNA_E_BITS naming the first other value's place
 */
export function requireBits(
  name: string,
  x: Matrix<Float32Array | Float64Array>,
  rows: number,
  cols: number,
): void {
  requireShape(name, x, rows, cols)
  requireBitsOfRows(name, x, 0, rows)
}

/** The same for some of the rows of x, from `start` to before `end`. */
export function requireBitsOfRows(
  name: string,
  x: Matrix<Float32Array | Float64Array>,
  start: number,
  end: number,
): void {
  const { cols, data } = x
  let at = start * cols
  while (at < end * cols && (data[at] === 0 || data[at] === 1)) at++
  if (at === end * cols) return
  requireFinite(name, x)
  throw new LacunaError(
    'LACUNA_E_BITS',
    `${name} holds ${data[at]} at row ${Math.floor(at / cols)}, column ${at % cols}`,
    'Boltzmann machines are made of bits: code every value as 0 or 1.',
  )
}

/** out += Aᵀs for a vector s of bits: adds those rows of A whose bit is 1. */
export function addSelectedRows(out: Float64Array, s: Float64Array, A: M64): void {
  for (let j = 0; j < s.length; j++) {
    if (s[j] === 0) continue
    const row = A.row(j)
    for (let i = 0; i < out.length; i++) out[i]! += row[i]!
  }
}

/** αᵀs, the inner product of two vectors. */
export function dot(alpha: Float64Array, s: ArrayLike<number>): number {
  let sum = 0
  for (let j = 0; j < alpha.length; j++) sum += alpha[j]! * s[j]!
  return sum
}

/** out += factor·term. */
export function addScaled(out: Float64Array, term: Float64Array, factor: number): void {
  for (let i = 0; i < term.length; i++) out[i]! += factor * term[i]!
}
