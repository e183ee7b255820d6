import { Activation } from './activation'
import { Lanes } from './lanes'
import { MultiplyAdd } from './multiply-add'
import { scratch } from './product'

// Products with sparse matrices: row i of one has the entries e from starts[i] to ends[i], entry e
// stands in column columns[e] and has the value values[e].

/**
 * So many columns of B are gone through before the next: of a matrix of a thousand rows they stay in
 * L2. The sums of one row, so wide, lie in what `product` uses for packing.
 */
const BLOCK_COLS: usize = 256

class Entry {
  @inline
  static write(columns: usize, values: usize, e: usize, column: usize, value: f32): void {
    store<u32>(columns + 4 * e, <u32>column)
    store<f32>(values + 4 * e, value)
  }
}

export function listRows(
  starts: usize,
  ends: usize,
  columns: usize,
  values: usize,
  x: usize,
  background: f32,
  n: usize,
  cols: usize,
): void {
  const ground = f32x4.splat(background)
  for (let i: usize = 0; i < n; i++) {
    const xi = x + 4 * i * cols
    let e: usize = load<u32>(starts + 4 * i)
    // Each element is written where the next entry goes, which counts only if it is one: nothing has
    // to be guessed where digits are, and of black pixels four are passed over at a time.
    let j: usize = 0
    for (; j + 4 <= cols; j += 4) {
      const four = v128.load(xi + 4 * j)
      const others = <usize>i32x4.bitmask(f32x4.ne(four, ground))
      if (!others) continue
      const rest = f32x4.sub(four, ground)
      Entry.write(columns, values, e, j, f32x4.extract_lane(rest, 0))
      e += others & 1
      Entry.write(columns, values, e, j + 1, f32x4.extract_lane(rest, 1))
      e += (others >> 1) & 1
      Entry.write(columns, values, e, j + 2, f32x4.extract_lane(rest, 2))
      e += (others >> 2) & 1
      Entry.write(columns, values, e, j + 3, f32x4.extract_lane(rest, 3))
      e += others >> 3
    }
    for (; j < cols; j++) {
      const element = load<f32>(xi + 4 * j)
      Entry.write(columns, values, e, j, element - background)
      if (element !== background) e++
    }
    store<u32>(ends + 4 * i, <u32>e)
  }
}

export function transpose(
  starts: usize,
  ends: usize,
  rows: usize,
  values: usize,
  fromStarts: usize,
  fromEnds: usize,
  fromColumns: usize,
  fromValues: usize,
  n: usize,
  first: usize,
  count: usize,
): void {
  memory.copy(ends, starts, 4 * count)
  for (let i: usize = 0; i < n; i++) {
    const last: usize = load<u32>(fromEnds + 4 * i)
    for (let from: usize = load<u32>(fromStarts + 4 * i); from < last; from++) {
      const column = <usize>load<u32>(fromColumns + 4 * from) - first
      if (column >= count) continue // also where it is before the first, as numbers are unsigned
      const end = ends + 4 * column
      const e: usize = load<u32>(end)
      store<u32>(rows + 4 * e, <u32>i)
      store<f32>(values + 4 * e, load<f32>(fromValues + 4 * from))
      store<u32>(end, <u32>(e + 1))
    }
  }
}

export function gather(
  out: usize,
  x: usize,
  xRow: usize,
  starts: usize,
  ends: usize,
  columns: usize,
  n: usize,
): void {
  for (let i: usize = 0; i < n; i++) {
    const end: usize = load<u32>(ends + 4 * i)
    for (let e: usize = load<u32>(starts + 4 * i); e < end; e++) {
      const column: usize = load<u32>(columns + 4 * e)
      store<f32>(out + 4 * e, load<f32>(x + 4 * (i * xRow + column)))
    }
  }
}

class Row {
  /** y += v·x for four floats, or the `left` < 4 that remain. */
  @inline
  static add(y: usize, v: v128, x: usize, left: usize): void {
    Lanes.store(y, MultiplyAdd.of(Lanes.load(y, left), v, Lanes.load(x, left)), left)
  }
}

/**
 * sum += Σ values[e]·b_columns[e] over the entries from `start` to `end`, one after the other. Four at
 * a time, so that the sums are loaded and stored a quarter as often.
 */
function addRows(
  sum: usize,
  cols: usize,
  start: usize,
  end: usize,
  columns: usize,
  values: usize,
  b: usize,
  bRow: usize,
): void {
  const whole = cols & ~7
  const behind = sum + 4 * whole
  let e = start
  for (; e + 4 <= end; e += 4) {
    const v0 = v128.load32_splat(values + 4 * e)
    const v1 = v128.load32_splat(values + 4 * e, 4)
    const v2 = v128.load32_splat(values + 4 * e, 8)
    const v3 = v128.load32_splat(values + 4 * e, 12)
    let b0 = b + 4 * bRow * <usize>load<u32>(columns + 4 * e)
    let b1 = b + 4 * bRow * <usize>load<u32>(columns + 4 * e, 4)
    let b2 = b + 4 * bRow * <usize>load<u32>(columns + 4 * e, 8)
    let b3 = b + 4 * bRow * <usize>load<u32>(columns + 4 * e, 12)
    let at = sum
    for (; at < behind; at += 32) {
      let s = v128.load(at)
      let t = v128.load(at, 16)
      s = MultiplyAdd.of(s, v0, v128.load(b0))
      t = MultiplyAdd.of(t, v0, v128.load(b0, 16))
      s = MultiplyAdd.of(s, v1, v128.load(b1))
      t = MultiplyAdd.of(t, v1, v128.load(b1, 16))
      s = MultiplyAdd.of(s, v2, v128.load(b2))
      t = MultiplyAdd.of(t, v2, v128.load(b2, 16))
      s = MultiplyAdd.of(s, v3, v128.load(b3))
      t = MultiplyAdd.of(t, v3, v128.load(b3, 16))
      v128.store(at, s)
      v128.store(at, t, 16)
      b0 += 32
      b1 += 32
      b2 += 32
      b3 += 32
    }
    for (let j = whole; j < cols; j += 4) {
      const left = cols - j
      let s = v128.load(at)
      s = MultiplyAdd.of(s, v0, Lanes.load(b0, left))
      s = MultiplyAdd.of(s, v1, Lanes.load(b1, left))
      s = MultiplyAdd.of(s, v2, Lanes.load(b2, left))
      s = MultiplyAdd.of(s, v3, Lanes.load(b3, left))
      v128.store(at, s)
      at += 16
      b0 += 16
      b1 += 16
      b2 += 16
      b3 += 16
    }
  }
  for (; e < end; e++) {
    const v = v128.load32_splat(values + 4 * e)
    const row = b + 4 * bRow * <usize>load<u32>(columns + 4 * e)
    const fours = cols & ~3
    for (let j: usize = 0; j < fours; j += 4) Row.add(sum + 4 * j, v, row + 4 * j, 4)
    if (cols > fours) Row.add(sum + 4 * fours, v, row + 4 * fours, cols - fours)
  }
}

