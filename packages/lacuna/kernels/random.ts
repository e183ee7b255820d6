import { Lanes } from './lanes'

const MULTIPLIER_0: u32 = 0xd2511f53
const MULTIPLIER_1: u32 = 0xcd9e8d57
const WEYL_0: u32 = 0x9e3779b9
const WEYL_1: u32 = 0xbb67ae85

/** Philox4x32-10 at the counters (index, step, stream, 0): four random words each, lane 0 first. */
export class Philox {
  /** The words of one counter. */
  static words(index: u32, step: u32, stream: u32, seedLow: u32, seedHigh: u32): v128 {
    let c0 = index
    let c1 = step
    let c2 = stream
    let c3: u32 = 0
    let k0 = seedLow
    let k1 = seedHigh
    for (let round = 0; round < 10; round++) {
      const p0 = <u64>MULTIPLIER_0 * <u64>c0
      const p1 = <u64>MULTIPLIER_1 * <u64>c2
      c0 = <u32>(p1 >> 32) ^ c1 ^ k0
      c1 = <u32>p1
      c2 = <u32>(p0 >> 32) ^ c3 ^ k1
      c3 = <u32>p0
      k0 += WEYL_0
      k1 += WEYL_1
    }
    let words = i32x4.splat(c0)
    words = i32x4.replace_lane(words, 1, c1)
    words = i32x4.replace_lane(words, 2, c2)
    return i32x4.replace_lane(words, 3, c3)
  }

  /** Writes the sixteen words of four counters from `index` on, a counter in each lane. */
  static sixteen(
    out: usize,
    index: u32,
    step: u32,
    stream: u32,
    seedLow: u32,
    seedHigh: u32,
  ): void {
    const m0 = i32x4.splat(MULTIPLIER_0)
    const m1 = i32x4.splat(MULTIPLIER_1)
    let c0 = i32x4.add(i32x4.splat(index), i32x4(0, 1, 2, 3))
    let c1 = i32x4.splat(step)
    let c2 = i32x4.splat(stream)
    let c3 = i32x4.splat(0)
    let k0 = i32x4.splat(seedLow)
    let k1 = i32x4.splat(seedHigh)
    for (let round = 0; round < 10; round++) {
      // 64-bit products of two lanes each; even words are their low halves, odd ones the high.
      const p0a = i64x2.extmul_low_i32x4_u(m0, c0)
      const p0b = i64x2.extmul_high_i32x4_u(m0, c0)
      const p1a = i64x2.extmul_low_i32x4_u(m1, c2)
      const p1b = i64x2.extmul_high_i32x4_u(m1, c2)
      c0 = v128.xor(v128.xor(v128.shuffle<i32>(p1a, p1b, 1, 3, 5, 7), c1), k0)
      c1 = v128.shuffle<i32>(p1a, p1b, 0, 2, 4, 6)
      c2 = v128.xor(v128.xor(v128.shuffle<i32>(p0a, p0b, 1, 3, 5, 7), c3), k1)
      c3 = v128.shuffle<i32>(p0a, p0b, 0, 2, 4, 6)
      k0 = i32x4.add(k0, i32x4.splat(WEYL_0))
      k1 = i32x4.add(k1, i32x4.splat(WEYL_1))
    }
    const low01 = v128.shuffle<i32>(c0, c1, 0, 4, 1, 5)
    const high01 = v128.shuffle<i32>(c0, c1, 2, 6, 3, 7)
    const low23 = v128.shuffle<i32>(c2, c3, 0, 4, 1, 5)
    const high23 = v128.shuffle<i32>(c2, c3, 2, 6, 3, 7)
    v128.store(out, v128.shuffle<i64>(low01, low23, 0, 2))
    v128.store(out, v128.shuffle<i64>(low01, low23, 1, 3), 16)
    v128.store(out, v128.shuffle<i64>(high01, high23, 0, 2), 32)
    v128.store(out, v128.shuffle<i64>(high01, high23, 1, 3), 48)
  }

  /** u = (bits >>> 8)·2⁻²⁴ ∈ [0, 1) of four words. */
  @inline
  static unit(words: v128): v128 {
    const bits = f32x4.convert_i32x4_s(i32x4.shr_u(words, 8))
    return f32x4.mul(bits, f32x4.splat(1.0 / 16777216.0))
  }
}

export function randomBits(
  out: usize,
  n: usize,
  seedLow: u32,
  seedHigh: u32,
  stream: u32,
  step: u32,
  offset: usize,
): void {
  let i: usize = 0
  const skip: usize = offset & 3
  if (skip !== 0) {
    // The rest of a counter that begins before the offset.
    const words = Philox.words(<u32>(offset >> 2), step, stream, seedLow, seedHigh)
    const first = v128.swizzle(words, i8x16.add(lanesInOrder(), i8x16.splat(<i8>(4 * skip))))
    i = min<usize>(4 - skip, n)
    if (i !== 0) Lanes.storePart(out, first, i)
  }
  for (; i + 16 <= n; i += 16) {
    Philox.sixteen(out + 4 * i, <u32>((offset + i) >> 2), step, stream, seedLow, seedHigh)
  }
  for (; i < n; i += 4) {
    const words = Philox.words(<u32>((offset + i) >> 2), step, stream, seedLow, seedHigh)
    Lanes.store(out + 4 * i, words, n - i)
  }
}

function lanesInOrder(): v128 {
  return i8x16(0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15)
}

export function randomUniform(
  out: usize,
  n: usize,
  seedLow: u32,
  seedHigh: u32,
  stream: u32,
  step: u32,
  low: f32,
  high: f32,
): void {
  const base = f32x4.splat(low)
  const width = f32x4.splat(high - low)
  randomBits(out, n, seedLow, seedHigh, stream, step, 0)
  for (let i: usize = 0; i < n; i += 4) {
    const u = Philox.unit(Lanes.load(out + 4 * i, n - i))
    Lanes.store(out + 4 * i, f32x4.add(base, f32x4.mul(width, u)), n - i)
  }
}
