// Sums of products of bytes. Two rows at a time: one instruction multiplies eight pairs of 16-bit
// numbers and adds each two products. Four columns of 64 such pairs of rows have a word of 64 bits
// that says which of them hold anything but zeros, and only those are multiplied.

/** Bytes of a panel: of eight columns and 64 pairs of rows, in 16 bits. */
const PANEL: usize = 64 * 32

class Pairs {
  /** sum + xy for a pair of x, spread over all lanes, and pairs of y of four columns. */
  @inline
  static plus(sum: v128, x: v128, y: v128): v128 {
    return i32x4.add(sum, i32x4.dot_i16x8_s(x, y))
  }
}

/** Packs eight columns of 64 pairs of rows; their words of bits go to `filled`. */
function packPanel(to: usize, filled: usize, bytes: usize, cols: usize): void {
  let low: u64 = 0
  let high: u64 = 0
  for (let pair: u64 = 0; pair < 64; pair++) {
    const a = v128.load8x8_u(bytes)
    const b = v128.load8x8_u(bytes + cols)
    const first = v128.shuffle<i16>(a, b, 0, 8, 1, 9, 2, 10, 3, 11)
    const second = v128.shuffle<i16>(a, b, 4, 12, 5, 13, 6, 14, 7, 15)
    v128.store(to, first)
    v128.store(to, second, 16)
    low |= (<u64>v128.any_true(first)) << pair
    high |= (<u64>v128.any_true(second)) << pair
    bytes += 2 * cols
    to += 32
  }
  store<u64>(filled, low)
  store<u64>(filled, high, 8)
}

/** Adds the products of four columns (at `x`) and eight (at `y`) over the pairs that `mask` names. */
function addTile(sums: usize, row: usize, x: usize, y: usize, mask: u64): void {
  let s00 = v128.load(sums)
  let s01 = v128.load(sums, 16)
  let s10 = v128.load(sums + row)
  let s11 = v128.load(sums + row, 16)
  let s20 = v128.load(sums + 2 * row)
  let s21 = v128.load(sums + 2 * row, 16)
  let s30 = v128.load(sums + 3 * row)
  let s31 = v128.load(sums + 3 * row, 16)
  for (; mask; mask &= mask - 1) {
    const at: usize = 32 * <usize>ctz(mask)
    const y0 = v128.load(y + at)
    const y1 = v128.load(y + at, 16)
    let v = v128.load32_splat(x + at)
    s00 = Pairs.plus(s00, v, y0)
    s01 = Pairs.plus(s01, v, y1)
    v = v128.load32_splat(x + at, 4)
    s10 = Pairs.plus(s10, v, y0)
    s11 = Pairs.plus(s11, v, y1)
    v = v128.load32_splat(x + at, 8)
    s20 = Pairs.plus(s20, v, y0)
    s21 = Pairs.plus(s21, v, y1)
    v = v128.load32_splat(x + at, 12)
    s30 = Pairs.plus(s30, v, y0)
    s31 = Pairs.plus(s31, v, y1)
  }
  v128.store(sums, s00)
  v128.store(sums, s01, 16)
  v128.store(sums + row, s10)
  v128.store(sums + row, s11, 16)
  v128.store(sums + 2 * row, s20)
  v128.store(sums + 2 * row, s21, 16)
  v128.store(sums + 3 * row, s30)
  v128.store(sums + 3 * row, s31, 16)
}

export function addByteProducts(sums: usize, bytes: usize, cols: usize, scratch: usize): void {
  const filled = scratch + PANEL * (cols / 8)
  for (let j: usize = 0; j < cols; j += 8) {
    packPanel(scratch + PANEL * (j / 8), filled + 2 * j, bytes + j, cols)
  }
  const row: usize = 4 * cols
  for (let j: usize = 0; j < cols; j += 8) {
    const y = scratch + PANEL * (j / 8)
    const here = load<u64>(filled + 2 * j) | load<u64>(filled + 2 * j, 8)
    for (let i: usize = 0; i < j + 8; i += 4) {
      const mask = here & load<u64>(filled + 2 * i)
      const x = scratch + PANEL * (i / 8) + 4 * (i & 4)
      if (mask) addTile(sums + i * row + 4 * j, row, x, y, mask)
    }
  }
}
