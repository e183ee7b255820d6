import { Lanes } from './lanes'

/** Rows are added in ascending order, whatever the columns of one call. */
export function columnSums(
  out: usize,
  x: usize,
  xRow: usize,
  rows: usize,
  cols: usize,
  mode: i32,
  alpha: f32,
): void {
  let j: usize = 0
  for (; j + 16 <= cols; j += 16) {
    let s0 = f32x4.splat(0)
    let s1 = s0
    let s2 = s0
    let s3 = s0
    let at = x + 4 * j
    for (let i: usize = 0; i < rows; i++) {
      s0 = f32x4.add(s0, v128.load(at))
      s1 = f32x4.add(s1, v128.load(at, 16))
      s2 = f32x4.add(s2, v128.load(at, 32))
      s3 = f32x4.add(s3, v128.load(at, 48))
      at += 4 * xRow
    }
    const to = out + 4 * j
    write(to, s0, 4, mode, alpha)
    write(to + 16, s1, 4, mode, alpha)
    write(to + 32, s2, 4, mode, alpha)
    write(to + 48, s3, 4, mode, alpha)
  }
  for (; j < cols; j += 4) {
    const left = cols - j
    let sum = f32x4.splat(0)
    let at = x + 4 * j
    for (let i: usize = 0; i < rows; i++) {
      sum = f32x4.add(sum, Lanes.load(at, left))
      at += 4 * xRow
    }
    write(out + 4 * j, sum, left, mode, alpha)
  }
}

/** Stores sums, or adds alpha times them. */
function write(to: usize, sums: v128, left: usize, mode: i32, alpha: f32): void {
  if (mode === 1) sums = f32x4.add(Lanes.load(to, left), f32x4.mul(f32x4.splat(alpha), sums))
  Lanes.store(to, sums, left)
}

export function sum(x: usize, n: usize): f64 {
  let low = f64x2.splat(0)
  let high = f64x2.splat(0)
  for (let i: usize = 0; i < n; i += 4) {
    const four = Lanes.load(x + 4 * i, n - i)
    low = f64x2.add(low, f64x2.promote_low_f32x4(four))
    high = f64x2.add(high, f64x2.promote_low_f32x4(v128.shuffle<f64>(four, four, 1, 1)))
  }
  const pairs = f64x2.add(low, high)
  return f64x2.extract_lane(pairs, 0) + f64x2.extract_lane(pairs, 1)
}
