import fc from 'fast-check'
import { EigenvalueDecomposition } from 'ml-matrix'
import { describe, expect, test } from 'vitest'
import { Matrix } from '../dist/compute/matrix.js'
import { Random } from '../dist/compute/random.js'
import { readImages } from '../dist/data/idx.js'
import { strokes } from '../dist/data/strokes.js'
import { holeErrors } from '../dist/inpainting/hole-errors.js'
import { paste } from '../dist/inpainting/mask.js'
import { PrincipalComponents } from '../dist/inpainting/principal-components.js'
import { removePatch } from '../dist/inpainting/remove-patch.js'
import { mnistFile, orSkipped, withoutMnist } from './reference/mnist.js'

/** n correlated examples of p values. */
function examples(n: number, p: number, seed: number): Matrix {
  const random = new Random(seed)
  const x = new Matrix(n, p)
  for (let i = 0; i < n; i++) {
    const [a, b] = [random.normal(), random.normal()]
    for (let j = 0; j < p; j++)
      x.row(i)[j] = 0.3 + a * Math.sin(j) + 0.5 * b * Math.cos(2 * j) + 0.1 * random.normal()
  }
  return x
}

/** μ and C = 1/(n − 1) Σ (x − μ)(x − μ)ᵀ in float64, from the definition. */
function moments(x: Matrix) {
  const mean = Array.from({ length: x.cols }, (_, j) => {
    let sum = 0
    for (let i = 0; i < x.rows; i++) sum += x.row(i)[j]!
    return sum / x.rows
  })
  const C = mean.map((_, j) =>
    mean.map((_, k) => {
      let sum = 0
      for (let i = 0; i < x.rows; i++) sum += (x.row(i)[j]! - mean[j]!) * (x.row(i)[k]! - mean[k]!)
      return sum / (x.rows - 1)
    }),
  )
  return { mean, C }
}

