/** The pixels of the small duel's hole of 2×2 in 4×4 pixels, from its place, 0 to 8 row by row. */
export function holePixels(place: number): number[] {
  const first = 4 * Math.floor(place / 3) + (place % 3)
  return [first, first + 1, first + 4, first + 5]
}
