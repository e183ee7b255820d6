/** Side of every picture in the studio: 28×28 pixels, as MNIST has them. */
export const SIDE = 28

/** Pixels of a picture. */
export const PIXELS = SIDE * SIDE

/** A place on the picture in pixels, the middle of the top-left pixel being (0.5, 0.5). */
export interface Place {
  readonly x: number
  readonly y: number
}

/** How many pixels are missing. */
export function missing(mask: Uint8Array): number {
  return mask.reduce((sum, m) => sum + m, 0)
}

/** Whether a mask is one patch of the sheet, 6×6 pixels and nothing else. */
export function isSheetPatch(mask: Uint8Array): boolean {
  const first = mask.indexOf(1)
  if (first < 0 || missing(mask) !== 36) return false
  const [row, column] = [Math.floor(first / SIDE), first % SIDE]
  if (row + 6 > SIDE || column + 6 > SIDE) return false
  for (let r = row; r < row + 6; r++)
    for (let c = column; c < column + 6; c++) if (!mask[r * SIDE + c]) return false
  return true
}