describe('PrincipalComponents', () => {
  test('finds the eigenvectors of the covariance, orthonormal, in descending order', () => {
    const x = examples(700, 20, 1) // more rows than go through the kernels at once
    const { mean, C } = moments(x)
    const found = PrincipalComponents.fit(x)
    const { components: V, variances } = found
    for (const [j, value] of mean.entries())
      expect(Math.abs(found.mean[j]! - value)).toBeLessThan(1e-12)
    for (let i = 0; i < 20; i++) {
      const v = V.row(i)
      for (let j = 0; j < 20; j++) {
        const Cv = C[j]!.reduce((sum, c, k) => sum + c * v[k]!, 0)
        expect(Math.abs(Cv - variances[i]! * v[j]!)).toBeLessThan(1e-6)
        const product = V.row(j).reduce((sum, value, k) => sum + value * v[k]!, 0)
        expect(Math.abs(product - (i === j ? 1 : 0))).toBeLessThan(1e-12)
      }
      if (i > 0) expect(variances[i]!).toBeLessThanOrEqual(variances[i - 1]!)
      const largest = v.reduce((a, b) => (Math.abs(b) > Math.abs(a) ? b : a), 0)
      expect(largest).toBeGreaterThan(0)
    }
  })

  test('reconstructs as float64 does: μ + Σ vᵢ vᵢᵀ(z − μ)', () => {
    const found = PrincipalComponents.fit(examples(300, 20, 2))
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 20 }), fc.nat(1000), (d, seed) => {
        const z = examples(5, 20, seed)
        const reconstructed = found.reconstruct(z, d)
        for (let row = 0; row < 5; row++) {
          const exact = Float64Array.from(found.mean)
          for (let i = 0; i < d; i++) {
            const v = found.components.row(i)
            const score = v.reduce(
              (s, value, k) => s + value * (z.row(row)[k]! - found.mean[k]!),
              0,
            )
            for (let k = 0; k < 20; k++) exact[k]! += score * v[k]!
          }
          exact.forEach((value, k) => {
            expect(Math.abs(reconstructed.row(row)[k]! - value)).toBeLessThan(1e-5)
          })
        }
      }),
      { numRuns: 40 },
    )
  })

  test('gives the incomplete image back when all components are used', () => {
    const found = PrincipalComponents.fit(examples(300, 20, 2))
    const z = examples(5, 20, 3)
    for (let i = 0; i < 5; i++) z.row(i).fill(0, 6 + i, 12 + i)
    found.reconstruct(z, 20).data.forEach((value, i) => {
      expect(Math.abs(value - z.data[i]!)).toBeLessThan(1e-5)
    })
  })

  test('completes 784 pixels as float64 does, of images and of their numbers', () => {
    const n = 600
    const { train, test } = strokes({ seed: 1, train: n, test: 10 })
    const [x, z] = [train.images.matrix(), test.images.matrix()]
    const mean = new Float64Array(784)
    for (let i = 0; i < n; i++) for (let j = 0; j < 784; j++) mean[j]! += x.row(i)[j]! / n
    const centred = Float64Array.from(x.data, (value, i) => value - mean[i % 784]!)
    const C = Array.from({ length: 784 }, () => new Float64Array(784))
    for (let i = 0; i < n; i++)
      for (let j = 0; j < 784; j++) {
        const a = centred[i * 784 + j]!
        if (a !== 0)
          for (let k = j; k < 784; k++) C[j]![k]! += (a * centred[i * 784 + k]!) / (n - 1)
      }
    for (let j = 0; j < 784; j++) for (let k = 0; k < j; k++) C[j]![k] = C[k]![j]!
    const { eigenvectorMatrix } = new EigenvalueDecomposition(C, { assumeSymmetric: true })
    const vectors = Array.from({ length: 360 }, (_, i) => eigenvectorMatrix.getColumn(783 - i))
    for (const found of [train.images, x].map(data => PrincipalComponents.fit(data)))
      for (const d of [10, 60, 360]) {
        const reconstructed = found.reconstruct(z, d)
        for (let row = 0; row < z.rows; row++) {
          const exact = mean.slice()
          for (const v of vectors.slice(0, d)) {
            const score = v.reduce((s, value, k) => s + value * (z.row(row)[k]! - mean[k]!), 0)
            for (let k = 0; k < 784; k++) exact[k]! += score * v[k]!
          }
          const errors = exact.map((value, k) => Math.abs(reconstructed.row(row)[k]! - value))
          expect(Math.max(...errors), `d = ${d}`).toBeLessThan(3e-5)
        }
      }
  })

  test('copes with constant columns and with fewer examples than pixels', () => {
    const x = new Matrix(
      3,
      6,
      Float32Array.from([1, 2, 0, 0, 5, 1, 2, 2, 0, 0, 3, 1, 0, 2, 0, 0, 1, 1]),
    )
    const found = PrincipalComponents.fit(x)
    expect([...found.variances].every(value => value >= 0)).toBe(true)
    expect(found.variances[0]! + found.variances[1]!).toBeCloseTo(1 + 4, 6)
    for (const [i, value] of found.reconstruct(x, 2).data.entries())
      expect(value).toBeCloseTo(x.data[i]!, 5)
  })

  test('refuses what it cannot fit or project', () => {
    expect(() => PrincipalComponents.fit(new Matrix(1, 4))).toThrow(/LACUNA_E_SHAPE.*at least 2/)
    const nan = new Matrix(2, 2, Float32Array.from([0, 1, NaN, 0]))
    expect(() => PrincipalComponents.fit(nan)).toThrow(/LACUNA_E_NOT_FINITE.*row 1, column 0/)
    const vast = new Matrix(2, 2, Float32Array.from([0, 1, 3e38, 0]))
    expect(() => PrincipalComponents.fit(vast)).toThrow(/LACUNA_E_NOT_FINITE: the covariance of x/)
    const found = PrincipalComponents.fit(examples(30, 4, 1))
    expect(() => found.reconstruct(new Matrix(1, 5), 2)).toThrow(/LACUNA_E_SHAPE/)
    for (const d of [-1, 5, 1.5])
      expect(() => found.reconstruct(new Matrix(1, 4), d)).toThrow(/LACUNA_E_OPTION/)
  })
})

test.skipIf(withoutMnist)(
  orSkipped('completes MNIST’s test digits with the errors that the sheet’s recipe has elsewhere'),
  async () => {
    const found = PrincipalComponents.fit(await readImages(mnistFile('train-images-idx3-ubyte')))
    const x = (await readImages(mnistFile('t10k-images-idx3-ubyte'))).matrix()
    const { incomplete: z, mask } = removePatch(x, new Random(1))
    // Hole-only MSE; the last digit depends on where the patches fall.
    for (const [d, mse] of [
      [10, 0.533],
      [60, 0.627],
      [360, 0.795],
    ] as const) {
      const completed = paste(z, found.reconstruct(z, d), mask)
      expect(Math.abs(holeErrors(x, completed, mask).mse - mse)).toBeLessThan(0.005)
    }
  },
)
