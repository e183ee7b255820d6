/**
 * Four floats at a time, or the one to three that are left at the end of a vector. (A class, here
 * and in other kernels, because only on methods is the decorator `@inline` also TypeScript, so that
 * formatters and editors read it.)
 */
export class Lanes {
  /** The next floats at `p`: four, or the `left` < 4 that remain, followed by zeros. */
  @inline
  static load(p: usize, left: usize): v128 {
    return left >= 4 ? v128.load(p) : Lanes.loadPart(p, left)
  }

  /** Writes the first min(4, left) lanes of `v` to `p`. */
  @inline
  static store(p: usize, v: v128, left: usize): void {
    if (left >= 4) v128.store(p, v)
    else Lanes.storePart(p, v, left)
  }

  static loadPart(p: usize, left: usize): v128 {
    let v = v128.load_zero<f32>(p)
    if (left > 1) v = f32x4.replace_lane(v, 1, load<f32>(p, 4))
    if (left > 2) v = f32x4.replace_lane(v, 2, load<f32>(p, 8))
    return v
  }

  static storePart(p: usize, v: v128, left: usize): void {
    store<f32>(p, f32x4.extract_lane(v, 0))
    if (left > 1) store<f32>(p, f32x4.extract_lane(v, 1), 4)
    if (left > 2) store<f32>(p, f32x4.extract_lane(v, 2), 8)
  }
}
