import type { Matrix } from '../compute/matrix.js'

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
  static of(x: Matrix<Float32Array | Float64Array>): Standardisation {
    const mean = new Float64Array(x.cols)
    const scale = new Float64Array(x.cols)
    for (let i = 0; i < x.rows; i++)
      for (let j = 0; j < x.cols; j++) mean[j]! += x.row(i)[j]! / x.rows
    for (let i = 0; i < x.rows; i++)
      for (let j = 0; j < x.cols; j++) {
        const d = x.row(i)[j]! - mean[j]!
        scale[j]! += (d * d) / x.rows
      }
    return new Standardisation(
      mean,
      scale.map((variance, j) => {
        // A constant column has no spread but what the rounding of its mean leaves.
        const tiny = 1e-12 * mean[j]! * mean[j]!
        return variance > tiny ? Math.sqrt(variance) : 1
      }),
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
}
