import { SIDE } from './grid.js'

/**
 * The outline of a hole as the path of an SVG of 28×28 units: the edges between missing pixels and
 * others, those in a row joined.
 */
export function outlineOf(mask: Uint8Array): string {
  const at = (r: number, c: number) =>
    r >= 0 && c >= 0 && r < SIDE && c < SIDE ? mask[r * SIDE + c]! : 0
  const parts: string[] = []
  // Edges above row r, from left to right; then edges left of column r, from the top down.
  for (const [differs, path] of [
    [
      (r: number, c: number) => at(r, c) !== at(r - 1, c),
      (r: number, from: number, to: number) => `M${from} ${r}H${to}`,
    ],
    [
      (c: number, r: number) => at(r, c) !== at(r, c - 1),
      (c: number, from: number, to: number) => `M${c} ${from}V${to}`,
    ],
  ] as const)
    for (let line = 0; line <= SIDE; line++)
      for (let from = 0; from < SIDE; from++) {
        if (!differs(line, from)) continue
        let to = from + 1
        while (to < SIDE && differs(line, to)) to++
        parts.push(path(line, from, to))
        from = to
      }
  return parts.join('')
}
