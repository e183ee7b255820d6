import { activate } from './activation'
import { addScaled } from './elementwise'
import { Lanes } from './lanes'
import { scratchAt } from './product'
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
const BLOCK_K: usize = 512

// So many columns of a block are copied side by side, where they stay in L1 and rows that lie a power
// of two apart do not drive each other out of it; and so many rows of C are computed from a copy.
const PANEL: usize = 32
const ROWS: usize = 1024

class Sums {
  /** Overwrites four elements of C by a block's sums, or adds alpha times those to them. */
  @inline
  static put(c: usize, sums: v128, fresh: bool, alpha: v128): void {
    v128.store(c, fresh ? sums : f32x4.add(v128.load(c), f32x4.mul(alpha, sums)))
  }
}

/**
 * C's columns of one panel: the sums over the rows of B listed from one mark to the next, on their way
 * to C. Column j of B's row p is at b + p·bytes + 4j.
 */
function addPanel(
  c: usize,
  cRow: usize,
  m: usize,
  marks: usize,
  b: usize,
  bytes: usize,
  fresh: bool,
  factor: f32,
): void {
  const alpha = f32x4.splat(factor)
  for (let i: usize = 0; i < m; i++) {
    const end: usize = load<u32>(marks + 8 * i, 4)
    let s0 = f32x4.splat(0)
    let s1 = s0
    let s2 = s0
    let s3 = s0
    let s4 = s0
    let s5 = s0
    let s6 = s0
    let s7 = s0
    for (let e: usize = load<u32>(marks + 8 * i); e < end; e += 4) {
      const from = b + bytes * <usize>load<u32>(e)
      s0 = f32x4.add(s0, v128.load(from))
      s1 = f32x4.add(s1, v128.load(from, 16))
      s2 = f32x4.add(s2, v128.load(from, 32))
      s3 = f32x4.add(s3, v128.load(from, 48))
      s4 = f32x4.add(s4, v128.load(from, 64))
      s5 = f32x4.add(s5, v128.load(from, 80))
      s6 = f32x4.add(s6, v128.load(from, 96))
      s7 = f32x4.add(s7, v128.load(from, 112))
    }
    Sums.put(c, s0, fresh, alpha)
    Sums.put(c + 16, s1, fresh, alpha)
    Sums.put(c + 32, s2, fresh, alpha)
    Sums.put(c + 48, s3, fresh, alpha)
    Sums.put(c + 64, s4, fresh, alpha)
    Sums.put(c + 80, s5, fresh, alpha)
    Sums.put(c + 96, s6, fresh, alpha)
    Sums.put(c + 112, s7, fresh, alpha)
    c += 4 * cRow
  }
}

