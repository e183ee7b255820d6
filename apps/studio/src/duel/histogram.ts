import { ticks } from '../chart/scale.js'

/** How many energies of either kind lie in a bin, from its low end to below its high end. */
export interface Bin {
  readonly low: number
  readonly high: number
  readonly true: number
  readonly contrastive: number
}

/**
 * The histogram of two kinds of energies over the same bins, of a round width. The last bin has both
 * its ends.
 */
export function histogram(
  energies: { readonly true: ArrayLike<number>; readonly contrastive: ArrayLike<number> },
  parts = 24,
): Bin[] {
  const kinds = [energies.true, energies.contrastive].map(values =>
    Array.from(values).filter(Number.isFinite),
  ) as [number[], number[]]
  const all = kinds.flat()
  if (all.length === 0) return []
  const [least, greatest] = [Math.min(...all), Math.max(...all)]
  const inner = ticks(least, greatest, parts)
  const width = inner.length > 1 ? inner[1]! - inner[0]! : 1
  const start = Math.floor(least / width + 1e-9)
  const count = Math.max(1, Math.ceil(greatest / width - 1e-9) - start)
  const bins = Array.from({ length: count }, (_, k) => ({
    low: (start + k) * width,
    high: (start + k + 1) * width,
    true: 0,
    contrastive: 0,
  }))
  for (const [kind, values] of [
    ['true', kinds[0]],
    ['contrastive', kinds[1]],
  ] as const)
    for (const value of values) {
      const at = Math.min(count - 1, Math.max(0, Math.floor(value / width + 1e-9) - start))
      bins[at]![kind]++
    }
  return bins
}
