import { exp, log, shares } from './elementary'
import { Lanes } from './lanes'
import { transposeInto } from './transposition'

// What is known of a block of examples lies in arrays of one float an example, so that four examples
// are a vector. There are few enough of them that all their arrays stay in L1.
const BLOCK: usize = 64

const HALF_LOG_TWO_PI: f32 = 0.9189385332046728

// In the functions below a pointer is to the first of an array for each component (or output, or σ),
// which follow one another `row` bytes apart. `shared` outputs of a component have the same σ.

/**
 * log αᵢφᵢ = zᵢ^α − Σₖ log σᵢₖ − ½ Σₖ ((μᵢₖ − tₖ)/σᵢₖ)², up to what all components have in common;
 * (μᵢₖ − tₖ)/σᵢₖ takes the place of μᵢₖ.
 */
function jointLogDensities(
  joint: usize,
  alpha: usize,
  mu: usize,
  sigma: usize,
  inverse: usize,
  target: usize,
  row: usize,
  m: usize,
  c: usize,
  shared: usize,
  logFloor: v128,
): void {
  const outputs = f32x4.splat(<f32>shared)
  const half = f32x4.splat(0.5)
  for (let j: usize = 0; j < row; j += 16) {
    let mean = mu + j
    let s = j
    for (let i: usize = 0; i < m; i++) {
      let density = v128.load(alpha + i * row + j)
      let squares = f32x4.splat(0)
      let t = target + j
      for (let k: usize = 0; k < c; k += shared) {
        const logScale = f32x4.pmax(v128.load(sigma + s), logFloor)
        const perScale = v128.load(inverse + s)
        density = f32x4.sub(density, f32x4.mul(outputs, logScale))
        for (let l: usize = 0; l < shared; l++) {
          const d = f32x4.mul(f32x4.sub(v128.load(mean), v128.load(t)), perScale)
          v128.store(mean, d)
          squares = f32x4.add(squares, f32x4.mul(d, d))
          mean += row
          t += row
        }
        s += row
      }
      v128.store(joint + i * row + j, f32x4.sub(density, f32x4.mul(half, squares)))
    }
  }
}

/** Subtracts from m arrays the greatest of them, example by example; `greatest` receives it. */
function subtractGreatest(greatest: usize, x: usize, row: usize, m: usize): void {
  for (let j: usize = 0; j < row; j += 16) {
    let most = v128.load(x + j)
    for (let i: usize = 1; i < m; i++) most = f32x4.pmax(most, v128.load(x + i * row + j))
    for (let i: usize = 0; i < m; i++) {
      const at = x + i * row + j
      v128.store(at, f32x4.sub(v128.load(at), most))
    }
    v128.store(greatest + j, most)
  }
}

/** The sum of m arrays, for four examples. */
function sumOf(x: usize, row: usize, m: usize): v128 {
  let sum = v128.load(x)
  for (let i: usize = 1; i < m; i++) sum = f32x4.add(sum, v128.load(x + i * row))
  return sum
}

/**
 * Puts the slopes in the place of z. `alpha` and `joint` hold the terms of the softmaxes whose values
 * are αᵢ and πᵢ, `mu` (μᵢₖ − tₖ)/σᵢₖ.
 */
function slopesOf(
  joint: usize,
  alpha: usize,
  mu: usize,
  sigma: usize,
  inverse: usize,
  row: usize,
  m: usize,
  c: usize,
  shared: usize,
  logFloor: v128,
  factor: v128,
): void {
  const outputs = f32x4.splat(<f32>shared)
  const zero = f32x4.splat(0)
  for (let j: usize = 0; j < row; j += 16) {
    const perWeight = f32x4.div(factor, sumOf(alpha + j, row, m))
    const perPosterior = f32x4.div(factor, sumOf(joint + j, row, m))
    let mean = mu + j
    let s = j
    for (let i: usize = 0; i < m; i++) {
      const at = alpha + i * row + j
      const posterior = f32x4.mul(v128.load(joint + i * row + j), perPosterior)
      v128.store(at, f32x4.sub(f32x4.mul(v128.load(at), perWeight), posterior))
      for (let k: usize = 0; k < c; k += shared) {
        const perScale = v128.load(inverse + s)
        let slope = f32x4.mul(outputs, posterior)
        for (let l: usize = 0; l < shared; l++) {
          const d = v128.load(mean)
          const pull = f32x4.mul(posterior, d)
          v128.store(mean, f32x4.mul(pull, perScale))
          slope = f32x4.sub(slope, f32x4.mul(pull, d))
          mean += row
        }
        // Where the floor holds σ, descent may only raise z^σ.
        const held = v128.and(f32x4.lt(v128.load(sigma + s), logFloor), f32x4.gt(slope, zero))
        v128.store(sigma + s, v128.andnot(slope, held))
        s += row
      }
    }
  }
}

export function mixtureErrors(
  errors: usize,
  slopes: usize,
  z: usize,
  t: usize,
  n: usize,
  m: usize,
  c: usize,
  shared: usize,
  floor: f32,
  factor: f32,
  room: usize,
): void {
  const scales = (m * c) / shared
  const width = m + m * c + scales
  const logFloor = f32x4.splat(floor)
  const constant = f32x4.splat(<f32>c * HALF_LOG_TWO_PI)
  for (let first: usize = 0; first < n; first += BLOCK) {
    const rows = min(n - first, BLOCK)
    const lanes = (rows + 3) & ~3
    const row: usize = 4 * lanes
    // The three parts of z, transposed, lie behind one another as they do in z.
    const joint = room
    const alpha = joint + m * row
    const mu = alpha + m * row
    const sigma = mu + m * c * row
    const inverse = sigma + scales * row
    const target = inverse + scales * row
    const greatest = target + c * row
    transposeInto(alpha, lanes, z + 4 * first * width, width, rows, width)
    transposeInto(target, lanes, t + 4 * first * c, c, rows, c)

    for (let at: usize = 0; at < scales * row; at += 16)
      v128.store(inverse + at, f32x4.neg(f32x4.pmax(v128.load(sigma + at), logFloor)))
    exp(inverse, inverse, scales * lanes)
    jointLogDensities(joint, alpha, mu, sigma, inverse, target, row, m, c, shared, logFloor)

    // E = log Σ e^zᵢ^α − log Σ αᵢφᵢ Σ e^z^α, with the greatest term of each sum taken out of it.
    subtractGreatest(greatest, joint, row, m)
    subtractGreatest(greatest + row, alpha, row, m)
    shares(joint, joint, 2 * m * lanes)
    for (let j: usize = 0; j < row; j += 16)
      v128.store(target + j, f32x4.div(sumOf(alpha + j, row, m), sumOf(joint + j, row, m)))
    log(target, target, lanes)
    for (let j: usize = 0; j < row; j += 16) {
      const outside = f32x4.sub(v128.load(greatest + row + j), v128.load(greatest + j))
      const error = f32x4.add(f32x4.add(outside, v128.load(target + j)), constant)
      Lanes.store(errors + 4 * first + j, error, rows - (j >> 2))
    }
    if (slopes) {
      const by = f32x4.splat(factor)
      slopesOf(joint, alpha, mu, sigma, inverse, row, m, c, shared, logFloor, by)
      transposeInto(slopes + 4 * first * width, width, alpha, lanes, width, rows)
    }
  }
}
