import type { Failure } from '../frame/failure.js'
import { type Examples, MOST_POINTS, type OwnPoints, type Range, STEPS } from './own-points.js'

/** The columns that are written, and what the command is told. */
export const columns = { inputs: ['x'], outputs: ['t'] } as const

/** The shortest decimal that float32 reads back as the same number. */
export function shortestFloat(value: number): string {
  for (let digits = 1; digits < 9; digits++) {
    const short = Number(value.toPrecision(digits))
    if (Math.fround(short) === value) return String(short)
  }
  return String(Number(value.toPrecision(9)))
}

/** Examples as a CSV file of the columns x and t, which comes back to the same bits. */
export function writeCsv({ x, t }: Examples): string {
  const rows = Array.from(x, (value, i) => `${shortestFloat(value)},${shortestFloat(t[i]!)}\n`)
  return `${columns.inputs},${columns.outputs}\n${rows.join('')}`
}

/** A number as people and programs write it. */
const NUMBER = /^[+-]?(\d+\.?\d*|\.\d+)(e[+-]?\d+)?$/i

/**
 * Reads the first two columns of a CSV file as x and t, moved to the nearest steps of a map that
 * holds them all. Of more points than a link holds, it takes some, evenly chosen.
 * @returns the points, and what was done to them if anything
 * @throws a Failure if a cell is no number or there are not two rows
 */
export function readCsv(text: string): { points: OwnPoints; note: string } {
  const lines = text.split(/\r\n|\n|\r/).map((line, k) => ({ line, number: k + 1 }))
  const rows = lines.filter(({ line }) => line.trim() !== '')
  const separator = [';', '\t'].find(each => rows[0]?.line.includes(each)) ?? ','
  const parsed = rows.map(({ line, number }) => ({ number, cells: cellsOf(line, separator) }))
  const hasHeading = parsed[0]?.cells.slice(0, 2).every(isName)
  const pairs = parsed.slice(hasHeading ? 1 : 0).map(({ number, cells }) => {
    const pair = cells.slice(0, 2).map(cell => (NUMBER.test(cell) ? Number(cell) : Number.NaN))
    if (pair.length < 2 || !pair.every(value => Number.isFinite(Math.fround(value))))
      throw failure(`Line ${number} does not begin with two numbers.`)
    return pair as [x: number, t: number]
  })
  if (pairs.length < 2) throw failure('The file has fewer than two rows of numbers.')
  const step = Math.ceil(pairs.length / MOST_POINTS)
  const taken = pairs.filter((_, i) => i % step === 0)
  const range: Range = {
    x: reach(
      'x',
      taken.map(([x]) => x),
    ),
    t: reach(
      't',
      taken.map(([, t]) => t),
    ),
  }
  const places = taken.map(([x, t]) => ({ x: stepOf(range.x, x), t: stepOf(range.t, t) }))
  const left = step === 1 ? '' : `Of ${pairs.length} rows it shows ${taken.length}. `
  const note = `${left}Values are rounded to 1/${STEPS} of the width of the map.`
  return { points: { range, places }, note }
}

function cellsOf(line: string, separator: string): string[] {
  return line.split(separator).map(cell => cell.trim().replace(/^"(.*)"$/, '$1'))
}

/** Whether a cell names a column: it has letters, and is no missing number. */
function isName(cell: string): boolean {
  return /\p{L}/u.test(cell) && !NUMBER.test(cell) && !/^[+-]?(nan|na|inf(inity)?)$/i.test(cell)
}

/** The least share of its size by which a column must vary for float32 to tell its values apart. */
const BLURRED = 2 ** -14

/** From the least to the greatest value and a little beyond. */
function reach(name: string, values: readonly number[]): [number, number] {
  const least = values.reduce((a, b) => Math.min(a, b))
  const most = values.reduce((a, b) => Math.max(a, b))
  if (most > least && most - least < BLURRED * Math.max(Math.abs(least), Math.abs(most)))
    throw {
      what: `The column of ${name} varies by less than 1/16,000 of its size, which float32 blurs.`,
      hint: `Subtract ${least} from it.`,
    } satisfies Failure
  const margin = 0.05 * (most - least) || Math.max(0.5, Math.abs(most) / 2)
  const unit = 10 ** Math.floor(Math.log10(margin)) / 100
  const rounded = (end: number) => Number((Math.round(end / unit) * unit).toPrecision(12))
  return [rounded(least - margin), rounded(most + margin)]
}

function stepOf([low, high]: readonly [number, number], value: number): number {
  const step = Math.round((STEPS * (value - low)) / (high - low))
  return Math.min(STEPS, Math.max(0, step))
}

function failure(what: string): Failure {
  const hint = 'Give a CSV file whose first two columns are x and t, a point a line.'
  return { what, hint }
}
