import type { M64 } from 'lacuna'

/** Pictures of bits as a CSV file: a row each, a column for each pixel. */
export function digitTable(bits: M64): Uint8Array {
  const names = Array.from({ length: bits.cols }, (_, pixel) => `p${pixel + 1}`)
  const rows = Array.from({ length: bits.rows }, (_, n) => `${bits.row(n).join(',')}\n`)
  return new TextEncoder().encode(`${names.join(',')}\n${rows.join('')}`)
}
