import { activate } from './activation'
import { addScaled } from './elementwise'
import { Lanes } from './lanes'
import { Philox, randomBits } from './random'

// Draws of bits, and products with matrices of bits. A bit is a float, 0 or 1; a matrix of bits is
// also known by the list of its ones, row after row: row i has ones[e] for e from starts[i] to
// starts[i + 1], the columns of its ones in ascending order.

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
  const one = f32x4.splat(1)
  randomBits(bits, n, seedLow, seedHigh, stream, step, offset)
  for (let i: usize = 0; i < n; i += 4) {
    const left = n - i
    const u = Philox.unit(Lanes.load(bits + 4 * i, left))
    Lanes.store(bits + 4 * i, v128.and(f32x4.lt(u, Lanes.load(p + 4 * i, left)), one), left)
  }
}

export function listOnes(starts: usize, ones: usize, bits: usize, rows: usize, cols: usize): void {
  const zero = f32x4.splat(0)
  let to = ones
  store<u32>(starts, 0)
  for (let i: usize = 0; i < rows; i++) {
    for (let j: usize = 0; j < cols; j += 4) {
      const four = Lanes.load(bits + 4 * j, cols - j)
      // Bit l of the mask says whether lane l holds a one; the lowest of them is taken off in turn.
      for (let mask = i32x4.bitmask(f32x4.ne(four, zero)); mask !== 0; mask &= mask - 1) {
        store<u32>(to, <u32>j + ctz(mask))
        to += 4
      }
    }
    bits += 4 * cols
    store<u32>(starts + 4 * (i + 1), <u32>((to - ones) >> 2))
  }
}

export function transposeOnes(
  toStarts: usize,
  toOnes: usize,
  starts: usize,
  ones: usize,
  rows: usize,
  cols: usize,
): void {
  // Counts the ones of each column two places further on, adds the counts up, and then uses
  // toStarts[j + 1] as the place for column j's next one: at the end it is where column j + 1 starts.
  memory.fill(toStarts, 0, 4 * (cols + 1))
  const count: usize = load<u32>(starts + 4 * rows)
  for (let e: usize = 0; e < count; e++) {
    const j: usize = load<u32>(ones + 4 * e)
    if (j + 2 <= cols) {
      const at = toStarts + 4 * (j + 2)
      store<u32>(at, load<u32>(at) + 1)
    }
  }
  for (let j: usize = 2; j <= cols; j++) {
    const at = toStarts + 4 * j
    store<u32>(at, load<u32>(at) + load<u32>(at - 4))
  }
  let e: usize = 0
  for (let i: usize = 0; i < rows; i++) {
    for (const end: usize = load<u32>(starts + 4 * (i + 1)); e < end; e++) {
      const at = toStarts + 4 * (<usize>load<u32>(ones + 4 * e) + 1)
      const place: usize = load<u32>(at)
      store<u32>(toOnes + 4 * place, <u32>i)
      store<u32>(at, <u32>place + 1)
    }
  }
}

// As in `product`, sums go over blocks of so many terms, so that both give the same bits.
const BLOCK_K: u32 = 512

/** Where the block of row numbers below `below` ends, in a list that goes from `at` to `end`. */
function blockEnd(at: usize, end: usize, below: u32): usize {
  while (at < end && load<u32>(at) < below) at += 4
  return at
}

class Sums {
  /** Overwrites four elements of C by a block's sums, or adds alpha times those to them. */
  @inline
  static put(c: usize, sums: v128, fresh: bool, alpha: v128): void {
    v128.store(c, fresh ? sums : f32x4.add(v128.load(c), f32x4.mul(alpha, sums)))
  }
}

