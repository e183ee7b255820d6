import fc from 'fast-check'
import { expect, test } from 'vitest'
import { Images } from '../dist/data/images.js'
import { momentsOf } from '../dist/inpainting/moments.js'
import { noise } from './reference/noise.js'

/** Images of so many pixels in which about a third of the pixels is not 0. */
function sparseImages(count: number, pixels: number, seed: number): Images {
  const random = noise(seed)
  const bytes = Uint8Array.from({ length: count * pixels }, () =>
    random() < -0.3 ? 128 + 128 * random() : 0,
  )
  return new Images(count, 1, pixels, bytes)
}

/** Of bytes p, in whole numbers: Σ pᵢ, and n Σ pᵢpⱼ − Σ pᵢ Σ pⱼ at i·pixels + j. */
function wholeNumbers({ count: n, width, pixels }: Images) {
  const sums = new Array<bigint>(width).fill(0n)
  const products = new Array<bigint>(width * width).fill(0n)
  for (let start = 0; start < pixels.length; start += width)
    for (let i = 0; i < width; i++) {
      sums[i]! += BigInt(pixels[start + i]!)
      for (let j = 0; j < width; j++)
        products[i * width + j]! += BigInt(pixels[start + i]! * pixels[start + j]!)
    }
  const centred = products.map(
    (product, at) => BigInt(n) * product - sums[Math.floor(at / width)]! * sums[at % width]!,
  )
  return { sums, centred }
}

test('momentsOf is exact but for its last roundings', () => {
  const property = fc.property(
    fc.integer({ min: 2, max: 300 }), // blocks of 128, whole and in part
    fc.integer({ min: 1, max: 20 }),
    fc.integer(),
    (count, pixels, seed) => {
      const images = sparseImages(count, pixels, seed)
      const { mean, covariance } = momentsOf(images)
      const { sums, centred } = wholeNumbers(images)
      for (const [i, sum] of sums.entries()) expect(mean[i]).toBe(Number(sum) / count / 127.5 - 1)
      for (const [at, value] of centred.entries()) {
        const exact = Number(value) / (count * (count - 1) * 127.5 ** 2)
        expect(Math.abs(covariance.data[at]! - exact)).toBeLessThanOrEqual(Math.abs(exact) * 1e-15)
      }
    },
  )
  fc.assert(property, { numRuns: 40 })
})

test('momentsOf of more bright images than one sum of the kernel holds', () => {
  const count = 2 * 65_536 + 100
  const images = new Images(count, 1, 2, new Uint8Array(2 * count).fill(255))
  for (let i = 0; i < count; i += 3) images.pixels[2 * i] = 254
  const { mean, covariance } = momentsOf(images)
  const dimmer = Math.ceil(count / 3) / count
  expect(mean[0]).toBeCloseTo(1 - dimmer / 127.5, 14)
  expect(mean[1]).toBe(1)
  const variance = ((dimmer - dimmer ** 2) * count) / (count - 1) / 127.5 ** 2
  expect(covariance.row(0)[0]! / variance).toBeCloseTo(1, 12)
  expect([...covariance.data.subarray(1)]).toEqual([0, 0, 0])
})

test('momentsOf of the numbers that images are gives nearly the same', () => {
  const images = sparseImages(300, 30, 7)
  const [bytes, rows] = [momentsOf(images), momentsOf(images.matrix())]
  for (const [i, value] of bytes.mean.entries()) expect(rows.mean[i]).toBeCloseTo(value, 7)
  for (const [at, value] of bytes.covariance.data.entries())
    expect(Math.abs(rows.covariance.data[at]! - value)).toBeLessThan(1e-6)
})
