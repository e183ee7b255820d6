import { type ConditionalRbm, type Images, type M64, Matrix } from 'lacuna'
import { PIXELS } from '../../pixels/grid.js'

/** No inputs, for so many examples: the machine is a plain one over the pixels. */
export function noInputs(rows: number): M64 {
  return new Matrix(rows, 0, new Float64Array(0))
}

/** Images as bits, 1 where a pixel is 128 or more; one a row. */
export function bitsOfImages({ count, pixels }: Images): M64 {
  return new Matrix(
    count,
    PIXELS,
    Float64Array.from(pixels, pixel => (pixel >= 128 ? 1 : 0)),
  )
}

/** Numbers from 0 to 1 as levels of gray, a picture for each row. */
export function picturesOf(rows: M64): Uint8Array[] {
  return Array.from({ length: rows.rows }, (_, n) =>
    Uint8Array.from(rows.row(n), value => Math.round(255 * value)),
  )
}

/**
 * The couplings of each hidden unit as a picture: gray where they are 0, bright where positive, and the
 * strongest white or black.
 */
export function filtersOf({ U }: ConditionalRbm): Uint8Array[] {
  return Array.from({ length: U.cols }, (_, k) => {
    const column = Float64Array.from({ length: U.rows }, (_, j) => U.row(j)[k]!)
    const strongest = column.reduce((most, w) => Math.max(most, Math.abs(w)), Number.MIN_VALUE)
    return Uint8Array.from(column, w => Math.round(127.5 * (1 + w / strongest)))
  })
}
