/** How the cells of a column are read. */
export type Cells = {
  /** The value of a cell, white space taken off; NaN if it is none. */
  value(cell: string): number
  /** What is wrong with a cell that has no value, said behind its text. */
  complaint(cell: string): string
  /** What to write instead. */
  readonly hint: string
}

/** A number as people and programs write it; not Infinity, hexadecimal or a thousands separator. */
const NUMBER = /^[+-]?(\d+\.?\d*|\.\d+)(e[+-]?\d+)?$/i

/** Numbers that float32 can hold. */
export const numbers: Cells = {
  value: cell => {
    const value = NUMBER.test(cell) ? Number(cell) : Number.NaN
    return Number.isFinite(Math.fround(value)) ? value : Number.NaN
  },
  complaint: cell => `is not a number${NUMBER.test(cell) ? ' that float32 can hold' : ''}`,
  hint: 'Write numbers such as 3, -0.25 or 1.5e-3, with a decimal point.',
}

const BITS: ReadonlyMap<string, number> = new Map([
  ...(['0', 'false', 'no'] as const).map(word => [word, 0] as const),
  ...(['1', 'true', 'yes'] as const).map(word => [word, 1] as const),
])

/** Bits, in one of three ways of writing them. */
export const bits: Cells = {
  value: cell => BITS.get(cell.toLowerCase()) ?? Number.NaN,
  complaint: () => 'is not a bit',
  hint: 'Write 0 or 1, false or true, no or yes; capitals do not matter.',
}
