import { Matrix } from '../compute/matrix.js'

/**
 * Columns brought to mean 0 and standard deviation 1: (x − mean)/scale. A constant column keeps the
 * scale 1, so that it is only shifted.
 */
export class Standardisation {
  readonly mean: Float64Array
  readonly scale: Float64Array

  /** @param mean, scale one number a column; every scale above 0 */
  constructor(mean: Float64Array, scale: Float64Array) {
    this.mean = mean
    this.scale = scale
  }

  /** No change: mean 0, scale 1. */
  static none(columns: number): Standardisation {
    return new Standardisation(new Float64Array(columns), new Float64Array(columns).fill(1))
  }

  /** Mean and standard deviation (divisor n) of each column. */
  static of(x: Matrix): Standardisation {
    const { rows: n, cols, data } = x
    const mean = new Float64Array(cols)
    const variance = new Float64Array(cols)
    const constant = new Uint8Array(cols).fill(1)
    for (let i = 0; i < data.length; i++) mean[i % cols]! += data[i]! / n
    for (let i = 0; i < data.length; i++) {
      const j = i % cols
      const d = data[i]! - mean[j]!
      variance[j]! += (d * d) / n
      if (data[i] !== data[j]) constant[j] = 0
    }
    return new Standardisation(
      mean,
      variance.map((v, j) => (constant[j] ? 1 : Math.sqrt(v))),
    )
  }

  /** The same shift with one scale for all columns, the root mean square of theirs. */
  withCommonScale(): Standardisation {
    const meanSquare = this.scale.reduce((sum, s) => sum + s * s, 0) / this.scale.length
    return new Standardisation(
      this.mean,
      this.scale.map(() => Math.sqrt(meanSquare)),
    )
  }

  /** Writes the standardised rows of x into `into`, row after row. */
  write(x: Matrix<Float32Array | Float64Array>, into: Float32Array): void {
    const { mean, scale } = this
    for (let i = 0; i < x.data.length; i++) {
      const j = i % x.cols
      into[i] = (x.data[i]! - mean[j]!) / scale[j]!
    }
  }

  /** The standardised rows of x. */
  apply(x: Matrix): Matrix {
    const standardised = new Matrix(x.rows, x.cols)
    this.write(x, standardised.data)
    return standardised
  }
}
