import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { cholesky, choleskySolve, invertTriangular } from '../dist/compute/cholesky.js'
import { Matrix } from '../dist/compute/matrix.js'
import { Random } from '../dist/compute/random.js'
import { readImages } from '../dist/data/idx.js'
import { strokes } from '../dist/data/strokes.js'
import { halved } from '../dist/formats/halved.js'
import { readSafetensors, writeSafetensors } from '../dist/formats/safetensors.js'
import { ConditionalGaussian } from '../dist/inpainting/conditional-gaussian.js'
import { drawMasks, maskKinds } from '../dist/inpainting/draw-masks.js'
import { holeErrors } from '../dist/inpainting/hole-errors.js'
import { groupByMask } from '../dist/inpainting/mask-groups.js'
import { momentsOf } from '../dist/inpainting/moments.js'
import { mnistFile, orSkipped, withoutMnist } from './reference/mnist.js'

const square = { height: 28, width: 28 }

/** n correlated examples of p values, so small that no conditional mean leaves [−1, 1]. */
function examples(n: number, p: number, seed: number): Matrix {
  const random = new Random(seed)
  const x = new Matrix(n, p)
  for (let i = 0; i < n; i++) {
    const [a, b] = [random.normal(), random.normal()]
    for (let j = 0; j < p; j++)
      x.row(i)[j] =
        0.1 * Math.sin(j) + 0.05 * (a * Math.cos(j) + b * Math.sin(2 * j) + 0.5 * random.normal())
  }
  return x
}

/** μ and Σ = C + ridge·1 from their definitions. */
function gaussianOf(x: Matrix, ridge: number) {
  const p = x.cols
  const mean = Float64Array.from({ length: p }, (_, j) => {
    let sum = 0
    for (let i = 0; i < x.rows; i++) sum += x.row(i)[j]!
    return sum / x.rows
  })
  const sigma = Float64Array.from({ length: p * p }, (_, at) => {
    const [j, k] = [Math.floor(at / p), at % p]
    let sum = 0
    for (let i = 0; i < x.rows; i++) sum += (x.row(i)[j]! - mean[j]!) * (x.row(i)[k]! - mean[k]!)
    return sum / (x.rows - 1) + (j === k ? ridge : 0)
  })
  return { mean, sigma }
}

/** μ_h + Σ_ho Σ_oo⁻¹ (x_o − μ_o), clipped: the conditional mean by the covariance's own blocks. */
function byCovariance(
  { mean, sigma }: { mean: Float64Array; sigma: Float64Array },
  x: ArrayLike<number>,
  mask: ArrayLike<number>,
): Map<number, number> {
  const p = mean.length
  const all = Array.from({ length: p }, (_, j) => j)
  const [hole, seen] = [1, 0].map(bit => all.filter(j => mask[j] === bit)) as [number[], number[]]
  const block = Float64Array.from(seen.flatMap(j => seen.map(k => sigma[j * p + k]!)))
  const decomposed = cholesky(block, seen.length)
  if (!('factor' in decomposed)) throw new Error('Σ_oo is positive definite')
  const deviations = Float64Array.from(seen, j => x[j]! - mean[j]!)
  const weights = choleskySolve(decomposed.factor, seen.length, deviations)
  return new Map(
    hole.map(h => {
      const move = seen.reduce((sum, j, k) => sum + sigma[h * p + j]! * weights[k]!, 0)
      return [h, Math.min(1, Math.max(-1, mean[h]! + move))]
    }),
  )
}

const masksOf = (p: number) => fc.array(fc.constantFrom(0, 1), { minLength: p, maxLength: p })

