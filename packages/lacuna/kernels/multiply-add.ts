/**
 * sum + a·b for four floats, the operation of all products. The strict build rounds the product and
 * then the sum; the fast build, where the feature is enabled, rounds once.
 */
export class MultiplyAdd {
  @inline
  static of(sum: v128, a: v128, b: v128): v128 {
    if (ASC_FEATURE_RELAXED_SIMD) return f32x4.relaxed_madd(a, b, sum)
    return f32x4.add(sum, f32x4.mul(a, b))
  }
}
