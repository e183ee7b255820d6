/** A value by the closed form, and what it is compared with. */
export interface Compared {
  /** What is compared: ∂E/∂α₁. */
  readonly name: string
  readonly closed: number
  readonly other: number
  /** How far the two may be apart by the method's own error. */
  readonly bound: number
}

/** How far they are apart; infinity where one is no number or infinite. */
export function differenceOf({ closed, other }: Compared): number {
  const difference = Math.abs(closed - other)
  return Number.isNaN(difference) ? Infinity : difference
}

/** Whether a difference is within its bound. */
export function holds(compared: Compared): boolean {
  return differenceOf(compared) <= compared.bound
}
