import { expect, test } from 'vitest'
import { Random } from '../dist/compute/random.js'
import { contrastiveLosses } from '../dist/contrast/losses.js'
import { inpaintingIdentities } from '../dist/inpainting/identities.js'
import { SmallDuel } from '../dist/inpainting/small-duel.js'

test('the identities of the sheet’s exercise 3 hold at random parameters', () => {
  const checks = [1, 2, 3, 4, 5].flatMap(seed => inpaintingIdentities(new Random(seed)))
  expect(new Set(checks.map(({ identity }) => identity)).size).toBe(19)
  for (const { identity, error, tolerance, ok } of checks) {
    expect(error, identity).toBeLessThanOrEqual(tolerance)
    expect(ok).toBe(true)
    expect(tolerance).toBeLessThan(identity.includes('ℓ') ? 1e-8 : 1e-4)
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

test('a small duel moves for any hole: E down, g up, and nothing outside of the hole', () => {
  for (const hole of [[0], [15, 2], [...Array(16).keys()]]) {
    const duel = new SmallDuel(new Random(3), hole)
    duel.parameters.get('generator.2.bias')!.fill(0.5)
    const { error, moves } = duel.step()
    expect(error).toBeCloseTo(duel.error(), 6)
    for (let pixel = 0; pixel < 16; pixel++) {
      const move = moves.get('generator.2.bias')![pixel]!
      if (hole.includes(pixel)) expect(move).toBeCloseTo(duel.slope('generator.2.bias', pixel), 5)
      else expect(move).toBe(0)
    }
    for (const [at, move] of moves.get('energy.0.weight')!.entries())
      expect(move).toBeCloseTo(-duel.slope('energy.0.weight', at), 5)
  }
})
