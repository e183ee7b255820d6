import { Lanes } from './lanes'

// ln 2 = LN2_HIGH + LN2_LOW; the high part has 9 bits, so that k·LN2_HIGH is exact for |k| < 2¹⁵.
const LN2_HIGH: f32 = 0.693359375
const LN2_LOW: f32 = -0.00021219444005469057
// Added to a number below 2²² it leaves the nearest whole one in the last bits of the sum: 1.5·2²³.
const ROUNDER: f32 = 12582912
const ROUNDER_BITS: u32 = 0x4b400000
const SQRT_HALF: u32 = 0x3f3504f3 // the bits of √½
const SIGN: u32 = 0x80000000

/** Elementary functions of four floats from +, −, ×, ÷ and bit operations alone. */
export class Elementary {
  /** e^r − 1 for |r| ≤ ½ ln 2: r + r²(1/2! + r/3! + … + r⁵/7!); what is left out is under 2⁻²⁷·r. */
  @inline
  static expm1Series(r: v128): v128 {
    let sum = f32x4.splat(1.0 / 5040.0)
    sum = f32x4.add(f32x4.mul(sum, r), f32x4.splat(1.0 / 720.0))
    sum = f32x4.add(f32x4.mul(sum, r), f32x4.splat(1.0 / 120.0))
    sum = f32x4.add(f32x4.mul(sum, r), f32x4.splat(1.0 / 24.0))
    sum = f32x4.add(f32x4.mul(sum, r), f32x4.splat(1.0 / 6.0))
    sum = f32x4.add(f32x4.mul(sum, r), f32x4.splat(1.0 / 2.0))
    return f32x4.add(r, f32x4.mul(f32x4.mul(r, r), sum))
  }

  /** k + 1.5·2²³ with k the whole number nearest to x/ln 2: its last bits are k. */
  @inline
  static quotient(x: v128): v128 {
    return f32x4.add(f32x4.mul(x, f32x4.splat(Mathf.LOG2E)), f32x4.splat(ROUNDER))
  }

  /** x − k ln 2. */
  @inline
  static remainder(x: v128, quotient: v128): v128 {
    const k = f32x4.sub(quotient, f32x4.splat(ROUNDER))
    const r = f32x4.sub(x, f32x4.mul(k, f32x4.splat(LN2_HIGH)))
    return f32x4.sub(r, f32x4.mul(k, f32x4.splat(LN2_LOW)))
  }

  /** 2ᵏ for −126 ≤ k ≤ 127 in the last bits of each lane, assembled from its exponent bits. */
  @inline
  static powerOfTwo(k: v128): v128 {
    return i32x4.add(i32x4.shl(k, 23), i32x4.splat(127 << 23))
  }

  @inline
  static exp(x: v128): v128 {
    // Beyond these ends the result is 0 or ∞ anyway. (pmin, pmax with x first leave NaN as it is.)
    x = f32x4.pmin(f32x4.pmax(x, f32x4.splat(-105)), f32x4.splat(90))
    const k = Elementary.quotient(x)
    const value = f32x4.add(f32x4.splat(1), Elementary.expm1Series(Elementary.remainder(x, k)))
    // Two factors, because 2ᵏ alone would leave the range of normal numbers at both ends.
    const whole = i32x4.sub(k, i32x4.splat(ROUNDER_BITS))
    const half = i32x4.shr_s(whole, 1)
    const rest = i32x4.sub(whole, half)
    return f32x4.mul(f32x4.mul(value, Elementary.powerOfTwo(half)), Elementary.powerOfTwo(rest))
  }

  /**
   * e^x for x ≤ 0, but 0 below −60: what is so small counts for nothing in a sum with 1, and products
   * with it would underflow, which takes a processor a hundred times as long.
   */
  @inline
  static share(x: v128): v128 {
    const least = f32x4.splat(-60)
    const k = Elementary.quotient(f32x4.pmax(x, least))
    const value = f32x4.add(f32x4.splat(1), Elementary.expm1Series(Elementary.remainder(x, k)))
    return v128.andnot(f32x4.mul(value, Elementary.powerOfTwo(k)), f32x4.lt(x, least))
  }

