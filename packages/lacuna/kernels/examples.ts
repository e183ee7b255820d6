import { scratchAt } from './product'
import { Philox } from './random'

export function shuffle(
  order: usize,
  n: usize,
  seedLow: u32,
  seedHigh: u32,
  stream: u32,
  step: u32,
): void {
  for (let i: usize = 0; i < n; i++) store<u32>(order + 4 * i, <u32>i)
  const words = scratchAt()
  let word: usize = 0
  for (let i = n; i > 1; i--) {
    const at = words + 4 * (word & 15)
    if (at === words) Philox.sixteen(words, <u32>(word >> 2), step, stream, seedLow, seedHigh)
    word += 2
    // 53 random bits make u in [0, 1), as `Random.uniform` does.
    const high = <f64>(<i32>(load<u32>(at) >> 5))
    const low = <f64>(<i32>(load<u32>(at, 4) >> 6))
    const u = (high * 67108864 + low) / 9007199254740992
    const last = order + 4 * (i - 1)
    const other = order + 4 * <usize>(<i32>(u * <f64>(<i32>i)))
    const kept = load<u32>(last)
    store<u32>(last, load<u32>(other))
    store<u32>(other, kept)
  }
}

export function gatherRows(out: usize, x: usize, rows: usize, n: usize, cols: usize): void {
  const fours = cols & ~3
  for (let i: usize = 0; i < n; i++) {
    const from = x + 4 * cols * <usize>load<u32>(rows + 4 * i)
    let j: usize = 0
    for (; j < fours; j += 4) v128.store(out + 4 * j, v128.load(from + 4 * j))
    for (; j < cols; j++) store<f32>(out + 4 * j, load<f32>(from + 4 * j))
    out += 4 * cols
  }
}
