import { implicitQr } from './implicit-qr.js'
import { type M64, Matrix, requireFinite, requireShape } from './matrix.js'
import { OrthogonalStrips } from './orthogonal-strips.js'
import { tridiagonalise } from './tridiagonalisation.js'
import { Workspace } from './workspace.js'

/** Rotations that are written down before they are applied: half a megabyte of them. */
const ROTATIONS = 2 ** 15

/**
 * The eigenvalues and eigenvectors of a symmetric matrix in float64, A vᵢ = λᵢ vᵢ: A = Q T Qᵀ with a
 * tridiagonal T (`tridiagonalise`), and T = G Λ Gᵀ (`implicitQr`), so that GᵀQᵀ has the vᵢ as its rows.
 * Errors are a few times 2⁻⁵³ of the largest |λ|, in values and in A vᵢ − λᵢ vᵢ; the vᵢ are orthonormal
 * to as much.
 *
 * @param a A, n×n; only its upper triangle is read
 * @returns `values` in descending order, and `vectors`, one a row; the sign of each is left open
 * @throws LACUNA_E_SHAPE, LACUNA_E_NOT_FINITE; LACUNA_E_MEMORY if A, its eigenvectors and 1 MB do not
 *   fit a gigabyte
 *
 * @example
 * ```ts
 * symmetricEigen(new Matrix(2, 2, Float64Array.of(2, 1, 1, 2))).values // 3, 1
 * ```
 */
export function symmetricEigen(a: M64): { values: Float64Array; vectors: M64 } {
  const n = a.cols
  requireShape('a symmetric matrix', a, n, n)
  requireFinite('the symmetric matrix', a)
  const workspace = new Workspace()
  const A = workspace.doubles(n * n)
  const scale = powerOfTwoBelow(a.data)
  for (let i = 0; i < A.length; i++) A[i] = a.data[i]! / scale

  const { diagonal, beside, reflections } = tridiagonalise(workspace, A, n)
  const V = new OrthogonalStrips(workspace, n)
  V.reflect(reflections)
  const room = workspace.doubles(2 * Math.max(ROTATIONS, n))
  implicitQr(diagonal, beside, room, sweeps => V.rotate(sweeps))

  const order = Array.from(diagonal.keys()).sort((i, j) => diagonal[j]! - diagonal[i]!)
  const vectors = new Matrix(n, n, new Float64Array(n * n))
  for (const [to, i] of order.entries()) V.copyRow(i, vectors.row(to))
  return { values: Float64Array.from(order, i => scale * diagonal[i]!), vectors }
}

/** The largest power of two that no magnitude of x is below, so that x over it is exact; 1 for zeros. */
function powerOfTwoBelow(x: Float64Array): number {
  let largest = 0
  for (let i = 0; i < x.length; i++) largest = Math.max(largest, Math.abs(x[i]!))
  if (largest === 0) return 1
  let power = 1
  while (power > largest) power /= 2
  while (power <= largest / 2) power *= 2
  return power
}
