import { Lanes } from './lanes'

export function momentumStep(
  w: usize,
  velocity: usize,
  gradient: usize,
  n: usize,
  learningRate: f32,
  momentum: f32,
): void {
  const eta = f32x4.splat(learningRate)
  const mu = f32x4.splat(momentum)
  for (let i: usize = 0; i < n; i += 4) {
    const left = n - i
    const at: usize = 4 * i
    const v = f32x4.add(
      f32x4.mul(mu, Lanes.load(velocity + at, left)),
      Lanes.load(gradient + at, left),
    )
    Lanes.store(velocity + at, v, left)
    Lanes.store(w + at, f32x4.sub(Lanes.load(w + at, left), f32x4.mul(eta, v)), left)
  }
}

export function adamStep(
  w: usize,
  first: usize,
  second: usize,
  gradient: usize,
  n: usize,
  learningRate: f32,
  beta1: f32,
  beta2: f32,
  epsilon: f32,
): void {
  const eta = f32x4.splat(learningRate)
  const b1 = f32x4.splat(beta1)
  const b2 = f32x4.splat(beta2)
  const a1 = f32x4.splat(1 - beta1)
  const a2 = f32x4.splat(1 - beta2)
  const eps = f32x4.splat(epsilon)
  for (let i: usize = 0; i < n; i += 4) {
    const left = n - i
    const at: usize = 4 * i
    const g = Lanes.load(gradient + at, left)
    const m = f32x4.add(f32x4.mul(b1, Lanes.load(first + at, left)), f32x4.mul(a1, g))
    const squares = f32x4.mul(a2, f32x4.mul(g, g))
    const v = f32x4.add(f32x4.mul(b2, Lanes.load(second + at, left)), squares)
    Lanes.store(first + at, m, left)
    Lanes.store(second + at, v, left)
    const step = f32x4.div(f32x4.mul(eta, m), f32x4.add(f32x4.sqrt(v), eps))
    Lanes.store(w + at, f32x4.sub(Lanes.load(w + at, left), step), left)
  }
}

export function averageStep(average: usize, w: usize, n: usize, decay: f32): void {
  const d = f32x4.splat(decay)
  const rest = f32x4.splat(1 - decay)
  for (let i: usize = 0; i < n; i += 4) {
    const left = n - i
    const at: usize = 4 * i
    const kept = f32x4.mul(d, Lanes.load(average + at, left))
    Lanes.store(average + at, f32x4.add(kept, f32x4.mul(rest, Lanes.load(w + at, left))), left)
  }
}
