import { Activation } from './activation'
import { Lanes } from './lanes'

// Products with few rows of a matrix: example i has the entries e from starts[i] to starts[i + 1],
// and entry e stands for row rows[e] of B.

export function gather(
  out: usize,
  x: usize,
  xRow: usize,
  starts: usize,
  rows: usize,
  n: usize,
): void {
  for (let i: usize = 0; i < n; i++) {
    const end: usize = load<u32>(starts + 4 * (i + 1))
    for (let e: usize = load<u32>(starts + 4 * i); e < end; e++) {
      const column: usize = load<u32>(rows + 4 * e)
      store<f32>(out + 4 * e, load<f32>(x + 4 * (i * xRow + column)))
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
  rows: usize,
  n: usize,
  activation: i32,
): void {
  for (let i: usize = 0; i < n; i++) {
    const ai = a + 4 * i * cols
    const end: usize = load<u32>(starts + 4 * (i + 1))
    for (let e: usize = load<u32>(starts + 4 * i); e < end; e++) {
      const row: usize = load<u32>(rows + 4 * e)
      const be = b + 4 * row * cols
      let even = f32x4.splat(0)
      let odd = f32x4.splat(0)
      let j: usize = 0
      for (; j + 8 <= cols; j += 8) {
        even = f32x4.add(even, f32x4.mul(v128.load(ai + 4 * j), v128.load(be + 4 * j)))
        odd = f32x4.add(odd, f32x4.mul(v128.load(ai + 4 * j, 16), v128.load(be + 4 * j, 16)))
      }
      for (; j < cols; j += 4) {
        const left = cols - j
        even = f32x4.add(
          even,
          f32x4.mul(Lanes.load(ai + 4 * j, left), Lanes.load(be + 4 * j, left)),
        )
      }
      const sums = f32x4.add(even, odd)
      const low = f32x4.extract_lane(sums, 0) + f32x4.extract_lane(sums, 1)
      const high = f32x4.extract_lane(sums, 2) + f32x4.extract_lane(sums, 3)
      let sum = low + high
      if (bias !== 0) sum += load<f32>(bias + 4 * row)
      const value = Activation.apply(f32x4.splat(sum), activation)
      store<f32>(out + 4 * e, f32x4.extract_lane(value, 0))
    }
  }
}

export function rowSums(
  out: usize,
  values: usize,
  b: usize,
  cols: usize,
  starts: usize,
  rows: usize,
  n: usize,
  mode: i32,
): void {
  for (let i: usize = 0; i < n; i++) {
    const start: usize = load<u32>(starts + 4 * i)
    const end: usize = load<u32>(starts + 4 * (i + 1))
    const to = out + 4 * i * cols
    let j: usize = 0
    for (; j + 16 <= cols; j += 16) {
      const at = to + 4 * j
      let s0 = f32x4.splat(0)
      let s1 = s0
      let s2 = s0
      let s3 = s0
      for (let e = start; e < end; e++) {
        const v = v128.load32_splat(values + 4 * e)
        const row: usize = load<u32>(rows + 4 * e)
        const be = b + 4 * (row * cols + j)
        s0 = f32x4.add(s0, f32x4.mul(v, v128.load(be)))
        s1 = f32x4.add(s1, f32x4.mul(v, v128.load(be, 16)))
        s2 = f32x4.add(s2, f32x4.mul(v, v128.load(be, 32)))
        s3 = f32x4.add(s3, f32x4.mul(v, v128.load(be, 48)))
      }
      if (mode === 1) {
        s0 = f32x4.add(v128.load(at), s0)
        s1 = f32x4.add(v128.load(at, 16), s1)
        s2 = f32x4.add(v128.load(at, 32), s2)
        s3 = f32x4.add(v128.load(at, 48), s3)
      }
      v128.store(at, s0)
      v128.store(at, s1, 16)
      v128.store(at, s2, 32)
      v128.store(at, s3, 48)
    }
    for (; j < cols; j += 4) {
      const left = cols - j
      const at = to + 4 * j
      let s = f32x4.splat(0)
      for (let e = start; e < end; e++) {
        const row: usize = load<u32>(rows + 4 * e)
        const be = b + 4 * (row * cols + j)
        s = f32x4.add(s, f32x4.mul(v128.load32_splat(values + 4 * e), Lanes.load(be, left)))
      }
      if (mode === 1) s = f32x4.add(Lanes.load(at, left), s)
      Lanes.store(at, s, left)
    }
  }
}

export function addToRows(
  b: usize,
  bias: usize,
  values: usize,
  a: usize,
  cols: usize,
  starts: usize,
  rows: usize,
  n: usize,
  alpha: f32,
): void {
  for (let i: usize = 0; i < n; i++) {
    const ai = a + 4 * i * cols
    const end: usize = load<u32>(starts + 4 * (i + 1))
    for (let e: usize = load<u32>(starts + 4 * i); e < end; e++) {
      const row: usize = load<u32>(rows + 4 * e)
      const be = b + 4 * row * cols
      const value = alpha * load<f32>(values + 4 * e)
      const v = f32x4.splat(value)
      for (let j: usize = 0; j < cols; j += 4) {
        const left = cols - j
        const at = be + 4 * j
        const sum = f32x4.add(Lanes.load(at, left), f32x4.mul(v, Lanes.load(ai + 4 * j, left)))
        Lanes.store(at, sum, left)
      }
      if (bias !== 0) store<f32>(bias + 4 * row, load<f32>(bias + 4 * row) + value)
    }
  }
}
