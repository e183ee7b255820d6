import { type ActivationCode, Mode, type ModeCode } from '../compute/kernels.js'
import type { Workspace } from '../compute/workspace.js'

/**
 * A matrix S of bits in the kernels' memory, one example a row, and its products. Where at most half
 * of its bits are ones, a product adds up the rows that the ones select, else it is a dense one: both
 * give the same bits, so this is a choice of speed alone.
 */
export class BitMatrix {
  readonly cols: number
  /** Row after row; after changing them call `list`. */
  readonly bits: Float32Array
  readonly #workspace: Workspace
  readonly #starts: Uint32Array
  readonly #ones: Uint32Array
  /** The lists of the transposed matrix. */
  readonly #columnStarts: Uint32Array
  readonly #columnOnes: Uint32Array
  #rows = 0
  #sparse = false

  /** Room for so many rows. */
  constructor(workspace: Workspace, rows: number, cols: number) {
    this.cols = cols
    this.bits = workspace.floats(rows * cols)
    this.#workspace = workspace
    this.#starts = workspace.words(rows + 1)
    this.#ones = workspace.words(rows * cols)
    this.#columnStarts = workspace.words(cols + 1)
    this.#columnOnes = workspace.words(rows * cols)
  }

  /** Takes the first `rows` rows of bits as the matrix. */
  list(rows: number): void {
    const [starts, ones] = [this.#starts.byteOffset, this.#ones.byteOffset]
    this.#workspace.kernels.listOnes(starts, ones, this.bits.byteOffset, rows, this.cols)
    this.#rows = rows
    this.#sparse = 2 * this.#starts[rows]! <= rows * this.cols
  }

  /** out = act(S·B + bias) for B of cols rows and n columns. */
  times(
    out: Float32Array,
    B: Float32Array,
    n: number,
    bias: Float32Array,
    activation: ActivationCode,
  ): void {
    const { kernels } = this.#workspace
    const [m, k] = [this.#rows, this.cols]
    const [to, b, q] = [out.byteOffset, B.byteOffset, bias.byteOffset]
    const [starts, ones] = [this.#starts.byteOffset, this.#ones.byteOffset]
    if (this.#sparse)
      kernels.onesProduct(to, m, n, k, starts, ones, b, Mode.store, 1, q, activation)
    else {
      const s = this.bits.byteOffset
      kernels.product(to, n, m, n, k, s, k, 1, b, n, 1, Mode.store, 1, q, activation)
    }
  }

  /**
   * out = SᵀB or out += SᵀB for B of as many rows as S and n columns, and counts[j] = the number of
   * ones in column j.
   */
  transposedTimes(
    out: Float32Array,
    B: Float32Array,
    n: number,
    mode: ModeCode,
    counts: Uint32Array,
  ): void {
    const { kernels } = this.#workspace
    const [m, k] = [this.cols, this.#rows]
    const [to, b] = [out.byteOffset, B.byteOffset]
    const [starts, ones] = [this.#columnStarts.byteOffset, this.#columnOnes.byteOffset]
    const [rowStarts, rowOnes] = [this.#starts.byteOffset, this.#ones.byteOffset]
    kernels.transposeOnes(starts, ones, rowStarts, rowOnes, k, m)
    for (let j = 0; j < m; j++) counts[j] = this.#columnStarts[j + 1]! - this.#columnStarts[j]!
    if (this.#sparse) kernels.onesProduct(to, m, n, k, starts, ones, b, mode, 1, 0, 0)
    else kernels.product(to, n, m, n, k, this.bits.byteOffset, 1, m, b, n, 1, mode, 1, 0, 0)
  }
}
