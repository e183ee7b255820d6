import { Lanes } from './lanes'

const MULTIPLIER_0: u64 = 0xd2511f53
const MULTIPLIER_1: u64 = 0xcd9e8d57
const WEYL_0: u32 = 0x9e3779b9
const WEYL_1: u32 = 0xbb67ae85

class Philox {
  /** Philox4x32-10 at the counter (index, step, stream, 0): four random words, lane 0 first. */
  static words(index: u32, step: u32, stream: u32, seedLow: u32, seedHigh: u32): v128 {
    let c0 = index
    let c1 = step
    let c2 = stream
    let c3: u32 = 0
    let k0 = seedLow
    let k1 = seedHigh
    for (let round = 0; round < 10; round++) {
      const p0 = MULTIPLIER_0 * <u64>c0
      const p1 = MULTIPLIER_1 * <u64>c2
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
}

export function randomBits(
  out: usize,
  n: usize,
  seedLow: u32,
  seedHigh: u32,
  stream: u32,
  step: u32,
): void {
  for (let i: usize = 0; i < n; i += 4) {
    const words = Philox.words(<u32>(i >> 2), step, stream, seedLow, seedHigh)
    Lanes.store(out + 4 * i, words, n - i)
  }
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
  const unit = f32x4.splat(1.0 / 16777216.0)
  for (let i: usize = 0; i < n; i += 4) {
    const words = Philox.words(<u32>(i >> 2), step, stream, seedLow, seedHigh)
    const u = f32x4.mul(f32x4.convert_i32x4_u(i32x4.shr_u(words, 8)), unit)
    Lanes.store(out + 4 * i, f32x4.add(base, f32x4.mul(width, u)), n - i)
  }
}