  /**
   * e^x − 1 = 2ᵏ(e^r − 1) + (2ᵏ − 1) for 0 ≤ x ≤ 40, as `tanh` needs it: k ln 2 is taken off in one
   * step, since tanh is the flatter the larger k, and e^r − 1 is the polynomial of its degree with the
   * least relative error over |r| ≤ ½ ln 2, 2⁻²⁶.
   */
  @inline
  static expm1(x: v128): v128 {
    const q = Elementary.quotient(x)
    const k = f32x4.sub(q, f32x4.splat(ROUNDER))
    const r = f32x4.sub(x, f32x4.mul(k, f32x4.splat(Mathf.LN2)))
    let sum = f32x4.splat(0.001388252)
    sum = f32x4.add(f32x4.mul(sum, r), f32x4.splat(0.008366521))
    sum = f32x4.add(f32x4.mul(sum, r), f32x4.splat(0.0416672))
    sum = f32x4.add(f32x4.mul(sum, r), f32x4.splat(0.166665436))
    sum = f32x4.add(f32x4.mul(sum, r), f32x4.splat(0.499999982))
    const series = f32x4.add(r, f32x4.mul(f32x4.mul(r, r), sum))
    const power = Elementary.powerOfTwo(q)
    return f32x4.add(f32x4.mul(power, series), f32x4.sub(power, f32x4.splat(1)))
  }

  @inline
  static log(x: v128): v128 {
    const zero = f32x4.splat(0)
    const infinity = f32x4.splat(Infinity)
    const tiny = f32x4.lt(x, f32x4.splat(f32.MIN_NORMAL_VALUE))
    // 2²³ lifts a subnormal number into the normal range.
    let bits = v128.bitselect(f32x4.mul(x, f32x4.splat(8388608)), x, tiny)
    // x = 2ᵉ·m with √½ ≤ m < √2.
    bits = i32x4.sub(bits, i32x4.splat(SQRT_HALF))
    let exponent = i32x4.shr_s(bits, 23)
    const m = i32x4.add(v128.and(bits, i32x4.splat(0x7fffff)), i32x4.splat(SQRT_HALF))
    exponent = i32x4.sub(exponent, v128.and(tiny, i32x4.splat(23)))
    const e = f32x4.convert_i32x4_s(exponent)
    // With f = m − 1 and s = f/(2 + f): log m = 2 artanh s = f − f²/2 + s(f²/2 + ⅔s² + ⅖s⁴ + …).
    const f = f32x4.sub(m, f32x4.splat(1))
    const s = f32x4.div(f, f32x4.add(f32x4.splat(2), f))
    const square = f32x4.mul(s, s)
    let sum = f32x4.splat(2.0 / 9.0)
    sum = f32x4.add(f32x4.mul(sum, square), f32x4.splat(2.0 / 7.0))
    sum = f32x4.add(f32x4.mul(sum, square), f32x4.splat(2.0 / 5.0))
    sum = f32x4.add(f32x4.mul(sum, square), f32x4.splat(2.0 / 3.0))
    sum = f32x4.mul(sum, square)
    const half = f32x4.mul(f32x4.mul(f, f), f32x4.splat(0.5))
    const low = f32x4.add(f32x4.mul(s, f32x4.add(half, sum)), f32x4.mul(e, f32x4.splat(LN2_LOW)))
    const high = f32x4.mul(e, f32x4.splat(LN2_HIGH))
    let value = f32x4.sub(high, f32x4.sub(f32x4.sub(half, low), f))
    value = v128.bitselect(f32x4.neg(infinity), value, f32x4.eq(x, zero))
    value = v128.bitselect(f32x4.splat(f32.NaN), value, f32x4.lt(x, zero))
    // ∞ and NaN are their own logarithms.
    return v128.bitselect(value, x, f32x4.lt(x, infinity))
  }

