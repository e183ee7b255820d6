import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { type M64, Matrix } from '../dist/compute/matrix.js'
import { Random } from '../dist/compute/random.js'
import { GaussianMixture } from '../dist/mixture/gaussian-mixture.js'
import { MixtureError, type MixtureLayout, partsOf } from '../dist/mixture/mixture-error.js'

const layout = fc.record({
  components: fc.integer({ min: 1, max: 4 }),
  outputs: fc.integer({ min: 1, max: 3 }),
  covariance: fc.constantFrom('isotropic' as const, 'diagonal' as const),
})

/** n rows of network outputs and targets. */
function someBatch(of: MixtureLayout, n: number, seed: number) {
  const random = new Random(seed)
  const { logits, means, scales } = partsOf(of)
  const z = Float32Array.from({ length: n * (logits + means + scales) }, () => random.normal())
  const t = Float32Array.from({ length: n * of.outputs }, () => random.normal())
  return { z, t }
}

/** The columns of z from `first` to `end`, n rows, in float64. */
function columns(z: Float32Array, n: number, first: number, end: number): M64 {
  const width = z.length / n
  const part = new Matrix(n, end - first, new Float64Array(n * (end - first)))
  for (let i = 0; i < n; i++) part.row(i).set(z.subarray(i * width + first, i * width + end))
  return part
}

/** Bishop's functions of the network's outputs, by hand: α = softmax(z), μ = z, σ = e^z. */
function asMixture(of: MixtureLayout, z: Float32Array, n: number): GaussianMixture {
  const { logits, means, scales } = partsOf(of)
  const sigma = columns(z, n, logits + means, logits + means + scales)
  sigma.data.forEach((value, i) => {
    sigma.data[i] = Math.exp(value)
  })
  return GaussianMixture.fromLogits(
    columns(z, n, 0, logits),
    columns(z, n, logits, logits + means),
    sigma,
  )
}

const floorless = 1e-6

describe('the error that trains', () => {
  test('and its slopes are those of the mixture itself', () => {
    fc.assert(
      fc.property(layout, fc.integer({ min: 1, max: 4 }), fc.nat(), (of, n, seed) => {
        const { z, t } = someBatch(of, n, seed)
        const slopes = new Float32Array(z.length)
        const sum = new MixtureError(of, floorless).sum(z, t, n, slopes)
        const mixture = asMixture(of, z, n)
        const target = new Matrix(n, of.outputs, Float64Array.from(t))
        const logDensity = mixture.logDensity(target)
        const expected = -logDensity.reduce((a, b) => a + b)
        expect(Math.abs(sum - expected)).toBeLessThan(1e-12 * (1 + Math.abs(expected)))

        const gradients = mixture.gradients(target)
        const { logits, means, scales } = partsOf(of)
        const close = (found: M64, expected: (at: number) => number) =>
          found.data.forEach((value, at) => {
            const is = expected(at) / n
            expect(Math.abs(value - is)).toBeLessThan(1e-6 * Math.abs(is) + 1e-30)
          })
        close(columns(slopes, n, 0, logits), at => gradients.logits.data[at]!)
        close(columns(slopes, n, logits, logits + means), at => gradients.means.data[at]!)
        // ∂E/∂z = σ ∂E/∂σ
        close(
          columns(slopes, n, logits + means, logits + means + scales),
          at => mixture.scales.data[at]! * gradients.scales.data[at]!,
        )
      }),
    )
  })

  test('has the slopes of its own finite differences', () => {
    fc.assert(
      fc.property(layout, fc.nat(), (of, seed) => {
        const n = 2
        const { z, t } = someBatch(of, n, seed)
        const error = new MixtureError(of, floorless)
        const slopes = new Float32Array(z.length)
        error.sum(z, t, n, slopes)
        for (let at = 0; at < z.length; at++) {
          const [up, down] = [z.slice(), z.slice()]
          up[at]! += 2 ** -10
          down[at]! -= 2 ** -10
          const difference =
            (error.sum(up, t, n) - error.sum(down, t, n)) / (up[at]! - down[at]!) / n
          // What the cubic term leaves: 10⁻⁶/6 times a third derivative of at most some 10³.
          expect(Math.abs(slopes[at]! - difference)).toBeLessThan(2e-3 * (1 + Math.abs(difference)))
        }
      }),
      { numRuns: 50, seed: 1 }, // where two components compete the cubic term may be larger
    )
  })

  test('stays finite when every component is far away and weights underflow', () => {
    const of: MixtureLayout = { components: 2, outputs: 1, covariance: 'isotropic' }
    const z = Float32Array.of(-2000, 0, 5, -5, -6, -6)
    const slopes = new Float32Array(6)
    const t = Float32Array.of(0.5)
    const sum = new MixtureError(of, floorless).sum(z, t, 1, slopes)
    const target = new Matrix(1, 1, Float64Array.from(t))
    const expected = -asMixture(of, z, 1).logDensity(target)[0]!
    expect(expected).toBeGreaterThan(1e5)
    expect(Math.abs(sum / expected - 1)).toBeLessThan(1e-12)
    expect(slopes.every(Number.isFinite)).toBe(true)
  })
})

describe('the floor of σ', () => {
  const of: MixtureLayout = { components: 1, outputs: 1, covariance: 'isotropic' }
  const error = new MixtureError(of, 0.1)

  test('holds σ, and the error does not depend on z below it', () => {
    const t = Float32Array.of(0.3)
    const at = (z: number) => error.sum(Float32Array.of(0, 0, z), t, 1)
    const byHand = 0.5 * Math.log(2 * Math.PI) + Math.log(0.1) + 0.5 * (0.3 / 0.1) ** 2
    expect(Math.abs(at(-4) - byHand)).toBeLessThan(1e-6)
    expect(at(-4)).toBe(at(-40))
    expect(at(-2)).not.toBe(at(-4))
  })

  test('lets descent raise σ but not lower it further', () => {
    const slope = (t: number, z: number) => {
      const slopes = new Float32Array(3)
      error.sum(Float32Array.of(0, 0, z), Float32Array.of(t), 1, slopes)
      return slopes[2]!
    }
    expect(slope(0.01, -4)).toBe(0) // t is near: σ would shrink
    expect(slope(0.3, -4)).toBeCloseTo(1 - 9, 5) // t is 3σ away: σ may grow
    expect(slope(0.01, -2)).toBeGreaterThan(0.9) // above the floor it may shrink
  })
})
