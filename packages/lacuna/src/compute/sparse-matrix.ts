import { Activation, type ActivationCode, type Kernels, Mode } from './kernels.js'
import type { Workspace } from './workspace.js'

/**
 * A sparse matrix S in a workspace, as lists of its entries row after row: entry e of row i, where
 * starts[i] ≤ e < ends[i], stands in column columns[e] and has the value values[e].
 */
export interface SparseMatrix {
  readonly starts: Uint32Array
  readonly ends: Uint32Array
  readonly columns: Uint32Array
  readonly values: Float32Array
}

/** A matrix with room for rows×cols entries, so that each row is listed at a place of its own. */
export function sparseMatrix(workspace: Workspace, rows: number, cols: number): SparseMatrix {
  const starts = workspace.words(rows)
  for (let i = 0; i < rows; i++) starts[i] = i * cols
  const columns = workspace.words(rows * cols)
  return { starts, ends: workspace.words(rows), columns, values: workspace.floats(rows * cols) }
}

/**
 * S = X − background for the first n rows of a matrix X with so many columns.
 * @returns how many entries there are
 */
export function listEntries(
  kernels: Kernels,
  { starts, ends, columns, values }: SparseMatrix,
  X: Float32Array,
  background: number,
  n: number,
  cols: number,
): number {
  const [to, at] = [columns.byteOffset, values.byteOffset]
  const x = X.byteOffset
  kernels.listRows(starts.byteOffset, ends.byteOffset, to, at, x, background, n, cols)
  let count = 0
  for (let i = 0; i < n; i++) count += ends[i]! - starts[i]!
  return count
}

/** `into` = Sᵀ, for the first n rows of S. */
export function transpose(
  kernels: Kernels,
  into: SparseMatrix,
  { starts, ends, columns, values }: SparseMatrix,
  n: number,
): void {
  kernels.transpose(
    into.starts.byteOffset,
    into.ends.byteOffset,
    into.columns.byteOffset,
    into.values.byteOffset,
    starts.byteOffset,
    ends.byteOffset,
    columns.byteOffset,
    values.byteOffset,
    n,
    0,
    into.starts.length,
  )
}

/**
 * C = f(S B + b), for the first n rows of S.
 * @param C, B, b pointers to n×cols, any×cols and cols floats; b is 0 for none
 */
export function storeProduct(
  kernels: Kernels,
  C: number,
  S: SparseMatrix,
  n: number,
  B: number,
  cols: number,
  b = 0,
  f: ActivationCode = Activation.identity,
): void {
  const [starts, ends] = [S.starts.byteOffset, S.ends.byteOffset]
  const [columns, values] = [S.columns.byteOffset, S.values.byteOffset]
  const { store } = Mode
  kernels.sparseProduct(C, cols, n, cols, starts, ends, columns, values, B, cols, store, 1, b, f)
}

/** C += α(S B + b), likewise. */
export function addProduct(
  kernels: Kernels,
  C: number,
  S: SparseMatrix,
  n: number,
  B: number,
  cols: number,
  alpha: number,
  b = 0,
): void {
  const [starts, ends] = [S.starts.byteOffset, S.ends.byteOffset]
  const [columns, values] = [S.columns.byteOffset, S.values.byteOffset]
  const [mode, f] = [Mode.accumulate, Activation.identity]
  kernels.sparseProduct(C, cols, n, cols, starts, ends, columns, values, B, cols, mode, alpha, b, f)
}