/** sum = bias, or 0 without one. */
function begin(sum: usize, bias: usize, cols: usize): void {
  const fours = cols & ~3
  if (bias) {
    for (let j: usize = 0; j < fours; j += 4) v128.store(sum + 4 * j, v128.load(bias + 4 * j))
    if (cols > fours) v128.store(sum + 4 * fours, Lanes.load(bias + 4 * fours, cols - fours))
  } else {
    for (let j: usize = 0; j < cols; j += 4) v128.store(sum + 4 * j, f32x4.splat(0))
  }
}

/** c = act(sum) or c += alpha·sum. */
function finish(c: usize, sum: usize, cols: usize, mode: i32, alpha: f32, activation: i32): void {
  const a = f32x4.splat(alpha)
  const fours = cols & ~3
  const at: usize = 4 * fours
  if (mode === 1) {
    for (let j: usize = 0; j < fours; j += 4) Row.add(c + 4 * j, a, sum + 4 * j, 4)
    if (cols > fours) Row.add(c + at, a, sum + at, cols - fours)
  } else {
    for (let j: usize = 0; j < fours; j += 4) {
      v128.store(c + 4 * j, Activation.apply(v128.load(sum + 4 * j), activation))
    }
    if (cols > fours) {
      Lanes.store(c + at, Activation.apply(v128.load(sum + at), activation), cols - fours)
    }
  }
}

export function sparseProduct(
  c: usize,
  cRow: usize,
  n: usize,
  cols: usize,
  starts: usize,
  ends: usize,
  columns: usize,
  values: usize,
  b: usize,
  bRow: usize,
  mode: i32,
  alpha: f32,
  bias: usize,
  activation: i32,
): void {
  for (let j: usize = 0; j < cols; j += BLOCK_COLS) {
    const width = min(cols - j, BLOCK_COLS)
    for (let i: usize = 0; i < n; i++) {
      const start: usize = load<u32>(starts + 4 * i)
      const end: usize = load<u32>(ends + 4 * i)
      if (mode === 1 && bias === 0 && start === end) continue
      begin(scratch, bias ? bias + 4 * j : 0, width)
      addRows(scratch, width, start, end, columns, values, b + 4 * j, bRow)
      finish(c + 4 * (i * cRow + j), scratch, width, mode, alpha, activation)
    }
  }
}

export function rowDots(
  out: usize,
  a: usize,
  b: usize,
  bias: usize,
  cols: usize,
  starts: usize,
  ends: usize,
  rows: usize,
  n: usize,
  activation: i32,
): void {
  for (let i: usize = 0; i < n; i++) {
    const ai = a + 4 * i * cols
    const end: usize = load<u32>(ends + 4 * i)
    for (let e: usize = load<u32>(starts + 4 * i); e < end; e++) {
      const row: usize = load<u32>(rows + 4 * e)
      const be = b + 4 * row * cols
      let s0 = f32x4.splat(0)
      let s1 = s0
      let s2 = s0
      let s3 = s0
      let j: usize = 0
      for (; j + 16 <= cols; j += 16) {
        const p = ai + 4 * j
        const q = be + 4 * j
        s0 = MultiplyAdd.of(s0, v128.load(p), v128.load(q))
        s1 = MultiplyAdd.of(s1, v128.load(p, 16), v128.load(q, 16))
        s2 = MultiplyAdd.of(s2, v128.load(p, 32), v128.load(q, 32))
        s3 = MultiplyAdd.of(s3, v128.load(p, 48), v128.load(q, 48))
      }
      for (; j < cols; j += 4) {
        const left = cols - j
        s0 = MultiplyAdd.of(s0, Lanes.load(ai + 4 * j, left), Lanes.load(be + 4 * j, left))
      }
      const sums = f32x4.add(f32x4.add(s0, s1), f32x4.add(s2, s3))
      const low = f32x4.extract_lane(sums, 0) + f32x4.extract_lane(sums, 1)
      const high = f32x4.extract_lane(sums, 2) + f32x4.extract_lane(sums, 3)
      let sum = low + high
      if (bias !== 0) sum += load<f32>(bias + 4 * row)
      const value = Activation.apply(f32x4.splat(sum), activation)
      store<f32>(out + 4 * e, f32x4.extract_lane(value, 0))
    }
  }
}