/** The sums of the rows of B listed from `at` to `end`, cols of them, on their way to C. */
function addRows(
  c: usize,
  cols: usize,
  b: usize,
  at: usize,
  end: usize,
  fresh: bool,
  factor: f32,
): void {
  const alpha = f32x4.splat(factor)
  const row: usize = 4 * cols
  let j: usize = 0
  for (; j + 32 <= cols; j += 32) {
    const bj = b + 4 * j
    let s0 = f32x4.splat(0)
    let s1 = s0
    let s2 = s0
    let s3 = s0
    let s4 = s0
    let s5 = s0
    let s6 = s0
    let s7 = s0
    for (let e = at; e < end; e += 4) {
      const from = bj + row * <usize>load<u32>(e)
      s0 = f32x4.add(s0, v128.load(from))
      s1 = f32x4.add(s1, v128.load(from, 16))
      s2 = f32x4.add(s2, v128.load(from, 32))
      s3 = f32x4.add(s3, v128.load(from, 48))
      s4 = f32x4.add(s4, v128.load(from, 64))
      s5 = f32x4.add(s5, v128.load(from, 80))
      s6 = f32x4.add(s6, v128.load(from, 96))
      s7 = f32x4.add(s7, v128.load(from, 112))
    }
    const to = c + 4 * j
    Sums.put(to, s0, fresh, alpha)
    Sums.put(to + 16, s1, fresh, alpha)
    Sums.put(to + 32, s2, fresh, alpha)
    Sums.put(to + 48, s3, fresh, alpha)
    Sums.put(to + 64, s4, fresh, alpha)
    Sums.put(to + 80, s5, fresh, alpha)
    Sums.put(to + 96, s6, fresh, alpha)
    Sums.put(to + 112, s7, fresh, alpha)
  }
  for (; j + 16 <= cols; j += 16) {
    const bj = b + 4 * j
    let s0 = f32x4.splat(0)
    let s1 = s0
    let s2 = s0
    let s3 = s0
    for (let e = at; e < end; e += 4) {
      const from = bj + row * <usize>load<u32>(e)
      s0 = f32x4.add(s0, v128.load(from))
      s1 = f32x4.add(s1, v128.load(from, 16))
      s2 = f32x4.add(s2, v128.load(from, 32))
      s3 = f32x4.add(s3, v128.load(from, 48))
    }
    const to = c + 4 * j
    Sums.put(to, s0, fresh, alpha)
    Sums.put(to + 16, s1, fresh, alpha)
    Sums.put(to + 32, s2, fresh, alpha)
    Sums.put(to + 48, s3, fresh, alpha)
  }
  for (; j < cols; j += 4) {
    const left = cols - j
    const to = c + 4 * j
    let s = f32x4.splat(0)
    for (let e = at; e < end; e += 4)
      s = f32x4.add(s, Lanes.load(b + row * <usize>load<u32>(e) + 4 * j, left))
    if (!fresh) s = f32x4.add(Lanes.load(to, left), f32x4.mul(alpha, s))
    Lanes.store(to, s, left)
  }
}

export function onesProduct(
  c: usize,
  m: usize,
  n: usize,
  k: usize,
  starts: usize,
  ones: usize,
  b: usize,
  mode: i32,
  alpha: f32,
  bias: usize,
  activation: i32,
): void {
  const factor: f32 = mode === 1 ? alpha : 1
  for (let i: usize = 0; i < m; i++) {
    let at = ones + 4 * <usize>load<u32>(starts + 4 * i)
    const end = ones + 4 * <usize>load<u32>(starts + 4 * (i + 1))
    let below = BLOCK_K
    for (; <usize>below < k; below += BLOCK_K) {
      const stop = blockEnd(at, end, below)
      addRows(c, n, b, at, stop, mode === 0 && below === BLOCK_K, factor)
      at = stop
    }
    addRows(c, n, b, at, end, mode === 0 && below === BLOCK_K, factor)
    if (mode === 0) finishRow(c, n, bias, activation)
    c += 4 * n
  }
}

/** cⱼ ← act(cⱼ + biasⱼ). */
function finishRow(c: usize, cols: usize, bias: usize, activation: i32): void {
  if (bias !== 0) addScaled(c, bias, 1, cols)
  if (activation !== 0) activate(c, cols, activation)
}

export function transposeDense(out: usize, x: usize, rows: usize, cols: usize): void {
  let i: usize = 0
  for (; i + 4 <= rows; i += 4) {
    const to = out + 4 * i
    let from = x + 4 * i * cols
    let j: usize = 0
    for (; j + 4 <= cols; j += 4) {
      const r0 = v128.load(from)
      const r1 = v128.load(from + 4 * cols)
      const r2 = v128.load(from + 8 * cols)
      const r3 = v128.load(from + 12 * cols)
      const low01 = v128.shuffle<f32>(r0, r1, 0, 4, 1, 5)
      const low23 = v128.shuffle<f32>(r2, r3, 0, 4, 1, 5)
      const high01 = v128.shuffle<f32>(r0, r1, 2, 6, 3, 7)
      const high23 = v128.shuffle<f32>(r2, r3, 2, 6, 3, 7)
      v128.store(to + 4 * j * rows, v128.shuffle<f64>(low01, low23, 0, 2))
      v128.store(to + 4 * (j + 1) * rows, v128.shuffle<f64>(low01, low23, 1, 3))
      v128.store(to + 4 * (j + 2) * rows, v128.shuffle<f64>(high01, high23, 0, 2))
      v128.store(to + 4 * (j + 3) * rows, v128.shuffle<f64>(high01, high23, 1, 3))
      from += 16
    }
    for (; j < cols; j++) {
      for (let l: usize = 0; l < 4; l++)
        store<f32>(to + 4 * (j * rows + l), load<f32>(from + 4 * l * cols))
      from += 4
    }
  }
  for (; i < rows; i++) {
    for (let j: usize = 0; j < cols; j++)
      store<f32>(out + 4 * (j * rows + i), load<f32>(x + 4 * (i * cols + j)))
  }
}
