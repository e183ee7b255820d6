import { Lanes } from './lanes'
import { product } from './product'

/**
 * Rows that are finished together: what those above take off them is one product, what they take off
 * one another is done row by row.
 */
const BLOCK: usize = 10

class Row {
  /** yⱼ += v·xⱼ for n floats. */
  static add(y: usize, v: f32, x: usize, n: usize): void {
    const factor = f32x4.splat(v)
    const fours = n & ~3
    for (let j: usize = 0; j < fours; j += 4) {
      const sum = f32x4.add(v128.load(y + 4 * j), f32x4.mul(factor, v128.load(x + 4 * j)))
      v128.store(y + 4 * j, sum)
    }
    for (let j = fours; j < n; j++) {
      store<f32>(y + 4 * j, load<f32>(y + 4 * j) + v * load<f32>(x + 4 * j))
    }
  }

  /** yⱼ ← yⱼ/v for n floats. */
  static divide(y: usize, v: f32, n: usize): void {
    const divisor = f32x4.splat(v)
    const fours = n & ~3
    for (let j: usize = 0; j < fours; j += 4) {
      v128.store(y + 4 * j, f32x4.div(v128.load(y + 4 * j), divisor))
    }
    for (let j = fours; j < n; j++) store<f32>(y + 4 * j, load<f32>(y + 4 * j) / v)
  }

  /** Σ xⱼyⱼ over n floats, in four lanes, then these in pairs. */
  static dot(x: usize, y: usize, n: usize): f32 {
    let sums = f32x4.splat(0)
    for (let j: usize = 0; j < n; j += 4) {
      const left = n - j
      sums = f32x4.add(sums, f32x4.mul(Lanes.load(x + 4 * j, left), Lanes.load(y + 4 * j, left)))
    }
    const low = f32x4.extract_lane(sums, 0) + f32x4.extract_lane(sums, 1)
    return low + (f32x4.extract_lane(sums, 2) + f32x4.extract_lane(sums, 3))
  }
}

/** u ← U with A = UᵀU, of A's upper triangle in n rows of n floats; what lies below it is not read. */
function factorise(u: usize, n: usize): void {
  for (let first: usize = 0; first < n; first += BLOCK) {
    const rows = min(n - first, BLOCK)
    const corner = u + 4 * (first * n + first)
    const above = u + 4 * first
    // A₂₂ − U₁₂ᵀU₁₂, of the rows of this block from its diagonal on.
    if (first) product(corner, n, rows, n - first, first, above, 1, n, above, n, 1, 1, -1, 0, 0)
    for (let i = first; i < first + rows; i++) {
      const row = u + 4 * (i * n + i)
      for (let k = first; k < i; k++) {
        const from = u + 4 * (k * n + i)
        Row.add(row, -load<f32>(from), from, n - i)
      }
      Row.divide(row, sqrt<f32>(load<f32>(row)), n - i)
    }
  }
}

/** x ← A⁻¹x with A = UᵀU, n floats. */
function substitute(u: usize, n: usize, x: usize): void {
  for (let i: usize = 0; i < n; i++) {
    const row = u + 4 * (i * n + i)
    const value = load<f32>(x + 4 * i) / load<f32>(row)
    store<f32>(x + 4 * i, value)
    Row.add(x + 4 * (i + 1), -value, row + 4, n - i - 1)
  }
  for (let i = n; i-- > 0; ) {
    const row = u + 4 * (i * n + i)
    const rest = load<f32>(x + 4 * i) - Row.dot(row + 4, x + 4 * (i + 1), n - i - 1)
    store<f32>(x + 4 * i, rest / load<f32>(row))
  }
}

export function solveSubmatrices(
  values: usize,
  starts: usize,
  ends: usize,
  columns: usize,
  firsts: usize,
  groups: usize,
  a: usize,
  cols: usize,
  room: usize,
): void {
  for (let g: usize = 0; g < groups; g++) {
    const first: usize = load<u32>(firsts + 4 * g)
    const last: usize = load<u32>(firsts + 4 * g, 4)
    if (first === last) continue
    const start: usize = load<u32>(starts + 4 * first)
    const n: usize = <usize>load<u32>(ends + 4 * first) - start
    const chosen = columns + 4 * start
    const u = room + 4 * g * cols * cols
    for (let i: usize = 0; i < n; i++) {
      const row = a + 4 * cols * <usize>load<u32>(chosen + 4 * i)
      for (let j = i; j < n; j++) {
        const value = load<f32>(row + 4 * <usize>load<u32>(chosen + 4 * j))
        store<f32>(u + 4 * (i * n + j), value)
      }
    }
    factorise(u, n)
    for (let i = first; i < last; i++)
      substitute(u, n, values + 4 * <usize>load<u32>(starts + 4 * i))
  }
}
