import type { Workspace } from './workspace.js'

/** Hₖ = I − τ vvᵀ, orthogonal and symmetric; rows before `first` it leaves alone. */
export type Reflection = {
  readonly first: number
  /** v from row `first` on, in the workspace. */
  readonly v: Float64Array
  readonly tau: number
}

/** A = Q T Qᵀ with Q = H₀H₁H₂… and T symmetric and tridiagonal. */
export type Tridiagonal = {
  /** T's diagonal, n values. */
  readonly diagonal: Float64Array
  /** T's entries beside it, n − 1 values. */
  readonly beside: Float64Array
  /** H₀, H₁, …, without those that change nothing. */
  readonly reflections: readonly Reflection[]
}

/** A sum of squares below this is 0, beside entries near 1: it would have lost its digits. */
const NOTHING = 2 ** -900

/**
 * Householder's reduction of a symmetric matrix (Wilkinson & Reinsch 1971, II/2; Golub & Van Loan,
 * *Matrix Computations*, algorithm 8.3.1). Hₖ turns row k right of the diagonal into (βₖ, 0, …, 0);
 * with p = τAv and w = p − ½τ(pᵀv)v, HₖAHₖ = A − vwᵀ − wvᵀ. Each step applies the last one's update
 * and multiplies by its own v in one pass over what is left of A.
 *
 * @param a A, row-major, in the workspace; the largest magnitude is near 1. Only the upper triangle is
 *   read; the v are left in it
 */
export function tridiagonalise(workspace: Workspace, a: Float64Array, n: number): Tridiagonal {
  const [v, w, Av] = [workspace.doubles(n), workspace.doubles(n), workspace.doubles(n)]
  const diagonal = new Float64Array(n)
  const beside = new Float64Array(Math.max(0, n - 1))
  const reflections: Reflection[] = []
  for (let k = 0; k < n; k++) {
    const row = a.subarray(k * n, (k + 1) * n)
    const [vk, wk] = [v[k]!, w[k]!]
    for (let j = k; j < n; j++) row[j] = row[j]! - vk * w[j]! - wk * v[j]!
    diagonal[k] = row[k]!
    const first = k + 1
    if (first === n) break

    const next = row.subarray(first)
    const { beta, tau } = makeReflection(next)
    beside[k] = beta
    if (tau !== 0) reflections.push({ first, v: next, tau })

    const [y, A] = [Av.byteOffset + 8 * first, a.byteOffset + 8 * first * (n + 1)]
    const [oldV, oldW] = [v.byteOffset + 8 * first, w.byteOffset + 8 * first]
    workspace.kernels.updateAndMultiply(y, A, n, n - first, oldV, oldW, next.byteOffset)
    let vAv = 0
    for (let j = first; j < n; j++) vAv += row[j]! * Av[j]!
    const half = (tau * tau * vAv) / 2 // ½τ(pᵀv)
    for (let j = first; j < n; j++) {
      v[j] = row[j]!
      w[j] = tau * Av[j]! - half * row[j]!
    }
  }
  return { diagonal, beside, reflections }
}

/**
 * The reflection that turns x into (β, 0, …, 0), β with the sign that cancels nothing. Leaves v in x,
 * so that v₀ = 1.
 */
function makeReflection(x: Float64Array): { beta: number; tau: number } {
  const alpha = x[0]!
  let rest = 0
  for (let j = 1; j < x.length; j++) rest += x[j]! * x[j]!
  x[0] = 1
  if (rest < NOTHING) return { beta: alpha, tau: 0 }
  const length = Math.sqrt(alpha * alpha + rest)
  const beta = alpha < 0 ? length : -length
  for (let j = 1; j < x.length; j++) x[j]! /= alpha - beta
  return { beta, tau: (beta - alpha) / beta }
}
