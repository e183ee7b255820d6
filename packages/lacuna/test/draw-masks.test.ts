import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { Random } from '../dist/compute/random.js'
import { paintBrushStrokes } from '../dist/inpainting/brush-strokes.js'
import { drawMasks, type MaskKind, maskKinds } from '../dist/inpainting/draw-masks.js'
import { drawHalf } from '../dist/inpainting/half-image.js'
import type { ImageShape } from '../dist/inpainting/mask.js'
import { drawRectangle } from '../dist/inpainting/random-rectangle.js'
import { drawPatches } from '../dist/inpainting/remove-patch.js'

const square = { height: 28, width: 28 }
const shapes = fc.record({
  height: fc.integer({ min: 1, max: 40 }),
  width: fc.integer({ min: 1, max: 40 }),
})
const missing = (mask: Float32Array) => mask.reduce((a, b) => a + b, 0)

/** The missing pixels, and whether every one can be reached from the first by steps of one pixel. */
function isConnected(mask: Float32Array, { height, width }: ImageShape): boolean {
  const holes = new Set([...mask.keys()].filter(pixel => mask[pixel] === 1))
  const [first] = holes
  const waiting = [first!]
  holes.delete(first!)
  for (let pixel = waiting.pop(); pixel !== undefined; pixel = waiting.pop()) {
    const [row, column] = [Math.floor(pixel / width), pixel % width]
    for (let r = Math.max(0, row - 1); r <= Math.min(height - 1, row + 1); r++)
      for (let c = Math.max(0, column - 1); c <= Math.min(width - 1, column + 1); c++)
        if (holes.delete(r * width + c)) waiting.push(r * width + c)
  }
  return holes.size === 0
}

describe('drawMasks', () => {
  test('gives zeros and ones, a hole in each, for images of any shape', () => {
    fc.assert(
      fc.property(fc.constantFrom(...maskKinds), shapes, fc.nat(1000), (kind, image, seed) => {
        const mask = drawMasks(kind, 3, image, new Random(seed))
        expect([mask.rows, mask.cols]).toEqual([3, image.height * image.width])
        expect(mask.data.every(value => value === 0 || value === 1)).toBe(true)
        for (let i = 0; i < 3; i++) expect(missing(mask.row(i))).toBeGreaterThan(0)
      }),
    )
  })

  test('refuses kinds, numbers and images that there are not', () => {
    const draw = (kind: MaskKind, n = 1, image: object = square) =>
      expect(() => drawMasks(kind, n, image as ImageShape, new Random(1)))
    draw('circle' as MaskKind).toThrow(/LACUNA_E_OPTION: there is no kind of mask 'circle'/)
    draw('half', -1).toThrow(/LACUNA_E_OPTION: the number of masks/)
    for (const kind of maskKinds)
      for (const image of [{ height: 0, width: 0 }, { height: 2.5, width: 2 }, {}])
        draw(kind, 1, image).toThrow(/LACUNA_E_OPTION: height and width of the image/)
  })

  test('gives the first of many as it gives fewer, and others for other seeds', () => {
    for (const kind of maskKinds) {
      const many = drawMasks(kind, 20, square, new Random(3))
      expect(drawMasks(kind, 7, square, new Random(3)).data).toEqual(many.slice(0, 7).data)
      expect(drawMasks(kind, 20, square, new Random(4)).data).not.toEqual(many.data)
    }
  })

  test('draws the sheet’s patches where `removePatch` does', () => {
    const mask = drawMasks('patch', 30, square, new Random(5))
    for (const [i, { row, column, height, width }] of drawPatches(
      30,
      square,
      new Random(5),
    ).entries())
      for (let pixel = 0; pixel < 784; pixel++) {
        const [r, c] = [Math.floor(pixel / 28) - row, (pixel % 28) - column]
        expect(mask.row(i)[pixel]).toBe(r >= 0 && r < height && c >= 0 && c < width ? 1 : 0)
      }
  })

  test('refuses other kinds and numbers', () => {
    const draw = (kind: string, n: number) => () =>
      drawMasks(kind as MaskKind, n, square, new Random(1))
    expect(draw('toString', 1)).toThrow(/LACUNA_E_OPTION.*toString.*/)
    expect(draw('half', -1)).toThrow(/LACUNA_E_OPTION/)
  })
})

