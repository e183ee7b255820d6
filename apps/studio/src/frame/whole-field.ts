/** The whole number that a field was set to, moved into its range; what it was before if it is none. */
export function wholeField(
  event: Event,
  [least, most]: readonly [number, number],
  before: number,
): number {
  const field = event.currentTarget as HTMLInputElement
  const value = Math.round(field.valueAsNumber)
  const kept = Number.isFinite(value) ? Math.min(most, Math.max(least, value)) : before
  field.value = String(kept)
  return kept
}
