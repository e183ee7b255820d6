import { activate } from './activation'
import { Lanes } from './lanes'
import { scratchAt } from './product'

// A product of a matrix of bits, S, with one of floats, B, by the method of the four Russians (Arlazarov,
// Dinic, Kronrod & Faradzhev 1970): of each four rows of B all sixteen sums are tabulated once, and a row
// of S then adds up one of them for each four of its bits, none where these are 0. Which ones it adds is
// known by lists (bit-lists.ts).

/** Bits of a block: a list's entries count from the beginning of their block. */
export const BLOCK_BITS: usize = 512

/** Groups of four that a row of k bits has. */
export function groupsOf(k: usize): usize {
  return (k + 3) / 4
}

/** Blocks that a row of k bits has. */
export function blocksOf(k: usize): usize {
  return max<usize>(1, (k + BLOCK_BITS - 1) / BLOCK_BITS)
}

/** Columns whose tables lie side by side. */
const PANEL: usize = 32
/** Bytes of one sum in a table, and of the sixteen sums of four rows of B. */
export const SUM: usize = 4 * PANEL
const SUMS: usize = 16 * SUM

/** Room for the table of a block. */
export const tableBytes: usize = (SUMS * BLOCK_BITS) / 4

class Four {
  /** Writes the sums of the subsets of four rows, but for the empty one, for four columns. */
  @inline
  static tabulate(to: usize, a: v128, b: v128, c: v128, d: v128): void {
    const ab = f32x4.add(a, b)
    const cd = f32x4.add(c, d)
    v128.store(to, a, 1 * SUM)
    v128.store(to, b, 2 * SUM)
    v128.store(to, ab, 3 * SUM)
    v128.store(to, c, 4 * SUM)
    v128.store(to, f32x4.add(a, c), 5 * SUM)
    v128.store(to, f32x4.add(b, c), 6 * SUM)
    v128.store(to, f32x4.add(ab, c), 7 * SUM)
    v128.store(to, d, 8 * SUM)
    v128.store(to, f32x4.add(a, d), 9 * SUM)
    v128.store(to, f32x4.add(b, d), 10 * SUM)
    v128.store(to, f32x4.add(ab, d), 11 * SUM)
    v128.store(to, cd, 12 * SUM)
    v128.store(to, f32x4.add(a, cd), 13 * SUM)
    v128.store(to, f32x4.add(b, cd), 14 * SUM)
    v128.store(to, f32x4.add(ab, cd), 15 * SUM)
  }
}

/** Up to four elements, `step` bytes apart, followed by zeros. */
function loadStrided(at: usize, step: usize, count: usize): v128 {
  let v = f32x4.splat(0)
  if (count > 0) v = f32x4.replace_lane(v, 0, load<f32>(at))
  if (count > 1) v = f32x4.replace_lane(v, 1, load<f32>(at + step))
  if (count > 2) v = f32x4.replace_lane(v, 2, load<f32>(at + 2 * step))
  if (count > 3) v = f32x4.replace_lane(v, 3, load<f32>(at + 3 * step))
  return v
}

/** The table of `depth` rows of B and up to a panel's columns, `row` and `col` bytes apart. */
function tabulate(b: usize, row: usize, col: usize, depth: usize, cols: usize): void {
  for (let p: usize = 0; p < depth; p += 4) {
    for (let j: usize = 0; j < cols; j += 4) {
      const to = scratchAt() + (p / 4) * SUMS + 4 * j
      const at = b + p * row + j * col
      const wide = min<usize>(cols - j, 4)
      const deep = min<usize>(depth - p, 4)
      if (wide === 4 && deep === 4 && col === 4) {
        const r0 = v128.load(at)
        const r1 = v128.load(at + row)
        const r2 = v128.load(at + 2 * row)
        const r3 = v128.load(at + 3 * row)
        Four.tabulate(to, r0, r1, r2, r3)
      } else if (wide === 4 && deep === 4 && row === 4) {
        // Four columns of B lie in a row each: transposed in registers.
        const c0 = v128.load(at)
        const c1 = v128.load(at + col)
        const c2 = v128.load(at + 2 * col)
        const c3 = v128.load(at + 3 * col)
        const low01 = v128.shuffle<f32>(c0, c1, 0, 4, 1, 5)
        const low23 = v128.shuffle<f32>(c2, c3, 0, 4, 1, 5)
        const high01 = v128.shuffle<f32>(c0, c1, 2, 6, 3, 7)
        const high23 = v128.shuffle<f32>(c2, c3, 2, 6, 3, 7)
        const r0 = v128.shuffle<f64>(low01, low23, 0, 2)
        const r1 = v128.shuffle<f64>(low01, low23, 1, 3)
        const r2 = v128.shuffle<f64>(high01, high23, 0, 2)
        const r3 = v128.shuffle<f64>(high01, high23, 1, 3)
        Four.tabulate(to, r0, r1, r2, r3)
      } else {
        const r0 = loadStrided(at, col, wide)
        const r1 = loadStrided(at + row, col, deep > 1 ? wide : 0)
        const r2 = loadStrided(at + 2 * row, col, deep > 2 ? wide : 0)
        const r3 = loadStrided(at + 3 * row, col, deep > 3 ? wide : 0)
        Four.tabulate(to, r0, r1, r2, r3)
      }
    }
  }
}

