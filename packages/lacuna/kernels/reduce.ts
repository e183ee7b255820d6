import { Lanes } from './lanes'

/** Rows are added in ascending order, whatever the columns of one call. */
export function columnSums(
  out: usize,
  x: usize,
  rows: usize,
  cols: usize,
  mode: i32,
  alpha: f32,
): void {
  for (let j: usize = 0; j < cols; j += 4) {
    const left = cols - j
    let sum = f32x4.splat(0)
    let at = x + 4 * j
    for (let i: usize = 0; i < rows; i++) {
      sum = f32x4.add(sum, Lanes.load(at, left))
      at += 4 * cols
    }
    const to = out + 4 * j
    if (mode === 1) sum = f32x4.add(Lanes.load(to, left), f32x4.mul(f32x4.splat(alpha), sum))
    Lanes.store(to, sum, left)
  }
}