  /** log(1 + e) for 0 ≤ e ≤ 1: 2 artanh s = 2s(1 + s²/3 + s⁴/5 + …) at s = e/(2 + e) ≤ ⅓. */
  @inline
  static log1p(e: v128): v128 {
    const s = f32x4.div(e, f32x4.add(f32x4.splat(2), e))
    const square = f32x4.mul(s, s)
    let sum = f32x4.splat(1.0 / 15.0)
    sum = f32x4.add(f32x4.mul(sum, square), f32x4.splat(1.0 / 13.0))
    sum = f32x4.add(f32x4.mul(sum, square), f32x4.splat(1.0 / 11.0))
    sum = f32x4.add(f32x4.mul(sum, square), f32x4.splat(1.0 / 9.0))
    sum = f32x4.add(f32x4.mul(sum, square), f32x4.splat(1.0 / 7.0))
    sum = f32x4.add(f32x4.mul(sum, square), f32x4.splat(1.0 / 5.0))
    sum = f32x4.add(f32x4.mul(sum, square), f32x4.splat(1.0 / 3.0))
    const twice = f32x4.add(s, s)
    return f32x4.add(twice, f32x4.mul(twice, f32x4.mul(sum, square)))
  }

  /** (e^{2|x|} − 1)/(e^{2|x|} + 1) with the sign of x; 1 in float32 from |x| = 9.02 on. */
  @inline
  static tanh(x: v128): v128 {
    const size = f32x4.pmin(f32x4.abs(x), f32x4.splat(10))
    const e = Elementary.expm1(f32x4.add(size, size))
    const value = f32x4.div(e, f32x4.add(e, f32x4.splat(2)))
    return v128.or(value, v128.and(x, i32x4.splat(SIGN)))
  }

  /** e^x/(1 + e^x), from e^{−|x|} so that nothing overflows. */
  @inline
  static sigmoid(x: v128): v128 {
    const one = f32x4.splat(1)
    const e = Elementary.exp(f32x4.neg(f32x4.abs(x)))
    const above = v128.bitselect(e, one, f32x4.lt(x, f32x4.splat(0)))
    return f32x4.div(above, f32x4.add(one, e))
  }

  /** log(1 + e^x) = max(x, 0) + log(1 + e^{−|x|}). */
  @inline
  static softplus(x: v128): v128 {
    const e = Elementary.exp(f32x4.neg(f32x4.abs(x)))
    return f32x4.add(f32x4.pmax(x, f32x4.splat(0)), Elementary.log1p(e))
  }
}

const EXP: i32 = 0
const LOG: i32 = 1
const TANH: i32 = 2
const SIGMOID: i32 = 3
const SOFTPLUS: i32 = 4
const SHARE: i32 = 5

// `f` below is constant wherever it stands, so that one function is left of the six once all is inlined.
class Vector {
  @inline
  static value(f: i32, x: v128): v128 {
    if (f === EXP) return Elementary.exp(x)
    if (f === LOG) return Elementary.log(x)
    if (f === TANH) return Elementary.tanh(x)
    if (f === SIGMOID) return Elementary.sigmoid(x)
    if (f === SHARE) return Elementary.share(x)
    return Elementary.softplus(x)
  }

  /** Sixteen floats at a time: engines make a vector of each constant anew for every block of code. */
  @inline
  static each(f: i32, out: usize, x: usize, n: usize): void {
    let i: usize = 0
    for (; i + 16 <= n; i += 16) {
      const from = x + 4 * i
      const to = out + 4 * i
      v128.store(to, Vector.value(f, v128.load(from)))
      v128.store(to, Vector.value(f, v128.load(from, 16)), 16)
      v128.store(to, Vector.value(f, v128.load(from, 32)), 32)
      v128.store(to, Vector.value(f, v128.load(from, 48)), 48)
    }
    for (; i < n; i += 4) {
      const left = n - i
      Lanes.store(out + 4 * i, Vector.value(f, Lanes.load(x + 4 * i, left)), left)
    }
  }
}

export function exp(out: usize, x: usize, n: usize): void {
  Vector.each(EXP, out, x, n)
}

export function log(out: usize, x: usize, n: usize): void {
  Vector.each(LOG, out, x, n)
}

export function tanh(out: usize, x: usize, n: usize): void {
  Vector.each(TANH, out, x, n)
}

export function sigmoid(out: usize, x: usize, n: usize): void {
  Vector.each(SIGMOID, out, x, n)
}

export function softplus(out: usize, x: usize, n: usize): void {
  Vector.each(SOFTPLUS, out, x, n)
}

/** outᵢ = `Elementary.share(xᵢ)`; `out` may be x. */
export function shares(out: usize, x: usize, n: usize): void {
  Vector.each(SHARE, out, x, n)
}