describe('ConditionalGaussian', () => {
  test('of two pixels is the regression line of one on the other', () => {
    const x = new Matrix(4, 2, Float32Array.from([0.5, 0.25, -0.5, 0, 0, 0.5, 0.5, 0.25]))
    // By hand: μ = (1/8, 1/4), Σ(x₁−μ₁)² = 11/16, Σ(x₂−μ₂)² = 1/8, Σ(x₁−μ₁)(x₂−μ₂) = 1/8.
    const ridge = 0.02
    const found = ConditionalGaussian.fit(x, { ridge })
    const z = new Matrix(2, 2, Float32Array.from([0.75, 9, 9, -0.125]))
    const mask = new Matrix(2, 2, Float32Array.from([0, 1, 1, 0]))
    const { data } = found.complete(z, mask)
    const [varianceOf1, varianceOf2, covariance] = [11 / 48 + ridge, 1 / 24 + ridge, 1 / 24]
    expect(data[0]).toBe(0.75)
    expect(data[1]).toBeCloseTo(0.25 + (covariance / varianceOf1) * (0.75 - 0.125), 6)
    expect(data[2]).toBeCloseTo(0.125 + (covariance / varianceOf2) * (-0.125 - 0.25), 6)
    expect(data[3]).toBe(-0.125)
  })

  test('is the mean of the density over all values of the hole, enumerated', () => {
    const [p, ridge] = [4, 0.001]
    const x = examples(30, p, 1)
    const { mean, sigma } = gaussianOf(x, ridge)
    const decomposed = cholesky(sigma, p)
    if (!('factor' in decomposed)) throw new Error('Σ is positive definite')
    const density = (v: readonly number[]) => {
      const d = Float64Array.from(v, (value, j) => value - mean[j]!)
      const weights = choleskySolve(decomposed.factor, p, d)
      return Math.exp(-0.5 * d.reduce((sum, value, j) => sum + value * weights[j]!, 0))
    }
    const z = examples(1, p, 2)
    const mask = new Matrix(1, p, Float32Array.from([0, 1, 0, 1]))
    const [sums, step] = [[0, 0], 0.01]
    let total = 0
    // The sum over a lattice much finer than the standard deviation is the integral, almost exactly.
    for (let a = -1; a <= 1; a += step)
      for (let b = -1; b <= 1; b += step) {
        const weight = density([z.data[0]!, a, z.data[2]!, b])
        total += weight
        sums[0]! += weight * a
        sums[1]! += weight * b
      }
    const { data } = ConditionalGaussian.fit(x, { ridge }).complete(z, mask)
    expect(data[1]).toBeCloseTo(sums[0]! / total, 5)
    expect(data[3]).toBeCloseTo(sums[1]! / total, 5)
  })

  test('is what the blocks of the covariance say: −Λ_hh⁻¹Λ_ho = Σ_ho Σ_oo⁻¹, for any mask', () => {
    const [p, ridge] = [12, 0.001]
    const x = examples(60, p, 3)
    const gaussian = gaussianOf(x, ridge)
    const found = ConditionalGaussian.fit(x, { ridge })
    fc.assert(
      fc.property(
        fc.array(masksOf(p), { minLength: 1, maxLength: 5 }),
        fc.nat(1000),
        (ms, seed) => {
          const z = examples(ms.length, p, seed)
          const mask = new Matrix(ms.length, p, Float32Array.from(ms.flat()))
          const completed = found.complete(z, mask)
          for (const [i, m] of ms.entries()) {
            const expected = byCovariance(gaussian, z.row(i), m)
            for (let j = 0; j < p; j++)
              if (expected.has(j))
                expect(Math.abs(completed.row(i)[j]! - expected.get(j)!)).toBeLessThan(1e-5)
              else expect(completed.row(i)[j]).toBe(z.row(i)[j])
          }
        },
      ),
    )
  })

  test('does so for digits, with large holes and small, and clips what leaves [−1, 1]', () => {
    const { train, test } = strokes({ seed: 1, train: 300, test: 2 })
    const {
      mean,
      covariance: { data: covariance },
    } = momentsOf(train.images)
    for (let i = 0; i < 784; i++) covariance[785 * i]! += 0.01
    const found = ConditionalGaussian.fit(train.images)
    const z = test.images.matrix()
    let clipped = 0
    for (const kind of ['strokes', 'half'] as const) {
      const mask = drawMasks(kind, 2, square, new Random(2))
      const completed = found.complete(z, mask)
      for (let i = 0; i < 2; i++) {
        const expected = byCovariance({ mean, sigma: covariance }, z.row(i), mask.row(i))
        for (const [j, value] of expected) {
          expect(Math.abs(completed.row(i)[j]! - value)).toBeLessThan(2e-4)
          if (Math.abs(value) === 1) clipped++
        }
      }
    }
    expect(clipped).toBeGreaterThan(10)
  })

  test('of a hole that is everything is the mean, of one that is nothing the image', () => {
    const x = examples(20, 6, 4)
    const found = ConditionalGaussian.fit(x)
    const z = examples(2, 6, 5)
    const { mean } = gaussianOf(x, 0)
    const mask = new Matrix(2, 6)
    mask.row(1).fill(1)
    const completed = found.complete(z, mask)
    expect([...completed.row(0)]).toEqual([...z.row(0)])
    for (let j = 0; j < 6; j++) expect(completed.row(1)[j]).toBeCloseTo(mean[j]!, 6)
    expect(found.complete(new Matrix(0, 6), new Matrix(0, 6)).rows).toBe(0)
  })

  test('answers a row the same whatever the others are, and whatever its hole holds', () => {
    const found = ConditionalGaussian.fit(examples(50, 16, 6))
    const z = examples(300, 16, 7) // more than are completed at a time, of 2 masks and of many
    const image = { height: 4, width: 4 }
    for (const kind of ['half', 'strokes'] as const) {
      const mask = drawMasks(kind, 300, image, new Random(3))
      const completed = found.complete(z, mask)
      for (const i of [0, 7, 150, 299]) {
        const other = new Matrix(1, 16, z.row(i).slice())
        for (let j = 0; j < 16; j++) if (mask.row(i)[j]) other.data[j] = 7 - j
        const alone = found.complete(other, mask.slice(i, i + 1))
        expect([...alone.data]).toEqual([...completed.row(i)])
      }
    }
  })

  test('is saved and loaded to the same answers', () => {
    const x = examples(50, 16, 6)
    const found = ConditionalGaussian.fit(x, { ridge: 0.02 })
    const bytes = found.save()
    const loaded = ConditionalGaussian.load(bytes)
    const mask = drawMasks('half', 50, { height: 4, width: 4 }, new Random(3))
    expect(loaded.complete(x, mask).data).toEqual(found.complete(x, mask).data)
    expect(loaded.save()).toEqual(bytes)
    const { metadata } = readSafetensors(bytes)
    expect(JSON.parse(metadata.training!)).toMatchObject({ ridge: 0.02 })
  })

  test('refuses what it cannot fit, load or complete', () => {
    const x = examples(5, 6, 1)
    expect(() => ConditionalGaussian.fit(examples(1, 6, 1))).toThrow(/LACUNA_E_SHAPE.*at least 2/)
    for (const ridge of [0, -1, NaN])
      expect(() => ConditionalGaussian.fit(x, { ridge })).toThrow(/LACUNA_E_OPTION.*ridge/)
    expect(() => ConditionalGaussian.fit(new Matrix(2, 4097))).toThrow(/LACUNA_E_TOO_LARGE/)
    const vast = new Matrix(2, 2, Float32Array.of(0, 1, 1e30, 0))
    expect(() => ConditionalGaussian.fit(vast)).toThrow(/LACUNA_E_NOT_FINITE: the covariance of x/)
    const twins = new Matrix(3, 2, Float32Array.from([1, 1, 0, 0, -1, -1]))
    expect(() => ConditionalGaussian.fit(twins, { ridge: 1e-20 })).toThrow(/OPTION.*singular/)
    const nearly = ConditionalGaussian.fit(twins, { ridge: 1e-12 })
    const [pair, all] = [new Matrix(1, 2), new Matrix(1, 2, Float32Array.of(1, 1))]
    expect(() => nearly.complete(pair, all)).toThrow(/LACUNA_E_NOT_FINITE.*singular/)
    const found = ConditionalGaussian.fit(x)
    expect(() => found.complete(new Matrix(1, 5), new Matrix(1, 5))).toThrow(/LACUNA_E_SHAPE/)
    const [z, mask] = [new Matrix(1, 6), new Matrix(1, 6)]
    expect(() => found.complete(z, new Matrix(2, 6))).toThrow(/LACUNA_E_SHAPE.*mask/)
    mask.data[3] = 0.5
    expect(() => found.complete(z, mask)).toThrow(/LACUNA_E_OPTION.*column 3/)
    z.data[2] = Infinity
    expect(() => found.complete(z, mask)).toThrow(/LACUNA_E_NOT_FINITE.*column 2/)
    const { tensors, metadata } = readSafetensors(found.save())
    const load = (change: object) =>
      ConditionalGaussian.load(writeSafetensors(tensors, { ...metadata, ...change }))
    expect(() => load({ configuration: '{"pixels":7}' })).toThrow(/_CHECKPOINT.*mean.*\[7\]/)
    expect(() => load({ configuration: '{}' })).toThrow(/_CHECKPOINT.*configuration/)
    expect(() => load({ model: 'energy-inpainter' })).toThrow(/_CHECKPOINT.*energy-inpainter/)
  })
})