class Element {
  /** c ← beta·c + alpha·(sum + weight·bias), for four elements; c is not read where beta = 0. */
  @inline
  static finish(c: usize, sum: v128, bias: usize, weight: f32, alpha: f32, beta: f32): void {
    if (bias !== 0) sum = f32x4.add(sum, f32x4.mul(f32x4.splat(weight), v128.load(bias)))
    sum = f32x4.mul(f32x4.splat(alpha), sum)
    if (beta !== 0) sum = f32x4.add(f32x4.mul(f32x4.splat(beta), v128.load(c)), sum)
    v128.store(c, sum)
  }
}

/** Adds up the rows of the table that are listed from one place to another, on their way to c. */
function addPanel(
  c: usize,
  from: usize,
  to: usize,
  bias: usize,
  weight: f32,
  alpha: f32,
  beta: f32,
): void {
  const table = scratchAt()
  let s0 = f32x4.splat(0)
  let s1 = s0
  let s2 = s0
  let s3 = s0
  let s4 = s0
  let s5 = s0
  let s6 = s0
  let s7 = s0
  for (; from < to; from += 4) {
    const row = table + <usize>load<u32>(from)
    s0 = f32x4.add(s0, v128.load(row))
    s1 = f32x4.add(s1, v128.load(row, 16))
    s2 = f32x4.add(s2, v128.load(row, 32))
    s3 = f32x4.add(s3, v128.load(row, 48))
    s4 = f32x4.add(s4, v128.load(row, 64))
    s5 = f32x4.add(s5, v128.load(row, 80))
    s6 = f32x4.add(s6, v128.load(row, 96))
    s7 = f32x4.add(s7, v128.load(row, 112))
  }
  const step: usize = bias !== 0 ? 16 : 0
  Element.finish(c, s0, bias, weight, alpha, beta)
  Element.finish(c + 16, s1, bias + step, weight, alpha, beta)
  Element.finish(c + 32, s2, bias + 2 * step, weight, alpha, beta)
  Element.finish(c + 48, s3, bias + 3 * step, weight, alpha, beta)
  Element.finish(c + 64, s4, bias + 4 * step, weight, alpha, beta)
  Element.finish(c + 80, s5, bias + 5 * step, weight, alpha, beta)
  Element.finish(c + 96, s6, bias + 6 * step, weight, alpha, beta)
  Element.finish(c + 112, s7, bias + 7 * step, weight, alpha, beta)
}

/** The same for fewer columns than a panel has, four at a time. */
function addColumns(
  c: usize,
  cols: usize,
  from: usize,
  to: usize,
  bias: usize,
  weight: f32,
  alpha: f32,
  beta: f32,
): void {
  for (let j: usize = 0; j < cols; j += 4) {
    const table = scratchAt() + 4 * j
    const left = cols - j
    const at = c + 4 * j
    let s = f32x4.splat(0)
    for (let e = from; e < to; e += 4) s = f32x4.add(s, v128.load(table + <usize>load<u32>(e)))
    if (bias !== 0) s = f32x4.add(s, f32x4.mul(f32x4.splat(weight), Lanes.load(bias + 4 * j, left)))
    s = f32x4.mul(f32x4.splat(alpha), s)
    if (beta !== 0) s = f32x4.add(f32x4.mul(f32x4.splat(beta), Lanes.load(at, left)), s)
    Lanes.store(at, s, left)
  }
}

export function bitProduct(
  c: usize,
  cRow: usize,
  m: usize,
  n: usize,
  k: usize,
  list: usize,
  ends: usize,
  b: usize,
  bRow: usize,
  bCol: usize,
  alpha: f32,
  beta: f32,
  bias: usize,
  weights: usize,
  activation: i32,
): void {
  const room = groupsOf(k)
  const blocks = blocksOf(k)
  for (let j: usize = 0; j < n; j += PANEL) {
    const cols = min<usize>(n - j, PANEL)
    for (let block: usize = 0; block < blocks; block++) {
      const p = BLOCK_BITS * block
      tabulate(
        b + 4 * (p * bRow + j * bCol),
        4 * bRow,
        4 * bCol,
        min<usize>(k - p, BLOCK_BITS),
        cols,
      )
      const first = block === 0
      const offset = first && bias !== 0 ? bias + 4 * j : 0
      const factor: f32 = first ? beta : 1
      const finished = activation !== 0 && block + 1 === blocks
      for (let i: usize = 0; i < m; i++) {
        const end = ends + 4 * (i * blocks + block)
        const entries = list + 4 * i * room
        const from = entries + (first ? 0 : 4 * <usize>load<u32>(end - 4))
        const to = entries + 4 * <usize>load<u32>(end)
        const weight: f32 = weights !== 0 ? load<f32>(weights + 4 * i) : 1
        const at = c + 4 * (i * cRow + j)
        if (cols === PANEL) addPanel(at, from, to, offset, weight, alpha, factor)
        else addColumns(at, cols, from, to, offset, weight, alpha, factor)
        if (finished) activate(at, cols, activation)
      }
    }
  }
}
