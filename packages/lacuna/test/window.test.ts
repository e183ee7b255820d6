import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { Matrix } from '../dist/compute/matrix.js'
import { contextSize, findHoles, readContext, readHole } from '../dist/inpainting/window.js'

const size = fc.record({
  height: fc.integer({ min: 6, max: 30 }),
  width: fc.integer({ min: 6, max: 30 }),
  side: fc.constantFrom(6, 8, 14, 24),
  at: fc.tuple(fc.nat(), fc.nat()),
})

describe('a window', () => {
  test('reads hole and context where they are, and background beyond the image', () => {
    fc.assert(
      fc.property(size, ({ height, width, side, at }) => {
        const image = { height, width }
        const hole = { row: at[0] % (height - 5), column: at[1] % (width - 5) }
        // A second image, whose pixels say where they are.
        const pixels = Float32Array.from({ length: 2 * height * width }, (_, i) => i)
        const start = height * width
        const context = new Float32Array(contextSize(side) + 2).fill(-9)
        readContext(pixels, start, image, hole, side, -1, context, 1)
        const inHole = new Float32Array(36)
        readHole(pixels, start, image, hole, inHole, 0)

        const [outside, inside]: number[][] = [[], []]
        const margin = (side - 6) / 2
        for (let r = hole.row - margin; r < hole.row + 6 + margin; r++)
          for (let c = hole.column - margin; c < hole.column + 6 + margin; c++) {
            const there = r >= 0 && r < height && c >= 0 && c < width
            const pixel = there ? start + r * width + c : -1
            const missing =
              r >= hole.row && r < hole.row + 6 && c >= hole.column && c < hole.column + 6
            ;(missing ? inside : outside)!.push(pixel)
          }
        expect([...context]).toEqual([-9, ...outside!, -9])
        expect([...inHole]).toEqual(inside)
      }),
    )
  })
})

describe('findHoles', () => {
  const image = { height: 9, width: 11 }
  const masked = (...pixels: number[]) => {
    const mask = new Matrix(1, 99)
    for (const pixel of pixels) mask.data[pixel] = 1
    return mask
  }
  const patch = (row: number, column: number, height = 6, width = 6) =>
    Array.from({ length: height * width }, (_, i) => [
      row + Math.floor(i / width),
      column + (i % width),
    ]).map(([r, c]) => r! * 11 + c!)

  test('finds a patch of 6×6 pixels anywhere', () => {
    for (let row = 0; row <= 3; row++)
      for (let column = 0; column <= 5; column++)
        expect(findHoles(masked(...patch(row, column)), image)).toEqual([{ row, column }])
  })

  test('refuses every other hole, and says which image has it', () => {
    const others = [
      [],
      [0],
      patch(0, 0, 6, 5),
      patch(0, 0, 7, 6),
      patch(2, 3).slice(1),
      [...patch(2, 3).slice(0, -1), 98],
      [...patch(0, 0), 98],
      // 36 pixels that run over the edge: columns 8 to 13 of an image of 11.
      patch(0, 8),
      patch(4, 0).filter(pixel => pixel < 99),
    ]
    for (const pixels of others) {
      const mask = new Matrix(2, 99)
      mask.row(0).set(masked(...patch(1, 1)).data)
      mask.row(1).set(masked(...pixels).data)
      expect(() => findHoles(mask, image)).toThrow(/LACUNA_E_SHAPE.*image 1.*6×6/)
    }
  })
})
