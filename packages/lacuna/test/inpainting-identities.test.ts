import { expect, test } from 'vitest'
import { Random } from '../dist/compute/random.js'
import { contrastiveLosses } from '../dist/contrast/losses.js'
import { inpaintingIdentities } from '../dist/inpainting/identities.js'

test('the identities of the sheet’s exercise 3 hold at random parameters', () => {
  const checks = [1, 2, 3, 4, 5].flatMap(seed => inpaintingIdentities(new Random(seed)))
  expect(new Set(checks.map(({ identity }) => identity)).size).toBe(17)
  for (const { identity, error, tolerance, ok } of checks) {
    expect(error, identity).toBeLessThanOrEqual(tolerance)
    expect(ok).toBe(true)
    expect(tolerance).toBeLessThan(identity.includes('ℓ') ? 1e-8 : 2e-5)
  }
})

test('a wrong derivative of a loss is found', () => {
  const { hinge } = contrastiveLosses
  const { slopeTrue } = hinge
  try {
    hinge.slopeTrue = (...at) => slopeTrue(...at) * (1 + 1e-7)
    const failed = inpaintingIdentities(new Random(1)).filter(({ ok }) => !ok)
    expect(failed.map(({ identity }) => identity)).toEqual([
      '3 hinge: ∂ℓ/∂E⁺ and ∂ℓ/∂E⁻ of max(0, m + d)',
    ])
  } finally {
    hinge.slopeTrue = slopeTrue
  }
})