test('groupByMask lists every row once, equal masks together, in portions', () => {
  const rows = fc.array(masksOf(20), { maxLength: 40 })
  fc.assert(
    fc.property(
      rows,
      fc.integer({ min: 1, max: 9 }),
      fc.integer({ min: 1, max: 3 }),
      (ms, most, kept) => {
        // Few different masks: all but some pixels are 0.
        const mask = new Matrix(ms.length, 20, Float32Array.from(ms.flat()))
        for (let i = 0; i < ms.length; i++) mask.row(i).fill(0, 0, 20 - kept)
        const seen: number[] = []
        for (const { rows, firsts } of groupByMask(mask, most)) {
          expect(rows.length).toBeLessThanOrEqual(most)
          expect([firsts[0], firsts.at(-1)]).toEqual([0, rows.length])
          for (let g = 0; g + 1 < firsts.length; g++) {
            const group = rows.slice(firsts[g], firsts[g + 1])
            expect(group.length).toBeGreaterThan(0)
            for (const row of group) expect(mask.row(row)).toEqual(mask.row(group[0]!))
          }
          seen.push(...rows)
        }
        expect(seen.sort((a, b) => a - b)).toEqual(ms.map((_, i) => i))
      },
    ),
  )
})

test('invertTriangular: L⁻¹L = 1', () => {
  fc.assert(
    fc.property(fc.integer({ min: 1, max: 8 }), fc.nat(1000), (n, seed) => {
      const random = new Random(seed)
      const L = new Float64Array(n * n)
      for (let i = 0; i < n; i++)
        for (let j = 0; j <= i; j++) L[i * n + j] = random.normal() + (i === j ? 3 : 0)
      const X = invertTriangular(L, n)
      for (let i = 0; i < n; i++)
        for (let j = 0; j < n; j++) {
          let product = 0
          for (let k = 0; k < n; k++) product += X[i * n + k]! * L[k * n + j]!
          expect(Math.abs(product - (i === j ? 1 : 0))).toBeLessThan(1e-9)
          if (j > i) expect(X[i * n + j]).toBe(0)
        }
    }),
  )
})

