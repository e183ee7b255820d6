import { Elementary, sigmoid, tanh } from './elementary'
import { Lanes } from './lanes'

// The codes of src/compute/kernels.ts.
const IDENTITY: i32 = 0
const HARDTANH: i32 = 1
const TANH: i32 = 2
const SIGMOID: i32 = 3
const RELU: i32 = 4
const LEAKY_RELU: i32 = 5
const LEAKY_SLOPE: f32 = 0.2

export class Activation {
  /** Four activations. (pmin and pmax with x first leave NaN as it is.) */
  static apply(x: v128, activation: i32): v128 {
    const zero = f32x4.splat(0)
    switch (activation) {
      case HARDTANH:
        return f32x4.pmin(f32x4.pmax(x, f32x4.splat(-1)), f32x4.splat(1))
      case TANH:
        return Elementary.tanh(x)
      case SIGMOID:
        return Elementary.sigmoid(x)
      case RELU:
        return f32x4.pmax(x, zero)
      case LEAKY_RELU:
        return v128.bitselect(f32x4.mul(f32x4.splat(LEAKY_SLOPE), x), x, f32x4.lt(x, zero))
      default:
        return x
    }
  }

  /** δ·act′, with act′ expressed through the output y = act(x). */
  static gradient(delta: v128, y: v128, activation: i32): v128 {
    const zero = f32x4.splat(0)
    const one = f32x4.splat(1)
    switch (activation) {
      case HARDTANH:
        return v128.and(delta, f32x4.lt(f32x4.abs(y), one))
      case TANH:
        return f32x4.mul(delta, f32x4.sub(one, f32x4.mul(y, y)))
      case SIGMOID:
        return f32x4.mul(delta, f32x4.mul(y, f32x4.sub(one, y)))
      case RELU:
        return v128.and(delta, f32x4.gt(y, zero))
      case LEAKY_RELU: {
        const scaled = f32x4.mul(f32x4.splat(LEAKY_SLOPE), delta)
        return v128.bitselect(delta, scaled, f32x4.gt(y, zero))
      }
      default:
        return delta
    }
  }
}

// In the loops below `left` is the constant 4, so that once inlined they branch no more.
class Step {
  @inline
  static gradient(delta: usize, y: usize, left: usize, activation: i32): void {
    const d = Activation.gradient(Lanes.load(delta, left), Lanes.load(y, left), activation)
    Lanes.store(delta, d, left)
  }

  @inline
  static apply(y: usize, left: usize, activation: i32): void {
    Lanes.store(y, Activation.apply(Lanes.load(y, left), activation), left)
  }
}

export function activationGradient(delta: usize, y: usize, n: usize, activation: i32): void {
  if (activation === IDENTITY) return
  const whole = n & ~3
  for (let i: usize = 0; i < whole; i += 4) Step.gradient(delta + 4 * i, y + 4 * i, 4, activation)
  if (n > whole) Step.gradient(delta + 4 * whole, y + 4 * whole, n - whole, activation)
}

export function activate(y: usize, n: usize, activation: i32): void {
  if (activation === TANH) tanh(y, y, n)
  else if (activation === SIGMOID) sigmoid(y, y, n)
  else {
    const whole = n & ~3
    for (let i: usize = 0; i < whole; i += 4) Step.apply(y + 4 * i, 4, activation)
    if (n > whole) Step.apply(y + 4 * whole, n - whole, activation)
  }
}
