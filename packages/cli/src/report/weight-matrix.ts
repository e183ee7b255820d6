import type { ConditionalRbm, M64 } from 'lacuna'
import { text } from './page.js'
import { blue, orange, svgTheme } from './theme.js'

/** The most rows and columns that are drawn: those with the largest weights. */
const MOST_UNITS = 800
const MOST_HIDDEN = 64

/** Beyond so many rows their names would stand in one another's way. */
const MOST_NAMES = 60

/** Steps of strength, for either sign. */
const STEPS = 16

/** A layer's row of the picture: its name, and its couplings with the hidden units drawn. */
type Row = { readonly name: string; readonly weights: readonly number[] }

/**
 * The couplings of a machine as SVG: a row for each input and, below a gap, each output, a column
 * for each hidden unit, so that a column is the filter of that unit. The stronger the colour, the
 * larger the weight; blue is positive, orange negative.
 */
export function weightMatrix(rbm: ConditionalRbm): string {
  const { inputs, outputs } = rbm.columns!
  const hidden = strongest(rbm.U.cols, MOST_HIDDEN, k =>
    [rbm.W, rbm.U].reduce((sum, A) => sum + column(A, k).reduce((s, w) => s + w * w, 0), 0),
  )
  const rows = (A: M64, names: readonly string[]): Row[] =>
    strongest(A.rows, MOST_UNITS, j => A.row(j).reduce((sum, w) => sum + w * w, 0)).map(j => ({
      name: names[j]!,
      weights: hidden.map(k => A.row(j)[k]!),
    }))
  const blocks = [rows(rbm.W, inputs), rows(rbm.U, outputs)].filter(({ length }) => length > 0)
  return draw(blocks, hidden)
}

function draw(blocks: readonly Row[][], hidden: readonly number[]): string {
  const units = blocks.reduce((sum, { length }) => sum + length, 0)
  const named = units <= MOST_NAMES
  const side = named ? 22 : Math.max(1, Math.min(8, 900 / units))
  const wide = Math.min(30, Math.max(side, 8))
  const longest = Math.max(...blocks.flat().map(({ name }) => shortened(name).length))
  const left = named ? 14 + 8 * longest : 10
  const top = 28
  const largest = Math.max(
    Number.MIN_VALUE,
    ...blocks.flat().map(({ weights }) => Math.max(...weights.map(Math.abs))),
  )
  // Cells of one colour are one path: a picture of thousands of cells stays small.
  const paths = new Map<number, string>()
  const names: string[] = []
  let y = top
  for (const block of blocks) {
    for (const { name, weights } of block) {
      for (const [k, weight] of weights.entries()) {
        const step = Math.round((STEPS * weight) / largest)
        const cell = `M${left + k * wide} ${round(y)}h${wide}v${round(side)}h${-wide}z`
        if (step !== 0) paths.set(step, (paths.get(step) ?? '') + cell)
      }
      if (named) names.push(label(left - 8, y + side / 2 + 5, shortened(name), 'text-anchor="end"'))
      y += side
    }
    y += 8
  }
  const fills = [...paths].map(
    ([step, d]) =>
      `<path d="${d}" fill="${step > 0 ? blue : orange}" fill-opacity="${round(Math.abs(step) / STEPS)}"/>`,
  )
  const every = Math.ceil(20 / wide)
  const numbers = hidden.flatMap((k, i) =>
    i % every === 0
      ? [label(left + (i + 0.5) * wide, top - 8, String(k + 1), 'text-anchor="middle"')]
      : [],
  )
  const [width, height] = [left + hidden.length * wide + 12, Math.ceil(y)]
  let begin = top
  const frames = blocks.map(({ length }) => {
    const frame = `<rect x="${left}" y="${round(begin)}" width="${hidden.length * wide}" height="${round(length * side)}" fill="none" stroke="currentColor" stroke-opacity=".4"/>`
    begin += length * side + 8
    return frame
  })
  return `<svg xmlns="http://www.w3.org/2000/svg" class="weight-matrix" viewBox="0 0 ${width} ${height}" width="${width}" height="${height}" style="max-width:${width}px;min-width:0" font-family="system-ui, sans-serif" font-size="14" role="img" aria-label="The couplings of each column with each hidden unit; the largest is ${largest.toFixed(2)}">
<style>${svgTheme('weight-matrix')}</style>
${[...fills, ...frames, ...names, ...numbers].join('\n')}
</svg>
`
}

/** The numbers of the units of largest size, in their order. */
function strongest(count: number, most: number, size: (unit: number) => number): number[] {
  const units = Array.from({ length: count }, (_, unit) => ({ unit, size: size(unit) }))
  const chosen = units.sort((a, b) => b.size - a.size).slice(0, most)
  return chosen.map(({ unit }) => unit).sort((a, b) => a - b)
}

function column(A: M64, k: number): number[] {
  return Array.from({ length: A.rows }, (_, j) => A.row(j)[k]!)
}

function label(x: number, y: number, content: string, anchor: string): string {
  return `<text x="${round(x)}" y="${round(y)}" ${anchor} fill="currentColor">${text(content)}</text>`
}

function shortened(name: string): string {
  return name.length > 24 ? `${name.slice(0, 23)}…` : name
}

function round(value: number): number {
  return Math.round(100 * value) / 100
}
