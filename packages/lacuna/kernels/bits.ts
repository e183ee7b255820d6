import { scratchAt } from './product'
import { Philox, randomBits } from './random'

/** Words that are drawn at a time. */
const DRAWN: usize = 64

class Draw {
  /** Lane for lane −1 where u < p, else 0, with u from the word. */
  @inline
  static below(words: usize, p: usize): v128 {
    return f32x4.lt(Philox.unit(v128.load(words)), v128.load(p))
  }
}

export function bernoulli(
  bits: usize,
  p: usize,
  n: usize,
  seedLow: u32,
  seedHigh: u32,
  stream: u32,
  step: u32,
  offset: usize,
): void {
  const words = scratchAt()
  const one = i8x16.splat(1)
  for (let first: usize = 0; first < n; first += DRAWN) {
    const count = min<usize>(n - first, DRAWN)
    randomBits(words, count, seedLow, seedHigh, stream, step, offset + first)
    let i: usize = 0
    for (; i + 16 <= count; i += 16) {
      const at = words + 4 * i
      const q = p + 4 * (first + i)
      const low = i16x8.narrow_i32x4_s(Draw.below(at, q), Draw.below(at + 16, q + 16))
      const high = i16x8.narrow_i32x4_s(Draw.below(at + 32, q + 32), Draw.below(at + 48, q + 48))
      v128.store(bits + first + i, v128.and(i8x16.narrow_i16x8_s(low, high), one))
    }
    for (; i < count; i++) {
      const u = <f32>(load<u32>(words + 4 * i) >>> 8) / 16777216
      store<u8>(bits + first + i, <u8>(u < load<f32>(p + 4 * (first + i))))
    }
  }
}
