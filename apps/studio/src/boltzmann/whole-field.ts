/** What stands in a field for a whole number, brought into its range; what was there if it is none. */
export function wholeField(
  event: Event,
  [least, most]: readonly [number, number],
  otherwise: number,
): number {
  const field = event.currentTarget as HTMLInputElement
  const value = Math.round(field.valueAsNumber)
  const kept = Number.isFinite(value) ? Math.min(most, Math.max(least, value)) : otherwise
  field.value = String(kept)
  return kept
}
