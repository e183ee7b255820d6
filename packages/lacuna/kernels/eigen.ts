// The three loops in which the n³ operations of the symmetric eigenvalue problem lie, in float64.

/** Bytes of a strip's row: eight doubles, a cache line. */
const ROW: usize = 64

class Pair {
  /** Two doubles a − x·y. */
  @inline
  static minus(a: v128, x: v128, y: v128): v128 {
    return f64x2.sub(a, f64x2.mul(x, y))
  }

  /** Two doubles a + x·y. */
  @inline
  static plus(a: v128, x: v128, y: v128): v128 {
    return f64x2.add(a, f64x2.mul(x, y))
  }

  /** The sum of both lanes. */
  @inline
  static sum(a: v128): f64 {
    return f64x2.extract_lane(a, 0) + f64x2.extract_lane(a, 1)
  }
}

/** Two rows at a time, so that v, w, u and y are loaded half as often. */
export function updateAndMultiply(
  y: usize,
  a: usize,
  aRow: usize,
  n: usize,
  v: usize,
  w: usize,
  u: usize,
): void {
  memory.fill(y, 0, 8 * n)
  for (let i: usize = 0; i < n; i += 2) {
    const at: usize = 8 * i
    let row = a + at * aRow + at
    const v0 = load<f64>(v + at)
    const w0 = load<f64>(w + at)
    const u0 = load<f64>(u + at)
    const a00 = load<f64>(row) - v0 * w0 - w0 * v0
    store<f64>(row, a00)
    if (i + 1 === n) {
      store<f64>(y + at, load<f64>(y + at) + a00 * u0)
      break
    }
    let next = row + 8 * aRow
    const v1 = load<f64>(v + at, 8)
    const w1 = load<f64>(w + at, 8)
    const u1 = load<f64>(u + at, 8)
    const a01 = load<f64>(row, 8) - v0 * w1 - w0 * v1
    const a11 = load<f64>(next, 8) - v1 * w1 - w1 * v1
    store<f64>(row, a01, 8)
    store<f64>(next, a11, 8)
    const vv0 = f64x2.splat(v0)
    const ww0 = f64x2.splat(w0)
    const uu0 = f64x2.splat(u0)
    const vv1 = f64x2.splat(v1)
    const ww1 = f64x2.splat(w1)
    const uu1 = f64x2.splat(u1)
    let s0 = f64x2.splat(0)
    let s1 = s0
    let j: usize = at + 16
    const end: usize = 8 * n
    row += 16
    next += 16
    for (; j + 16 <= end; j += 16) {
      const vj = v128.load(v + j)
      const wj = v128.load(w + j)
      const uj = v128.load(u + j)
      const a0 = Pair.minus(Pair.minus(v128.load(row), vv0, wj), ww0, vj)
      const a1 = Pair.minus(Pair.minus(v128.load(next), vv1, wj), ww1, vj)
      v128.store(row, a0)
      v128.store(next, a1)
      s0 = Pair.plus(s0, a0, uj)
      s1 = Pair.plus(s1, a1, uj)
      v128.store(y + j, Pair.plus(Pair.plus(v128.load(y + j), a0, uu0), a1, uu1))
      row += 16
      next += 16
    }
    let sum0 = Pair.sum(s0)
    let sum1 = Pair.sum(s1)
    if (j < end) {
      const vj = load<f64>(v + j)
      const wj = load<f64>(w + j)
      const uj = load<f64>(u + j)
      const a0 = load<f64>(row) - v0 * wj - w0 * vj
      const a1 = load<f64>(next) - v1 * wj - w1 * vj
      store<f64>(row, a0)
      store<f64>(next, a1)
      sum0 += a0 * uj
      sum1 += a1 * uj
      store<f64>(y + j, load<f64>(y + j) + a0 * u0 + a1 * u1)
    }
    store<f64>(y + at, load<f64>(y + at) + (a00 * u0 + a01 * u1 + sum0))
    store<f64>(y + at, load<f64>(y + at, 8) + (a01 * u0 + a11 * u1 + sum1), 8)
  }
}

export function reflect(x: usize, n: usize, v: usize, tau: f64): void {
  let s0 = f64x2.splat(0)
  let s1 = s0
  let s2 = s0
  let s3 = s0
  let at = x
  for (let i: usize = 0; i < n; i++) {
    const vi = v128.load64_splat(v + 8 * i)
    s0 = Pair.plus(s0, vi, v128.load(at))
    s1 = Pair.plus(s1, vi, v128.load(at, 16))
    s2 = Pair.plus(s2, vi, v128.load(at, 32))
    s3 = Pair.plus(s3, vi, v128.load(at, 48))
    at += ROW
  }
  const t = f64x2.splat(tau)
  s0 = f64x2.mul(t, s0)
  s1 = f64x2.mul(t, s1)
  s2 = f64x2.mul(t, s2)
  s3 = f64x2.mul(t, s3)
  at = x
  for (let i: usize = 0; i < n; i++) {
    const vi = v128.load64_splat(v + 8 * i)
    v128.store(at, Pair.minus(v128.load(at), vi, s0))
    v128.store(at, Pair.minus(v128.load(at, 16), vi, s1), 16)
    v128.store(at, Pair.minus(v128.load(at, 32), vi, s2), 32)
    v128.store(at, Pair.minus(v128.load(at, 48), vi, s3), 48)
    at += ROW
  }
}

export function rotate(x: usize, count: usize, rotations: usize): void {
  let x0 = v128.load(x)
  let x1 = v128.load(x, 16)
  let x2 = v128.load(x, 32)
  let x3 = v128.load(x, 48)
  for (let k: usize = 0; k < count; k++) {
    const c = v128.load64_splat(rotations)
    const s = v128.load64_splat(rotations, 8)
    const y0 = v128.load(x, 64)
    const y1 = v128.load(x, 80)
    const y2 = v128.load(x, 96)
    const y3 = v128.load(x, 112)
    v128.store(x, Pair.plus(f64x2.mul(c, x0), s, y0))
    v128.store(x, Pair.plus(f64x2.mul(c, x1), s, y1), 16)
    v128.store(x, Pair.plus(f64x2.mul(c, x2), s, y2), 32)
    v128.store(x, Pair.plus(f64x2.mul(c, x3), s, y3), 48)
    x0 = Pair.minus(f64x2.mul(c, y0), s, x0)
    x1 = Pair.minus(f64x2.mul(c, y1), s, x1)
    x2 = Pair.minus(f64x2.mul(c, y2), s, x2)
    x3 = Pair.minus(f64x2.mul(c, y3), s, x3)
    x += ROW
    rotations += 16
  }
  v128.store(x, x0)
  v128.store(x, x1, 16)
  v128.store(x, x2, 32)
  v128.store(x, x3, 48)
}
