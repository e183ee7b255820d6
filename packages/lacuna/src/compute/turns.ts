/** Elements that are gone through at a time: a few milliseconds. */
const PIECE = 2 ** 17

/**
 * Calls `work` on consecutive ranges of rows, and lets the event loop have its turn between them, so
 * that the calling thread stays responsive with however large a set.
 * @param cols elements in a row
 */
export async function byTurns(
  rows: number,
  cols: number,
  work: (start: number, end: number) => void,
): Promise<void> {
  const piece = Math.max(1, Math.floor(PIECE / Math.max(1, cols)))
  for (let start = 0; start < rows; start += piece) {
    if (start > 0) await new Promise(resolve => setTimeout(resolve))
    work(start, Math.min(start + piece, rows))
  }
}
