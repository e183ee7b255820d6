/**
 * Places of labels along an axis, as near to where they belong as a gap between neighbours allows.
 * @param places in ascending order
 */
export function spread(
  places: readonly number[],
  gap: number,
  [low, high]: readonly [number, number],
): number[] {
  const moved: number[] = []
  for (const place of places) moved.push(Math.max(place, (moved.at(-1) ?? low - gap) + gap))
  let ceiling = high
  for (let k = moved.length - 1; k >= 0; k--) {
    moved[k] = Math.min(moved[k]!, ceiling)
    ceiling = moved[k]! - gap
  }
  return moved
}
