import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { type M64, Matrix } from '../dist/compute/matrix.js'
import { Workspace } from '../dist/compute/workspace.js'
import { GaussianMixture } from '../dist/mixture/gaussian-mixture.js'
import { MixtureError, type MixtureLayout, partsOf } from '../dist/mixture/mixture-error.js'
import { noise } from './reference/noise.js'

const layout = fc.record({
  components: fc.integer({ min: 1, max: 4 }),
  outputs: fc.integer({ min: 1, max: 3 }),
  covariance: fc.constantFrom('isotropic' as const, 'diagonal' as const),
})

const floorless = 1e-6

/** What trains, with n rows of network outputs and targets, all in ±1. */
function batchOf(of: MixtureLayout, n: number, seed: number, floor = floorless) {
  const workspace = new Workspace()
  const random = noise(seed)
  const { logits, means, scales } = partsOf(of)
  const z = workspace.floats(n * (logits + means + scales))
  const t = workspace.floats(n * of.outputs)
  for (const view of [z, t]) for (let i = 0; i < view.length; i++) view[i] = random()
  const slopes = workspace.floats(z.length)
  return { z, t, slopes, error: new MixtureError(workspace, of, floor, n) }
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

test('the error that trains and its slopes are those of the mixture itself', () => {
  fc.assert(
    fc.property(layout, fc.integer({ min: 1, max: 6 }), fc.nat(), (of, n, seed) => {
      const { z, t, slopes, error } = batchOf(of, n, seed)
      const sum = error.sum(z, t, n, slopes)
      const mixture = asMixture(of, z, n)
      const target = new Matrix(n, of.outputs, Float64Array.from(t))
      const expected = -mixture.logDensity(target).reduce((a, b) => a + b)
      // Exponents are at most 50 here, in float32; kernels-mixture.test.ts has the bound itself.
      expect(Math.abs(sum - expected)).toBeLessThan(1e-5 * n)

      const gradients = mixture.gradients(target)
      const { logits, means, scales } = partsOf(of)
      const close = (found: M64, expected: (at: number) => number) =>
        found.data.forEach((value, at) => {
          const is = expected(at) / n
          expect(Math.abs(value - is)).toBeLessThan(1e-4 * Math.abs(is) + 1e-6)
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

describe('the floor of σ', () => {
  const of: MixtureLayout = { components: 1, outputs: 1, covariance: 'isotropic' }
  const { z, t, slopes, error } = batchOf(of, 1, 1, 0.1)

  /** Error and slope of z^σ where the only mean is 0. */
  const at = (target: number, zSigma: number) => {
    z.set([0, 0, zSigma])
    t[0] = target
    return { sum: error.sum(z, t, 1, slopes), slope: slopes[2]! }
  }

  test('holds σ, and the error does not depend on z below it', () => {
    const byHand = 0.5 * Math.log(2 * Math.PI) + Math.log(0.1) + 0.5 * (0.3 / 0.1) ** 2
    expect(Math.abs(at(0.3, -4).sum - byHand)).toBeLessThan(2e-6)
    expect(at(0.3, -4).sum).toBe(at(0.3, -40).sum)
    expect(at(0.3, -2).sum).not.toBe(at(0.3, -4).sum)
  })

  test('lets descent raise σ but not lower it further', () => {
    expect(at(0.01, -4).slope).toBe(0) // t is near: σ would shrink
    expect(at(0.3, -4).slope).toBeCloseTo(1 - 9, 5) // t is 3σ away: σ may grow
    expect(at(0.01, -2).slope).toBeGreaterThan(0.9) // above the floor it may shrink
  })
})
