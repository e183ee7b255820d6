import { softplus } from '../compute/elementary.js'
import { type M64, Matrix, requireShape } from '../compute/matrix.js'
import { LacunaError } from '../errors.js'
import { addSelectedRows, dot, requireBits } from './bits.js'
import type { ConditionalRbm } from './conditional-rbm.js'
import { transpose } from './transpose.js'

/**
 * What is asked about one example: given x and some of the outputs, the others are the visible units
 * v of a plain machine,
 *
 *   p(v | x, given) ∝ e^(αᵀv) Π_k (1 + e^(q_k + vᵀA_:k)),
 *
 * whose A and α are the rows of U and b of the free outputs, and whose q is the conditional machine's
 * with Wᵀx and Uᵀy of the given outputs added.
 */
export interface FreeOutputs {
  /** The numbers of the free outputs, f of them. */
  readonly free: readonly number[]
  /** f×K, one object for all examples in a row that leave the same outputs free. */
  readonly A: M64
  /** Aᵀ. */
  readonly transposed: M64
  readonly alpha: Float64Array
  readonly q: Float64Array
  /** aᵀx + bᵀy of the given outputs. */
  readonly constant: number
  /** y with the given outputs and zeros. */
  readonly known: Float64Array
}

/**
 * @param given n×c: 0 or 1 where an output is given, NaN where it is free; all are free if left out
 * @throws LACUNA_E_SHAPE, LACUNA_E_NOT_FINITE or LACUNA_E_BITS for unfit rows
 */
export function freeOutputs(rbm: ConditionalRbm, x: M64, given?: M64): FreeOutputs[] {
  const { W, U, inputBias, outputBias, hiddenBias } = rbm
  requireBits('x', x, x.rows, W.rows)
  if (given) requireGiven(given, x.rows, U.rows)
  let before: FreeOutputs | undefined
  return Array.from({ length: x.rows }, (_, n) => {
    const known = given ? given.row(n).map(value => value || 0) : new Float64Array(U.rows)
    const free = [...known.keys()].filter(j => !given || Number.isNaN(given.row(n)[j]))
    const q = hiddenBias.slice()
    addSelectedRows(q, x.row(n), W)
    addSelectedRows(q, known, U)
    const constant = dot(inputBias, x.row(n)) + dot(outputBias, known)
    const same = before?.free.length === free.length && free.every((j, i) => j === before!.free[i])
    const couplings = same ? before! : couplingsOf(U, free)
    const alpha = Float64Array.from(free, j => outputBias[j]!)
    before = { free, A: couplings.A, transposed: couplings.transposed, alpha, q, constant, known }
    return before
  })
}

function couplingsOf(U: M64, free: readonly number[]): Pick<FreeOutputs, 'A' | 'transposed'> {
  const A = new Matrix(free.length, U.cols, new Float64Array(free.length * U.cols))
  for (const [i, j] of free.entries()) A.row(i).set(U.row(j))
  return { A, transposed: transpose(A) }
}

function requireGiven(given: M64, rows: number, cols: number): void {
  requireShape('given', given, rows, cols)
  const at = given.data.findIndex(value => value !== 0 && value !== 1 && !Number.isNaN(value))
  if (at >= 0)
    throw new LacunaError(
      'LACUNA_E_BITS',
      `given holds ${given.data[at]} at row ${Math.floor(at / cols)}, column ${at % cols}`,
      'Code every output that is given as 0 or 1, and every free one as NaN.',
    )
}

/** y with the free outputs v put in. */
export function completed({ free, known }: FreeOutputs, v: ArrayLike<number>): Float64Array {
  const y = known.slice()
  for (const [i, j] of free.entries()) y[j] = v[i]!
  return y
}

/** t = q + Aᵀv. */
export function hiddenField({ A, q }: FreeOutputs, v: Float64Array): Float64Array {
  const t = q.slice()
  addSelectedRows(t, v, A)
  return t
}

/** αᵀv + Σ_k log(1 + e^t_k), that is −F(x,y) less the constant. */
export function logWeight(outputs: FreeOutputs, v: Float64Array): number {
  const t = hiddenField(outputs, v)
  return t.reduce((sum, t_k) => sum + softplus(t_k), dot(outputs.alpha, v))
}
