import { printableLine } from './printable.js'

/**
 * A table as lines of text.
 *
 * @param rows the cells of each row, the heading first
 * @param alignment for each column, `l` for left or `r` for right
 */
export function textTable(rows: readonly (readonly string[])[], alignment: string): string[] {
  return aligned(
    rows.map(row => row.map(printableLine)),
    alignment,
  )
}

function aligned(rows: readonly (readonly string[])[], alignment: string): string[] {
  const widths = Array.from(alignment, (_, i) => Math.max(...rows.map(row => row[i]!.length)))
  return rows.map(row =>
    row
      .map((cell, i) =>
        alignment[i] === 'l' ? cell.padEnd(widths[i]!) : cell.padStart(widths[i]!),
      )
      .join('   ')
      .trimEnd(),
  )
}