describe('brush strokes', () => {
  test('miss exactly as many pixels as the share says, over its whole range', () => {
    const share = fc.record({ a: fc.double({ min: 0, max: 1, noNaN: true }), b: fc.nat(100) })
    fc.assert(
      fc.property(shapes, share, fc.nat(1000), (image, { a, b }, seed) => {
        const [least, most] = [Math.min(a, b / 100), Math.max(a, b / 100)]
        const pixels = image.height * image.width
        const mask = new Float32Array(pixels)
        paintBrushStrokes(mask, image, new Random(seed), { least, most })
        const expected = least + (most - least) * new Random(seed).uniform()
        expect(missing(mask)).toBe(Math.max(1, Math.round(expected * pixels)))
      }),
    )
  })

  test('are strokes: in few pieces, thicker than a pixel, everywhere in the image', () => {
    const hits = new Float64Array(784)
    let thin = 0
    let connected = 0
    for (let seed = 0; seed < 300; seed++) {
      const mask = new Float32Array(784)
      paintBrushStrokes(mask, square, new Random(seed), { least: 0.05, most: 0.05 })
      if (isConnected(mask, square)) connected++
      for (let pixel = 0; pixel < 784; pixel++) {
        if (!mask[pixel]) continue
        hits[pixel]!++
        const [row, column] = [Math.floor(pixel / 28), pixel % 28]
        const beside = [
          row > 0 && mask[pixel - 28],
          row < 27 && mask[pixel + 28],
          column > 0 && mask[pixel - 1],
          column < 27 && mask[pixel + 1],
        ]
        if (beside.every(hit => !hit)) thin++
      }
    }
    // 39 pixels: one stroke can cover them, dust of single pixels could not be connected.
    expect(connected).toBeGreaterThan(75)
    expect(thin).toBeLessThan(0.01 * 300 * 39)
    expect(Math.min(...hits)).toBeGreaterThan(0)
  })

  test('refuse a share that is none', () => {
    for (const [least, most] of [
      [0.5, 0.4],
      [-0.1, 0.1],
      [0, 1.1],
      [NaN, 1],
    ] as const)
      expect(() =>
        paintBrushStrokes(new Float32Array(784), square, new Random(1), { least, most }),
      ).toThrow(/LACUNA_E_OPTION/)
  })
})

test('rectangles lie inside, cover up to half the image, and take every size and place', () => {
  fc.assert(
    fc.property(shapes, fc.nat(1000), (image, seed) => {
      const { row, column, height, width } = drawRectangle(image, new Random(seed))
      expect(Math.min(row, column)).toBeGreaterThanOrEqual(0)
      expect(row + height).toBeLessThanOrEqual(image.height)
      expect(column + width).toBeLessThanOrEqual(image.width)
      const half = Math.max(1, (image.height * image.width) / 2)
      expect(height * width).toBeLessThanOrEqual(half)
    }),
  )
  const random = new Random(1)
  const drawn = Array.from({ length: 4000 }, () => drawRectangle(square, random))
  expect(new Set(drawn.map(({ height }) => height)).size).toBe(25) // 4 … 28
  expect(new Set(drawn.map(({ width }) => width)).size).toBe(25)
  expect(Math.max(...drawn.map(({ height, width }) => height * width))).toBe(392)
  expect(new Set(drawn.map(({ row }) => row)).size).toBe(25)
})

test('halves are the four halves, each as often', () => {
  const random = new Random(1)
  const counts = new Map<string, number>()
  for (let i = 0; i < 4000; i++) {
    const half = JSON.stringify(drawHalf({ height: 5, width: 8 }, random))
    counts.set(half, (counts.get(half) ?? 0) + 1)
  }
  const expected = [
    { row: 0, height: 5, width: 4, column: 0 },
    { row: 0, height: 5, width: 4, column: 4 },
    { column: 0, height: 2, width: 8, row: 0 },
    { column: 0, height: 2, width: 8, row: 3 },
  ].map(half => JSON.stringify(half))
  expect([...counts.keys()].sort()).toEqual(expected.sort())
  for (const count of counts.values()) expect(Math.abs(count - 1000)).toBeLessThan(110) // 4σ
})