/** The same for the columns, fewer than a panel's, that are left over. */
function addColumns(
  c: usize,
  cRow: usize,
  cols: usize,
  m: usize,
  marks: usize,
  b: usize,
  bytes: usize,
  fresh: bool,
  factor: f32,
): void {
  const alpha = f32x4.splat(factor)
  for (let i: usize = 0; i < m; i++) {
    const at: usize = load<u32>(marks + 8 * i)
    const end: usize = load<u32>(marks + 8 * i, 4)
    let j: usize = 0
    for (; j + 16 <= cols; j += 16) {
      let s0 = f32x4.splat(0)
      let s1 = s0
      let s2 = s0
      let s3 = s0
      for (let e = at; e < end; e += 4) {
        const from = b + 4 * j + bytes * <usize>load<u32>(e)
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
        s = f32x4.add(s, Lanes.load(b + 4 * j + bytes * <usize>load<u32>(e), left))
      if (!fresh) s = f32x4.add(Lanes.load(to, left), f32x4.mul(alpha, s))
      Lanes.store(to, s, left)
    }
    c += 4 * cRow
  }
}

/** Copies a panel's columns of `depth` rows of B side by side. */
function packPanel(to: usize, from: usize, bytes: usize, depth: usize): void {
  for (let p: usize = 0; p < depth; p++) {
    memory.copy(to, from, 4 * PANEL)
    to += 4 * PANEL
    from += bytes
  }
}

/**
 * Marks in each row's list where the block of terms below `below` begins, which is where the last one
 * ended, and ends. Returns how many terms it has in all rows.
 */
function nextBlock(marks: usize, m: usize, starts: usize, ones: usize, below: usize): usize {
  let count: usize = 0
  for (let i: usize = 0; i < m; i++) {
    const last = ones + 4 * <usize>load<u32>(starts + 4 * (i + 1))
    const at: usize = load<u32>(marks + 8 * i, 4)
    let end = at
    while (end < last && <usize>load<u32>(end) < below) end += 4
    store<u32>(marks + 8 * i, <u32>at)
    store<u32>(marks + 8 * i, <u32>end, 4)
    count += end - at
  }
  return count >> 2
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
  const panel = scratchAt()
  const marks = panel + 4 * PANEL * BLOCK_K
  const factor: f32 = mode === 1 ? alpha : 1
  const bytes: usize = 4 * n
  for (let i0: usize = 0; i0 < m; i0 += ROWS) {
    const rows = min<usize>(m - i0, ROWS)
    for (let i: usize = 0; i < rows; i++)
      store<u32>(marks + 8 * i, <u32>ones + 4 * load<u32>(starts + 4 * i), 4)
    let p0: usize = 0
    do {
      const depth = min<usize>(k - p0, BLOCK_K)
      const count = nextBlock(marks, rows, starts, ones, p0 + depth)
      const fresh = mode === 0 && p0 === 0
      // A copy pays where its rows are used several times over.
      const pack = count > 4 * depth
      let j: usize = 0
      for (; j + PANEL <= n; j += PANEL) {
        const from = b + 4 * j
        if (pack) {
          packPanel(panel, from + bytes * p0, bytes, depth)
          const origin = panel - 4 * PANEL * p0
          addPanel(c + 4 * j, n, rows, marks, origin, 4 * PANEL, fresh, factor)
        } else addPanel(c + 4 * j, n, rows, marks, from, bytes, fresh, factor)
      }
      if (j < n) addColumns(c + 4 * j, n, n - j, rows, marks, b + 4 * j, bytes, fresh, factor)
      p0 += BLOCK_K
    } while (p0 < k)
    if (mode === 0)
      for (let i: usize = 0; i < rows; i++) finishRow(c + bytes * i, n, bias, activation)
    c += bytes * rows
    starts += 4 * rows
  }
}

/** cⱼ ← act(cⱼ + biasⱼ). */
function finishRow(c: usize, cols: usize, bias: usize, activation: i32): void {
  if (bias !== 0) addScaled(c, bias, 1, cols)
  if (activation !== 0) activate(c, cols, activation)
}

export function centreGradient(
  g: usize,
  galpha: usize,
  gq: usize,
  mu: usize,
  lambda: usize,
  sums: usize,
  D: usize,
  K: usize,
): void {
  memory.fill(sums, 0, 4 * K)
  for (let i: usize = 0; i < D; i++) {
    const mean = v128.load32_splat(mu + 4 * i)
    const slope = v128.load32_splat(galpha + 4 * i)
    let dots = f32x4.splat(0)
    for (let k: usize = 0; k < K; k += 4) {
      const left = K - k
      const hidden = Lanes.load(lambda + 4 * k, left)
      let value = f32x4.sub(Lanes.load(g, left), f32x4.mul(mean, Lanes.load(gq + 4 * k, left)))
      value = f32x4.sub(value, f32x4.mul(slope, hidden))
      Lanes.store(g, value, left)
      dots = f32x4.add(dots, f32x4.mul(value, hidden))
      const at = sums + 4 * k
      Lanes.store(at, f32x4.add(Lanes.load(at, left), f32x4.mul(mean, value)), left)
      g += 4 * min<usize>(left, 4)
    }
    const low = f32x4.extract_lane(dots, 0) + f32x4.extract_lane(dots, 1)
    const high = f32x4.extract_lane(dots, 2) + f32x4.extract_lane(dots, 3)
    store<f32>(galpha + 4 * i, load<f32>(galpha + 4 * i) - (low + high))
  }
  addScaled(gq, sums, -1, K)
}
