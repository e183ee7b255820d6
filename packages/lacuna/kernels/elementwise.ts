import { Lanes } from './lanes'

export function scale(y: usize, alpha: f32, n: usize): void {
  const a = f32x4.splat(alpha)
  for (let i: usize = 0; i < n; i += 4) {
    const at = y + 4 * i
    Lanes.store(at, f32x4.mul(a, Lanes.load(at, n - i)), n - i)
  }
}

export function addScaled(y: usize, x: usize, alpha: f32, n: usize): void {
  const a = f32x4.splat(alpha)
  for (let i: usize = 0; i < n; i += 4) {
    const left = n - i
    const at = y + 4 * i
    const term = f32x4.mul(a, Lanes.load(x + 4 * i, left))
    Lanes.store(at, f32x4.add(Lanes.load(at, left), term), left)
  }
}

export function scaleRows(y: usize, factors: usize, n: usize, cols: usize): void {
  for (let i: usize = 0; i < n; i++) scale(y + 4 * i * cols, load<f32>(factors + 4 * i), cols)
}

export function centreRows(x: usize, centre: usize, alpha: f32, rows: usize, cols: usize): void {
  const a = f32x4.splat(alpha)
  for (let i: usize = 0; i < rows; i++) {
    for (let j: usize = 0; j < cols; j += 4) {
      const left = cols - j
      const at = x + 4 * j
      const difference = f32x4.sub(Lanes.load(at, left), Lanes.load(centre + 4 * j, left))
      Lanes.store(at, f32x4.mul(a, difference), left)
    }
    x += 4 * cols
  }
}

class Blend {
  @inline
  static step(out: usize, x: usize, y: usize, mask: usize, left: usize): void {
    const zero = f32x4.splat(0)
    const one = f32x4.splat(1)
    const a = Lanes.load(x, left)
    const b = Lanes.load(y, left)
    const m = Lanes.load(mask, left)
    // At m = 0 and m = 1 the sum would lose the sign of −0 and turn 0·∞ into NaN: select instead.
    const mixed = f32x4.add(f32x4.mul(a, f32x4.sub(one, m)), f32x4.mul(b, m))
    const right = v128.bitselect(b, mixed, f32x4.eq(m, one))
    Lanes.store(out, v128.bitselect(a, right, f32x4.eq(m, zero)), left)
  }
}

export function blend(out: usize, x: usize, y: usize, mask: usize, n: usize): void {
  const whole = n & ~3
  for (let i: usize = 0; i < whole; i += 4) {
    Blend.step(out + 4 * i, x + 4 * i, y + 4 * i, mask + 4 * i, 4)
  }
  const at: usize = 4 * whole
  if (n > whole) Blend.step(out + at, x + at, y + at, mask + at, n - whole)
}

export function expandBytes(out: usize, bytes: usize, n: usize): void {
  // (2p − 255)/255, rounded once, is p/127.5 − 1 rounded once: exact numerator, one division.
  const most = f32x4.splat(255)
  let i: usize = 0
  for (; i + 4 <= n; i += 4) {
    const p = i32x4.extend_low_i16x8_u(i16x8.extend_low_i8x16_u(v128.load32_zero(bytes + i)))
    const numerator = i32x4.sub(i32x4.shl(p, 1), i32x4.splat(255))
    v128.store(out + 4 * i, f32x4.div(f32x4.convert_i32x4_s(numerator), most))
  }
  for (; i < n; i++) {
    const numerator = 2 * <i32>load<u8>(bytes + i) - 255
    store<f32>(out + 4 * i, <f32>numerator / 255)
  }
}

export function addToDoubles(out: usize, x: usize, n: usize): void {
  let i: usize = 0
  for (; i + 4 <= n; i += 4) {
    const at = out + 8 * i
    const four = v128.load(x + 4 * i)
    const high = v128.shuffle<f64>(four, four, 1, 1)
    v128.store(at, f64x2.add(v128.load(at), f64x2.promote_low_f32x4(four)))
    v128.store(at, f64x2.add(v128.load(at, 16), f64x2.promote_low_f32x4(high)), 16)
  }
  for (; i < n; i++) {
    const at = out + 8 * i
    store<f64>(at, load<f64>(at) + <f64>load<f32>(x + 4 * i))
  }
}

export function bytesToFloats(out: usize, bytes: usize, n: usize): void {
  let i: usize = 0
  for (; i + 8 <= n; i += 8) {
    const words = v128.load8x8_u(bytes + i)
    v128.store(out + 4 * i, f32x4.convert_i32x4_s(i32x4.extend_low_i16x8_u(words)))
    v128.store(out + 4 * i, f32x4.convert_i32x4_s(i32x4.extend_high_i16x8_u(words)), 16)
  }
  for (; i < n; i++) store<f32>(out + 4 * i, <f32>load<u8>(bytes + i))
}