test.skipIf(withoutMnist)(
  orSkipped(
    'completes MNIST’s digits with the errors that it has elsewhere, in half precision too',
  ),
  async () => {
    const images = await readImages(mnistFile('train-images-idx3-ubyte'))
    const found = ConditionalGaussian.fit(images.slice(0, 50_000))
    const x = (await readImages(mnistFile('t10k-images-idx3-ubyte'))).matrix()
    const mask = drawMasks('patch', x.rows, square, new Random(1))
    // In NumPy .256 and .364; the last digit depends on where the patches fall.
    const { mse, mae } = holeErrors(x, found.complete(x, mask), mask)
    expect(Math.abs(mse - 0.256)).toBeLessThan(0.003)
    expect(Math.abs(mae - 0.364)).toBeLessThan(0.003)

    // By half precision no pixel moves as far as from one of 256 levels to the next.
    const small = ConditionalGaussian.load(halved(found.save()))
    const some = x.slice(0, 1000)
    for (const kind of maskKinds) {
      const mask = drawMasks(kind, some.rows, square, new Random(1))
      const [whole, half] = [found, small].map(gaussian => gaussian.complete(some, mask))
      const moves = whole!.data.map((value, i) => Math.abs(value - half!.data[i]!))
      expect(moves.reduce((a, b) => Math.max(a, b), 0)).toBeLessThan(1 / 127.5)
      expect(Math.sqrt(holeErrors(whole!, half!, mask).mse)).toBeLessThan(5e-4)
    }
  },
)
