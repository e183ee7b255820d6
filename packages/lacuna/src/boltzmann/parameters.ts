import { type M64, Matrix, requireFinite, requireShape } from '../compute/matrix.js'
import type { Random } from '../compute/random.js'

/** Biases, one a unit: a list of numbers, or a matrix of one row or one column. */
export type Biases = ArrayLike<number> | M64

/** The parameters of a conditional machine; biases that are left out are 0, as in the sheet. */
export interface RbmParameters {
  /** Couplings of d inputs with K hidden units, d×K; d = 0 makes a plain machine over y. */
  readonly W: M64
  /** Couplings of c outputs with K hidden units, c×K. */
  readonly U: M64
  /** a, d values. */
  readonly inputBias?: Biases
  /** b, c values. */
  readonly outputBias?: Biases
  /** q, K values. */
  readonly hiddenBias?: Biases
}

/** Parameters with none left out. */
export interface Parameters {
  readonly W: M64
  readonly U: M64
  readonly inputBias: Float64Array
  readonly outputBias: Float64Array
  readonly hiddenBias: Float64Array
}

/** Standard deviation of the couplings of a new machine (Hinton 2012, "A practical guide", section 8). */
const INITIAL_SCALE = 0.01

/** Those of a new machine: couplings normal with standard deviation 0.01, biases 0. */
export function randomParameters(
  inputs: number,
  outputs: number,
  hidden: number,
  random: Random,
): Parameters {
  const couplings = (rows: number): M64 => {
    const values = Float64Array.from({ length: rows * hidden }, () => random.normal())
    return new Matrix(
      rows,
      hidden,
      values.map(value => INITIAL_SCALE * value),
    )
  }
  return {
    W: couplings(inputs),
    U: couplings(outputs),
    inputBias: new Float64Array(inputs),
    outputBias: new Float64Array(outputs),
    hiddenBias: new Float64Array(hidden),
  }
}

/**
 * A copy of parameters, with none left out.
 * @throws LACUNA_E_SHAPE if they don't fit one another, LACUNA_E_NOT_FINITE
 */
export function copyParameters(parameters: RbmParameters): Parameters {
  const { W, U, inputBias, outputBias, hiddenBias } = parameters
  requireShape('W', W, W.rows, U.cols)
  requireFinite('W', W)
  requireFinite('U', U)
  const copy = ({ rows, cols, data }: M64): M64 => new Matrix(rows, cols, Float64Array.from(data))
  return {
    W: copy(W),
    U: copy(U),
    inputBias: biases('inputBias', inputBias, W.rows),
    outputBias: biases('outputBias', outputBias, U.rows),
    hiddenBias: biases('hiddenBias', hiddenBias, U.cols),
  }
}

/** Biases of so many units as a vector; 0 if none are given. */
export function biases(name: string, given: Biases | undefined, units: number): Float64Array {
  if (given === undefined) return new Float64Array(units)
  const values = Float64Array.from(given instanceof Matrix ? given.data : given)
  const row = new Matrix(1, values.length, values)
  requireShape(name, row, 1, units)
  requireFinite(name, row)
  return values
}
