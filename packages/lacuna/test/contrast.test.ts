import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { chooseLoss, contrastiveLosses, lossNames } from '../dist/contrast/losses.js'

const energyValue = fc.double({ min: -20, max: 20, noNaN: true })
const parameters = fc.record({
  margin: fc.double({ min: 0, max: 5, noNaN: true }),
  beta: fc.double({ min: 0.1, max: 3, noNaN: true }),
  ceiling: fc.double({ min: 0.1, max: 5, noNaN: true }),
})

describe('the losses of energy-based learning', () => {
  test('are the ten of the tutorial, the sheet’s log by default', () => {
    expect(lossNames).toHaveLength(10)
    expect(chooseLoss().loss).toBe(contrastiveLosses.log)
  })

  test('have the values worked out by hand at E⁺ = 0.5, E⁻ = 1.25, m = 2, β = 3, M = 0.4', () => {
    const p = { margin: 2, beta: 3, ceiling: 0.4 }
    const d = -0.75
    const byHand: Record<string, number> = {
      energy: 0.5,
      perceptron: 0,
      hinge: 1.25,
      log: Math.log(1 + Math.exp(d)),
      lvq2: 0,
      mce: 1 / (1 + Math.exp(-d)),
      'square-square': 0.25 + 0.75 ** 2,
      'square-exponential': 0.25 + 3 * Math.exp(-1.25),
      nll: Math.log(1 + Math.exp(3 * d)) / 3,
      mee: 1 / (1 + Math.exp(-3 * d)),
    }
    for (const name of lossNames)
      expect(contrastiveLosses[name].value(0.5, 1.25, p)).toBeCloseTo(byHand[name]!, 14)
    // The other side, where the flat losses are not flat: d = 0.75.
    expect(contrastiveLosses.perceptron.value(1.25, 0.5, p)).toBe(0.75)
    expect(contrastiveLosses.lvq2.value(1.25, 0.5, p)).toBe(0.4)
    expect(contrastiveLosses['square-square'].value(1.25, 3, p)).toBe(1.5625)
  })

  for (const name of lossNames)
    test(`${name}: both slopes are the derivatives of the value`, () => {
      const loss = contrastiveLosses[name]
      fc.assert(
        fc.property(energyValue, energyValue, parameters, (ePlus, eMinus, p) => {
          const h = 1e-5
          const kinks = [ePlus - eMinus, p.margin + ePlus - eMinus, ePlus - eMinus - p.ceiling]
          fc.pre([...kinks, p.margin - eMinus].every(kink => Math.abs(kink) > 2 * h))
          const byTrue =
            (loss.value(ePlus + h, eMinus, p) - loss.value(ePlus - h, eMinus, p)) / (2 * h)
          const byContrastive =
            (loss.value(ePlus, eMinus + h, p) - loss.value(ePlus, eMinus - h, p)) / (2 * h)
          // Rounding of the difference is ε·|ℓ|/h; its truncation h²·|ℓ‴|/6, and |ℓ‴| ≤ β³·|ℓ| here.
          const size = 1 + Math.abs(loss.value(ePlus, eMinus, p))
          expect(Math.abs(loss.slopeTrue(ePlus, eMinus, p) - byTrue)).toBeLessThan(1e-9 * size)
          expect(Math.abs(loss.slopeContrastive(ePlus, eMinus, p) - byContrastive)).toBeLessThan(
            1e-9 * size,
          )
        }),
        { numRuns: 300 },
      )
    })

  test('at β = 1, nll is log and mee is mce', () => {
    fc.assert(
      fc.property(energyValue, energyValue, (ePlus, eMinus) => {
        const p = { margin: 1, beta: 1, ceiling: 1 }
        const { nll, log, mee, mce } = contrastiveLosses
        expect(nll.value(ePlus, eMinus, p)).toBe(log.value(ePlus, eMinus, p))
        expect(mee.value(ePlus, eMinus, p)).toBe(mce.value(ePlus, eMinus, p))
      }),
    )
  })

  test('energy gives the generator no gradient', () => {
    fc.assert(
      fc.property(energyValue, energyValue, parameters, (ePlus, eMinus, p) => {
        expect(contrastiveLosses.energy.slopeContrastive(ePlus, eMinus, p)).toBe(0)
      }),
    )
  })

  test('log neither overflows nor loses small values', () => {
    const { log } = contrastiveLosses
    const p = { margin: 1, beta: 1, ceiling: 1 }
    expect(log.value(1e4, -1e4, p)).toBe(2e4)
    expect(log.value(0, 40, p)).toBeCloseTo(Math.exp(-40), 30)
    expect(log.value(0, 0, p)).toBeCloseTo(Math.LN2, 15)
    expect(log.slopeTrue(1e4, -1e4, p)).toBe(1)
  })

  test('refuses unknown names and parameters out of range', () => {
    expect(() => chooseLoss({ loss: 'logg' as 'log' })).toThrow(/LACUNA_E_OPTION.*logg/)
    expect(() => chooseLoss({ loss: 'toString' as 'log' })).toThrow(/LACUNA_E_OPTION/)
    expect(() => chooseLoss({ loss: 'hinge', margin: -1 })).toThrow(/LACUNA_E_OPTION.*margin/)
    expect(() => chooseLoss({ beta: 0 })).toThrow(/LACUNA_E_OPTION.*beta/)
    expect(() => chooseLoss({ ceiling: Infinity })).toThrow(/LACUNA_E_OPTION.*ceiling/)
  })
})
