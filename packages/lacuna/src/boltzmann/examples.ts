import { type M64, Matrix } from '../compute/matrix.js'
import { byTurns } from '../compute/turns.js'
import { requireBitsOfRows } from './bits.js'

/** Examples of bits, (x, y) in a row, a byte a bit. */
export class Examples {
  readonly rows: number
  readonly cols: number
  readonly #bits: Uint8Array
  /** The examples meant, by their numbers among all. */
  readonly #chosen: Uint32Array

  constructor(bits: Uint8Array, cols: number, chosen: Uint32Array) {
    this.rows = chosen.length
    this.cols = cols
    this.#bits = bits
    this.#chosen = chosen
  }

  /** Writes these of the examples, one a row. */
  gather(numbers: Uint32Array, into: Uint8Array): void {
    const { cols } = this
    for (let i = 0; i < numbers.length; i++) {
      const from = this.#chosen[numbers[i]!]! * cols
      into.set(this.#bits.subarray(from, from + cols), i * cols)
    }
  }

  /** Inputs, the first `inputs` bits, and outputs of these of the examples. */
  split(numbers: Uint32Array, inputs: number): { x: M64; y: M64 } {
    const part = (start: number, end: number): M64 => {
      const cols = end - start
      const rows = new Matrix(numbers.length, cols, new Float64Array(numbers.length * cols))
      for (const [i, number] of numbers.entries()) {
        const from = this.#chosen[number]! * this.cols
        rows.row(i).set(this.#bits.subarray(from + start, from + end))
      }
      return rows
    }
    return { x: part(0, inputs), y: part(inputs, this.cols) }
  }

  /** How often each bit is on. */
  counts(): Float64Array {
    const counts = new Float64Array(this.cols)
    for (const example of this.#chosen) {
      const from = example * this.cols
      for (let j = 0; j < this.cols; j++) counts[j]! += this.#bits[from + j]!
    }
    return counts
  }
}

/**
 * Joins inputs and outputs of as many rows into a byte a bit.
 * @throws LACUNA_E_NOT_FINITE or LACUNA_E_BITS if they are not all bits
 */
export async function joinBits(
  x: Matrix<Float32Array | Float64Array>,
  y: Matrix<Float32Array | Float64Array>,
): Promise<Uint8Array<ArrayBuffer>> {
  const [d, c] = [x.cols, y.cols]
  const bits = new Uint8Array(x.rows * (d + c))
  await byTurns(x.rows, d + c, (start, end) => {
    requireBitsOfRows('x', x, start, end)
    requireBitsOfRows('y', y, start, end)
    for (let n = start; n < end; n++) {
      const at = n * (d + c)
      for (let i = 0; i < d; i++) bits[at + i] = x.data[n * d + i]!
      for (let j = 0; j < c; j++) bits[at + d + j] = y.data[n * c + j]!
    }
  })
  return bits
}
