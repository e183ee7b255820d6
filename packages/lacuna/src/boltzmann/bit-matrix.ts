import { Activation, type ActivationCode, BLOCK_BITS } from '../compute/kernels.js'
import type { Workspace } from '../compute/workspace.js'

/** A factor of a product, in the kernels' memory: element (p, j) is values[p·row + j·col]. */
export interface Factor {
  readonly values: Float32Array
  readonly row: number
  readonly col: number
}

/** What becomes of a product P on its way to C: C ← act(alpha·(P + w·biasᵀ) + beta·C). */
export interface Finish {
  /** 1 if left out. */
  readonly alpha?: number
  /** 0 if left out. */
  readonly beta?: number
  /** None if left out. */
  readonly bias?: Float32Array
  /** w, one for each row of C; ones if left out. */
  readonly weights?: Float32Array
  readonly activation?: ActivationCode
}

/** A matrix S of bits in the kernels' memory, one example a row, and its products with floats. */
export class BitMatrix {
  readonly cols: number
  /** A byte a bit, row after row. After they have changed, `list` or `listColumns` comes before a product. */
  readonly bits: Uint8Array
  readonly #workspace: Workspace
  readonly #rows: Lists
  readonly #columns: Lists

  /** Room for so many rows. */
  constructor(workspace: Workspace, rows: number, cols: number) {
    this.cols = cols
    this.bits = workspace.bytes(rows * cols)
    this.#workspace = workspace
    this.#rows = new Lists(workspace, rows, cols)
    this.#columns = new Lists(workspace, cols, rows)
  }

  /** Takes these rows of bits as they are now. */
  list(first: number, end: number): void {
    const { cols } = this
    const { list, ends } = this.#rows.at(first, cols)
    const from = this.bits.byteOffset + first * cols
    this.#workspace.kernels.listBits(list, ends, from, end - first, cols, cols, 1)
  }

  /** C = S·B, finished, for these rows of S and n columns of B. */
  times(C: Float32Array, first: number, end: number, B: Factor, n: number, finish: Finish): void {
    this.#multiply(C, end - first, n, this.cols, this.#rows.at(first, this.cols), B, finish)
  }

  /** Takes these rows of bits as the columns of Sᵀ. */
  listColumns(first: number, end: number): void {
    const { cols } = this
    const { list, ends } = this.#columns.at(0, end - first)
    const from = this.bits.byteOffset + first * cols
    this.#workspace.kernels.listBits(list, ends, from, cols, end - first, 1, cols)
  }

  /**
   * C = SᵀB, finished, for the rows of S that `listColumns` took, `rows` of them, and n columns of B.
   * @param first leaves out the rows of Sᵀ before this one
   */
  transposedTimes(
    C: Float32Array,
    rows: number,
    B: Factor,
    n: number,
    finish: Finish,
    first = 0,
  ): void {
    this.#multiply(C, this.cols - first, n, rows, this.#columns.at(first, rows), B, finish)
  }

  #multiply(
    C: Float32Array,
    m: number,
    n: number,
    k: number,
    { list, ends }: Place,
    { values, row, col }: Factor,
    finish: Finish,
  ): void {
    const { alpha = 1, beta = 0, bias, weights, activation = Activation.identity } = finish
    const [c, b] = [C.byteOffset, values.byteOffset]
    const [q, w] = [bias?.byteOffset ?? 0, weights?.byteOffset ?? 0]
    const { kernels } = this.#workspace
    kernels.bitProduct(c, n, m, n, k, list, ends, b, row, col, alpha, beta, q, w, activation)
  }
}

/** Where the lists of a row begin. */
interface Place {
  readonly list: number
  readonly ends: number
}

/** Room for what `listBits` says of up to rows×cols bits. */
class Lists {
  readonly #list: number
  readonly #ends: number

  constructor(workspace: Workspace, rows: number, cols: number) {
    this.#list = workspace.words(rows * groups(cols)).byteOffset
    this.#ends = workspace.words(rows * blocks(cols)).byteOffset
  }

  /** Those of a row, where rows have so many columns. */
  at(row: number, cols: number): Place {
    return {
      list: this.#list + 4 * row * groups(cols),
      ends: this.#ends + 4 * row * blocks(cols),
    }
  }
}

const groups = (bits: number) => Math.ceil(bits / 4)
const blocks = (bits: number) => Math.max(1, Math.ceil(bits / BLOCK_BITS))
