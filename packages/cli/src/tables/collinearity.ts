import type { Matrix } from 'lacuna'

/** Rows that are looked at, evenly chosen; a relation that holds on all of them is no accident. */
const ROWS = 10_000

/** The share of a column's variance, unexplained by the columns before it, that float32 may leave. */
const ROUNDING = 1e-10

/**
 * Says of each column that is a linear combination of those before it which: such a column tells a
 * model nothing new, and in outputs it makes a density infinitely narrow in one direction.
 *
 * Gram–Schmidt on the centred columns, each orthogonalised twice against the directions before it;
 * what is then left of it is compared with what it was. Constant columns are left to others.
 *
 * @param names what the columns are called
 * @param matrix n rows
 */
export function collinearRemarks(names: readonly string[], matrix: Matrix): string[] {
  const step = Math.ceil(matrix.rows / ROWS)
  const rows = Math.ceil(matrix.rows / step)
  const remarks: string[] = []
  const basis: Float64Array[] = []
  const seen: { name: string; direction: Float64Array }[] = []
  for (const [j, name] of names.entries()) {
    const column = Float64Array.from({ length: rows }, (_, i) => matrix.row(i * step)[j]!)
    const mean = column.reduce((sum, value) => sum + value / rows, 0)
    const direction = normalised(column.map(value => value - mean))
    if (direction === undefined) continue
    const rest = direction.slice()
    for (let pass = 0; pass < 2; pass++)
      for (const b of basis) {
        const share = dot(b, rest)
        for (let i = 0; i < rows; i++) rest[i]! -= share * b[i]!
      }
    if (rows > basis.length + 1 && dot(rest, rest) < ROUNDING) {
      const twin = seen.find(other => 1 - dot(other.direction, direction) ** 2 < ROUNDING)
      remarks.push(
        twin
          ? `column "${name}" is column "${twin.name}" on another scale: it says nothing new`
          : `column "${name}" follows from the columns before it (collinear): it says nothing new`,
      )
    } else {
      const next = normalised(rest)
      if (next) basis.push(next)
    }
    seen.push({ name, direction })
  }
  return remarks
}

/** v/‖v‖; undefined of zero. */
function normalised(v: Float64Array): Float64Array | undefined {
  const length = Math.sqrt(dot(v, v))
  return length > 0 ? v.map(value => value / length) : undefined
}

function dot(a: Float64Array, b: Float64Array): number {
  let sum = 0
  for (let i = 0; i < a.length; i++) sum += a[i]! * b[i]!
  return sum
}
