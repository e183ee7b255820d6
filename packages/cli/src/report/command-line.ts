import { csvCell } from '../tables/csv-cell.js'

/** Names as one word of a shell, and as a line of CSV. */
export function shellNames(names: readonly string[]): string {
  const line = names.map(csvCell).join(',')
  return /^[\w,.-]+$/.test(line) ? line : `'${line.replaceAll("'", `'\\''`)}'`
}
