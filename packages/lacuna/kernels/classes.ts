import { Elementary } from './elementary'
import { Lanes } from './lanes'

// A product of so many factors between 1 and 2 in each lane is finite, and becomes one logarithm.
const FACTORS: usize = 4 * 64

class Sums {
  /** The lanes of v added in pairs. */
  @inline
  static across(v: v128): f32 {
    const low = f32x4.extract_lane(v, 0) + f32x4.extract_lane(v, 1)
    return low + (f32x4.extract_lane(v, 2) + f32x4.extract_lane(v, 3))
  }
}

export function classScores(
  scores: usize,
  states: usize,
  t: usize,
  u: usize,
  bias: usize,
  n: usize,
  classes: usize,
  hidden: usize,
): void {
  const one = f32x4.splat(1)
  const zero = f32x4.splat(0)
  const lanes = i32x4(0, 1, 2, 3)
  for (let i: usize = 0; i < n; i++) {
    const ti = t + 4 * i * hidden
    for (let y: usize = 0; y < classes; y++) {
      const uy = u + 4 * y * hidden
      const at = (i * classes + y) * hidden
      // log(1 + e^o) = max(o, 0) + log(1 + e^−|o|)
      let above = zero
      let logarithms = zero
      for (let first: usize = 0; first < hidden; first += FACTORS) {
        const end = min(hidden, first + FACTORS)
        let factors = one
        for (let k = first; k < end; k += 4) {
          const left = hidden - k
          let o = f32x4.add(Lanes.load(ti + 4 * k, left), Lanes.load(uy + 4 * k, left))
          // Lanes beyond the last unit are given −∞, which adds nothing.
          if (left < 4) {
            const beyond = i32x4.ge_s(lanes, i32x4.splat(<i32>left))
            o = v128.bitselect(f32x4.splat(-Infinity), o, beyond)
          }
          const e = Elementary.exp(f32x4.neg(f32x4.abs(o)))
          const factor = f32x4.add(one, e)
          above = f32x4.add(above, f32x4.pmax(o, zero))
          factors = f32x4.mul(factors, factor)
          if (states) {
            const numerator = v128.bitselect(e, one, f32x4.lt(o, zero))
            Lanes.store(states + 4 * (at + k), f32x4.div(numerator, factor), left)
          }
        }
        logarithms = f32x4.add(logarithms, Elementary.log(factors))
      }
      const sum = Sums.across(f32x4.add(above, logarithms))
      store<f32>(scores + 4 * (i * classes + y), sum + load<f32>(bias + 4 * y))
    }
  }
}
