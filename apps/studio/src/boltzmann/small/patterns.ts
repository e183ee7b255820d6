import { type M64, Matrix } from 'lacuna'
import { type Sizes, unitName, visibleUnits } from './machine.js'

/** A pattern to learn: the bits of x and then of y. */
export type Pattern = readonly (0 | 1)[]

/** The fewest patterns that can be learnt from, and the most: of ten one would be kept aside. */
export const FEWEST_PATTERNS = 2
export const MOST_PATTERNS = 8

/** Three questions with one answer each, and one with two. */
export const firstPatterns: readonly Pattern[] = [
  [0, 0, 1, 0, 0],
  [0, 1, 0, 1, 0],
  [1, 0, 0, 0, 1],
  [1, 1, 1, 0, 0],
  [1, 1, 0, 1, 0],
]

/** In a link: the bits of each, with points between. */
export function writePatterns(patterns: readonly Pattern[]): string {
  return patterns.map(pattern => pattern.join('')).join('.')
}

/** The patterns of a link, or undefined if it says none that fit. */
export function readPatterns(text: string | null, sizes: Sizes): readonly Pattern[] | undefined {
  if (text === '') return []
  const rows = text?.split('.') ?? []
  const fit = rows.every(row => row.length === visibleUnits(sizes) && /^[01]+$/.test(row))
  if (rows.length === 0 || rows.length > MOST_PATTERNS || !fit) return undefined
  return rows.map(row => [...row].map(Number) as (0 | 1)[])
}

/** The patterns for a machine of other sizes: bits that both have are kept, new ones are 0. */
export function resizedPatterns(
  patterns: readonly Pattern[],
  before: Sizes,
  sizes: Sizes,
): readonly Pattern[] {
  return patterns.map(pattern => {
    const part = (from: number, had: number, has: number) =>
      Array.from({ length: has }, (_, i) => (i < had ? pattern[from + i]! : 0))
    return [
      ...part(0, before.inputs, sizes.inputs),
      ...part(before.inputs, before.outputs, sizes.outputs),
    ]
  })
}

/** Inputs and outputs, a pattern a row. */
export function examplesOf(patterns: readonly Pattern[], { inputs, outputs }: Sizes) {
  const part = (start: number, cols: number): M64 => {
    const bits = patterns.flatMap(pattern => pattern.slice(start, start + cols))
    return new Matrix(patterns.length, cols, Float64Array.from(bits))
  }
  return { x: part(0, inputs), y: part(inputs, outputs) }
}

/**
 * The least that the mean of −log p(y|x) over the patterns can be: the entropy of y given x among them,
 * in nats. It is 0 where no x has two answers.
 */
export function leastError(patterns: readonly Pattern[], { inputs }: Sizes): number {
  const count = (key: (pattern: Pattern) => string) => {
    const counts = new Map<string, number>()
    for (const pattern of patterns) counts.set(key(pattern), (counts.get(key(pattern)) ?? 0) + 1)
    return (pattern: Pattern) => counts.get(key(pattern))!
  }
  const alike = count(pattern => pattern.join(''))
  const asked = count(pattern => pattern.slice(0, inputs).join(''))
  const sum = patterns.reduce((sum, each) => sum - Math.log(alike(each) / asked(each)), 0)
  return sum / patterns.length
}

/** What columns of x and y are called in a table: x1, y2. */
export function columnNames(sizes: Sizes): { inputs: string[]; outputs: string[] } {
  const names = (from: number, count: number) =>
    Array.from({ length: count }, (_, i) =>
      unitName(sizes, from + i).replace(/[₀-₉]/g, digit => String(digit.charCodeAt(0) - 0x2080)),
    )
  return { inputs: names(0, sizes.inputs), outputs: names(sizes.inputs, sizes.outputs) }
}

/** The patterns as the CSV file that `lacuna train boltzmann` reads. */
export function patternsCsv(patterns: readonly Pattern[], sizes: Sizes): string {
  const { inputs, outputs } = columnNames(sizes)
  return [[...inputs, ...outputs], ...patterns].map(row => `${row.join(',')}\n`).join('')
}
