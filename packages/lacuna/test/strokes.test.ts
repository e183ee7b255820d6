import { describe, expect, test } from 'vitest'
import { digitShapes } from '../dist/data/digit-shapes.js'
import type { LabelledImages } from '../dist/data/images.js'
import { strokes } from '../dist/data/strokes.js'

const { train, test: unseen } = strokes({ seed: 1, train: 3000, test: 500 })

/** FNV-1a, 32 bits. */
function hash(bytes: Uint8Array): number {
  return bytes.reduce((h, byte) => Math.imul(h ^ byte, 0x01000193) >>> 0, 0x811c9dc5)
}

function imagesOf({ images }: LabelledImages): Uint8Array[] {
  return Array.from({ length: images.count }, (_, i) => images.slice(i, i + 1).pixels)
}

describe('strokes', () => {
  test('are the same bytes everywhere', () => {
    // A change of these numbers changes everybody's data: it is a decision, noted in the changelog.
    expect(hash(train.images.slice(0, 20).pixels)).toBe(0x999bb99a)
    expect(hash(unseen.images.slice(0, 20).pixels)).toBe(0x59fc24ea)
  })

  test('image i depends on seed, part and i alone', () => {
    const fewer = strokes({ seed: 1, train: 30, test: 20 })
    expect(fewer.train.images.pixels).toEqual(train.images.slice(0, 30).pixels)
    expect(fewer.test.images.pixels).toEqual(unseen.images.slice(0, 20).pixels)
    const other = strokes({ seed: 2, train: 30, test: 20 })
    for (let i = 0; i < 20; i++) {
      const image = ({ images }: LabelledImages) => images.slice(i, i + 1).pixels
      expect(image(other.train)).not.toEqual(image(train))
      expect(image(unseen)).not.toEqual(image(train))
    }
  })

  test('no two of 3,000 are alike', () => {
    expect(new Set(imagesOf(train).map(hash)).size).toBeGreaterThan(2990) // hashes may meet
  })

  test('labels are balanced', () => {
    const counts = new Array<number>(10).fill(0)
    for (const label of train.labels) counts[label]!++
    expect(counts).toEqual(new Array(10).fill(300))
    expect(unseen.labels).toHaveLength(500)
  })

  test('have their centre of mass at pixel (14, 14), as MNIST has, to within a pixel', () => {
    let far = 0
    for (const pixels of imagesOf(train)) {
      let [mass, row, column] = [0, 0, 0]
      pixels.forEach((gray, i) => {
        mass += gray
        row += gray * Math.floor(i / 28)
        column += gray * (i % 28)
      })
      const off = Math.max(Math.abs(row / mass - 14), Math.abs(column / mass - 14))
      expect(off).toBeLessThan(1)
      if (off > 0.51) far++
    }
    // To whole pixels, unless that would push ink over the edge.
    expect(far).toBeLessThan(0.002 * train.images.count)
  })

  test('fill a box of 20 pixels, and keep their ink inside the frame', () => {
    let atEdge = 0
    for (const pixels of imagesOf(train)) {
      let [top, bottom, left, right] = [28, -1, 28, -1]
      pixels.forEach((gray, i) => {
        if (gray === 0) return
        const [row, column] = [Math.floor(i / 28), i % 28]
        top = Math.min(top, row)
        bottom = Math.max(bottom, row)
        left = Math.min(left, column)
        right = Math.max(right, column)
      })
      const side = Math.max(bottom - top, right - left) + 1
      expect(side).toBeGreaterThanOrEqual(18)
      expect(side).toBeLessThanOrEqual(22)
      if (top === 0 || left === 0 || bottom === 27 || right === 27) atEdge++
    }
    expect(atEdge / train.images.count).toBeLessThan(0.04) // MNIST: 0.013, nearly all of them sevens
  })

  test('have about as much ink as MNIST', () => {
    // MNIST's first 12,000: 80.8 % zeros, 8.3 % at 240 or more, ink per digit 103
    // with standard deviation 35. Seeds differ by 0.001, 0.001, 0.5 and 0.8 in these.
    const { pixels } = train.images
    const share = (keep: (gray: number) => boolean) => pixels.filter(keep).length / pixels.length
    expect(Math.abs(share(gray => gray === 0) - 0.808)).toBeLessThan(0.01)
    expect(Math.abs(share(gray => gray >= 240) - 0.083)).toBeLessThan(0.01)
    const ink = imagesOf(train).map(image => image.reduce((sum, gray) => sum + gray / 255, 0))
    const mean = ink.reduce((sum, value) => sum + value) / ink.length
    const variance = ink.reduce((sum, value) => sum + (value - mean) ** 2, 0) / ink.length
    expect(Math.abs(mean - 103)).toBeLessThan(3)
    expect(Math.abs(Math.sqrt(variance) - 35)).toBeLessThan(7)
  })

  test('look like what they are: the nearest class mean reads most, but not all, of those unseen', () => {
    const means = Array.from({ length: 10 }, () => new Float64Array(784))
    imagesOf(train).forEach((pixels, i) => {
      const mean = means[train.labels[i]!]!
      for (const [j, gray] of pixels.entries()) mean[j]! += gray / 300
    })
    const read = imagesOf(unseen).map(pixels => {
      const distances = means.map(mean =>
        mean.reduce((sum, value, j) => sum + (value - pixels[j]!) ** 2, 0),
      )
      return distances.indexOf(Math.min(...distances))
    })
    const right = read.filter((digit, i) => digit === unseen.labels[i]).length / read.length
    // MNIST's own share is 0.82. Chance is 0.1; digits all alike would give 1.
    expect(right).toBeGreaterThan(0.75)
    expect(right).toBeLessThan(0.95)
  })

  test('nothing at all may be asked for', () => {
    const none = strokes({ seed: 0, train: 0, test: 0 })
    expect(none.train.images.count).toBe(0)
    expect(none.test.labels).toHaveLength(0)
  })

  test('refuse counts and seeds that they cannot honour', () => {
    for (const count of [-1, 0.5, NaN, Infinity, 100_001])
      for (const part of ['train', 'test'])
        expect(() => strokes({ seed: 1, train: 1, test: 1, [part]: count })).toThrow(
          new RegExp(`LACUNA_E_OPTION: ${part} must be`),
        )
    for (const seed of [-1, 0.5, NaN, 2 ** 53])
      expect(() => strokes({ seed, train: 1, test: 0 })).toThrow(/LACUNA_E_OPTION: seed/)
  })
})

describe('the table of digit shapes', () => {
  test('holds the digits in order, each written in several different ways', () => {
    expect(digitShapes.map(({ digit }) => digit)).toEqual([0, 1, 2, 3, 4, 5, 6, 7, 8, 9])
    for (const { ways } of digitShapes) {
      expect(ways.length).toBeGreaterThanOrEqual(4)
      expect(new Set(ways.map(({ strokes }) => JSON.stringify(strokes))).size).toBe(ways.length)
    }
  })

  test('has whole shares, and strokes of at least two knots, about one unit high', () => {
    for (const { ways } of digitShapes)
      for (const { share, strokes } of ways) {
        expect(Number.isInteger(share) && share > 0).toBe(true)
        for (const stroke of strokes) expect(stroke.length).toBeGreaterThanOrEqual(2)
        const knots = strokes.flat()
        const ys = knots.map(({ y }) => y)
        expect(Math.max(...ys) - Math.min(...ys)).toBeGreaterThan(0.8)
        for (const { x, y } of knots) {
          expect(Math.abs(x - 0.5)).toBeLessThan(0.7)
          expect(Math.abs(y - 0.5)).toBeLessThanOrEqual(0.55)
        }
      }
  })
})
