import { describe, expect, test } from 'vitest'
import { annealedImportanceSampling } from '../dist/boltzmann/annealed-importance-sampling.js'
import { ConditionalRbm } from '../dist/boltzmann/conditional-rbm.js'
import { Matrix } from '../dist/compute/matrix.js'
import { Random } from '../dist/compute/random.js'

/** A machine whose parameters are normal with this standard deviation. */
function machine(d: number, c: number, K: number, scale: number, seed: number): ConditionalRbm {
  const random = new Random(seed)
  const normal = (length: number) => Float64Array.from({ length }, () => scale * random.normal())
  return ConditionalRbm.from({
    W: new Matrix(d, K, normal(d * K)),
    U: new Matrix(c, K, normal(c * K)),
    inputBias: normal(d),
    outputBias: normal(c),
    hiddenBias: normal(K),
  })
}

/** n rows whose bits are on with probability p. */
function bits(n: number, cols: number, p: number, seed: number) {
  const random = new Random(seed)
  const data = Float64Array.from({ length: n * cols }, () => (random.uniform() < p ? 1 : 0))
  return new Matrix(n, cols, data)
}

describe('annealed importance sampling', () => {
  test('is exact without couplings, where every run has the same weight', () => {
    const rbm = ConditionalRbm.from({
      W: new Matrix(2, 3, new Float64Array(6)),
      U: new Matrix(1, 3, new Float64Array(3)),
      inputBias: [1, -2],
      outputBias: [0.3],
      hiddenBias: [0.1, -4, 5],
    })
    const found = annealedImportanceSampling(rbm, new Random(1), { chains: 5, steps: 7 })
    expect(found.logPartition).toBeCloseTo(rbm.logPartition(), 13)
    expect(found.standardError).toBeLessThan(1e-14)
  })

  for (const [name, examples] of [
    ['its own biases', undefined],
    ['base rates of examples', { x: bits(50, 3, 0.8, 1), y: bits(50, 3, 0.3, 2) }],
  ] as const)
    test(`from ${name}: the errors are as large as the standard errors say`, () => {
      const rbm = machine(3, 3, 5, 1.5, 3)
      const options = { chains: 40, steps: 40, ...(examples && { examples }) }
      const scores = Array.from({ length: 40 }, (_, seed) => {
        const found = annealedImportanceSampling(rbm, new Random(seed), options)
        return (found.logPartition - rbm.logPartition()) / found.standardError
      })
      const mean = scores.reduce((a, b) => a + b) / 40
      const square = scores.reduce((sum, z) => sum + z * z, 0) / 40
      // Scores are near standard normal: a mean of 40 has deviation 0.16, a mean square 0.22.
      // Log Ẑ leans low by half a squared standard error, which is small here.
      expect(Math.abs(mean)).toBeLessThan(0.6)
      expect(square).toBeGreaterThan(0.5)
      expect(square).toBeLessThan(1.8)
    })

  test('comes within three standard errors on 24 bits, and more steps shrink the error', () => {
    const rbm = machine(7, 7, 10, 0.8, 4)
    const few = annealedImportanceSampling(rbm, new Random(1), { chains: 50, steps: 20 })
    const many = annealedImportanceSampling(rbm, new Random(1), { chains: 50, steps: 500 })
    expect(Math.abs(many.logPartition - rbm.logPartition())).toBeLessThan(3 * many.standardError)
    expect(many.standardError).toBeLessThan(0.05)
    expect(many.standardError).toBeLessThan(few.standardError / 2)
  })

  test('the same seed gives the same bits', () => {
    const rbm = machine(2, 2, 3, 1, 5)
    const once = () => annealedImportanceSampling(rbm, new Random(9), { chains: 4, steps: 10 })
    expect(once()).toEqual(once())
  })

  test('copes with weights of 50', () => {
    const { logPartition, standardError } = annealedImportanceSampling(
      machine(3, 3, 4, 50, 6),
      new Random(1),
      { chains: 10, steps: 10 },
    )
    expect(Number.isFinite(logPartition) && Number.isFinite(standardError)).toBe(true)
  })

  test('refuses options out of range and examples that are not bits', () => {
    const rbm = machine(1, 1, 1, 1, 1)
    const ask = (options: object) => () => annealedImportanceSampling(rbm, new Random(1), options)
    for (const options of [{ chains: 1 }, { chains: 1e9 }, { steps: 0 }, { steps: 1.5 }])
      expect(ask(options)).toThrow(/LACUNA_E_OPTION/)
    const x = bits(2, 1, 0.5, 1)
    expect(ask({ examples: { x, y: bits(3, 1, 0.5, 1) } })).toThrow(/LACUNA_E_SHAPE/)
    const half = new Matrix(2, 1, Float64Array.of(0.5, 1))
    expect(ask({ examples: { x, y: half } })).toThrow(/LACUNA_E_BITS/)
  })
})
