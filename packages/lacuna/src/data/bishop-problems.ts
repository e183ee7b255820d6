import { cos, log, sin } from '../compute/elementary.js'
import { Matrix } from '../compute/matrix.js'
import { requireWhole } from '../compute/options.js'
import { Random, Stream } from '../compute/random.js'

/**
 * The two problems of C. M. Bishop, "Mixture density networks" (NCRG/94/004, 1994), on which a
 * conditional mean fails because a question has several answers.
 */

/** Examples of inputs x and outputs t, one a row. */
export interface Examples {
  readonly x: Matrix
  readonly t: Matrix
}

const LARGEST_COUNT = 10_000_000

/** Half the width of the noise of the inverse problem. */
const NOISE = 0.1

/** x without its noise: t + 0.3 sin 2πt. */
const curve = (t: number) => t + 0.3 * sin(2 * Math.PI * t)

/**
 * The inverse problem (section 5 of the report): x = t + 0.3 sin 2πt + u with t uniform over (0, 1)
 * and u uniform over (−0.1, 0.1). The question is t given x: near x = ½ three branches of
 * the curve answer it.
 *
 * @param n how many examples, up to 10⁷
 * @param seed a whole number from 0 to 2⁵³ − 1
 * @returns x and t, n×1 each
 * @throws LACUNA_E_OPTION if one is out of range
 *
 * @example
 * ```ts
 * const { x, t } = inverseProblem(5000, 1)
 * ```
 */
export function inverseProblem(n: number, seed: number): Examples {
  requireWhole('n', n, 0, LARGEST_COUNT)
  const random = new Random(seed, Stream.inverseProblem)
  const [x, t] = [new Matrix(n, 1), new Matrix(n, 1)]
  for (let i = 0; i < n; i++) {
    const answer = random.uniform()
    t.data[i] = answer
    x.data[i] = curve(answer) + NOISE * (2 * random.uniform() - 1)
  }
  return { x, t }
}

/**
 * log p(t|x) of the inverse problem, −∞ where t is impossible. The joint density of x and t is
 * uniform over the strip |x − t − 0.3 sin 2πt| < 0.1, 0 < t < 1, so that given x every possible t is
 * equally likely: p(t|x) = 1/ℓ(x), where ℓ(x) is how much of (0, 1) is possible.
 *
 * @param x of one example, and its `t`
 */
export function inverseProblemLogDensity(x: number, t: number): number {
  if (!(t > 0 && t < 1 && Math.abs(x - curve(t)) < NOISE)) return -Infinity
  return -log(lengthBelow(x + NOISE) - lengthBelow(x - NOISE))
}

/**
 * What densities can reach on the inverse problem: the least mean of −log p(t|x) in nats, over all of
 * its x and t, by quadrature. With one Gaussian at every x it is the mean of ½ log 2πe·Var[t|x]; with
 * several, what the best mixture of so many reaches; and the last, the entropy of t given x, is that of
 * the true density, below which is nothing.
 */
export const inverseProblemLimits: readonly {
  readonly nll: number
  /** Gaussians in the mixture; none for the true density. */
  readonly components?: number
}[] = [
  { nll: -0.655, components: 1 },
  { nll: -1.18, components: 3 },
  { nll: -1.22, components: 5 },
  { nll: -1.25, components: 8 },
  { nll: -1.2823 },
]

/** The t at which the curve turns down, 1 + 0.6π cos 2πt = 0; it turns up again at 1 − t. */
const turn = bisect(t => 1 + 0.6 * Math.PI * cos(2 * Math.PI * t), 0.25, 0.5)

/** Length of {t ∈ (0, 1) : t + 0.3 sin 2πt < limit}. */
function lengthBelow(limit: number): number {
  // The curve rises, falls and rises between these; on each it is monotonic.
  const ends = [0, turn, 1 - turn, 1]
  let length = 0
  for (let k = 0; k < 3; k++) {
    const [from, to] = [ends[k]!, ends[k + 1]!]
    const crossing = bisect(t => curve(t) - limit, from, to)
    length += k === 1 ? to - crossing : crossing - from
  }
  return length
}

/** Where the monotonic f changes its sign between a and b; if it does not, the end nearer to that. */
function bisect(f: (t: number) => number, a: number, b: number): number {
  const rising = f(b) > f(a)
  let [low, high] = [a, b]
  for (let step = 0; step < 60; step++) {
    const middle = (low + high) / 2
    if (f(middle) < 0 === rising) low = middle
    else high = middle
  }
  return (low + high) / 2
}

/** L₁ and L₂, the lengths of the robot's upper and lower arm. */
const UPPER_ARM = 0.8
const LOWER_ARM = 0.2

/**
 * Where the hand of the robot arm is (section 6 of the report):
 *
 *   x₁ = L₁ cos θ₁ − L₂ cos(θ₁ + θ₂),   x₂ = L₁ sin θ₁ − L₂ sin(θ₁ + θ₂)
 *
 * @param angles θ₁ and θ₂ in radians, n×2
 * @returns the positions, n×2
 */
export function handPositions(angles: Matrix<Float32Array | Float64Array>): Matrix<Float64Array> {
  const positions = new Matrix(angles.rows, 2, new Float64Array(2 * angles.rows))
  for (let i = 0; i < angles.rows; i++) {
    const [first, second] = angles.row(i) as unknown as [number, number]
    const both = first + second
    positions
      .row(i)
      .set([
        UPPER_ARM * cos(first) - LOWER_ARM * cos(both),
        UPPER_ARM * sin(first) - LOWER_ARM * sin(both),
      ])
  }
  return positions
}

/**
 * The robot arm's inverse kinematics: from the position of the hand to the two angles, θ₁ uniform
 * over (0.3, 1.2) and θ₂ over (π/2, 3π/2). Elbow up and elbow down give two answers to most
 * positions. There is no noise.
 *
 * @param n how many examples, up to 10⁷
 * @param seed a whole number from 0 to 2⁵³ − 1
 * @returns x, positions, and t, angles in radians; n×2 each
 * @throws LACUNA_E_OPTION if one is out of range
 */
export function robotArm(n: number, seed: number): Examples {
  requireWhole('n', n, 0, LARGEST_COUNT)
  const random = new Random(seed, Stream.robotArm)
  const t = new Matrix(n, 2)
  for (let i = 0; i < n; i++) {
    t.data[2 * i] = 0.3 + 0.9 * random.uniform()
    t.data[2 * i + 1] = Math.PI * (0.5 + random.uniform())
  }
  return { x: new Matrix(n, 2, Float32Array.from(handPositions(t).data)), t }
}
