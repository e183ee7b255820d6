import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { Matrix } from '../dist/compute/matrix.js'
import { Random } from '../dist/compute/random.js'
import { holeErrors } from '../dist/inpainting/hole-errors.js'
import { fillPatches, paste } from '../dist/inpainting/mask.js'
import { removePatch } from '../dist/inpainting/remove-patch.js'

/** Pixels drawn from [−1, 1]. */
function someImages(n: number, pixels: number, seed: number): Matrix {
  const random = new Random(seed)
  const x = new Matrix(n, pixels)
  for (let i = 0; i < x.data.length; i++) x.data[i] = 2 * random.uniform() - 1
  return x
}

describe('removePatch', () => {
  test('is the sheet’s: mask[11+j : 17+j, 11+k : 17+k] = 1 for the offsets drawn', () => {
    const n = 50
    const x = someImages(n, 784, 1)
    const { incomplete, mask, patches } = removePatch(x, new Random(5))
    const offsets = new Random(5)
    for (let i = 0; i < n; i++) {
      const j = offsets.integer(-4, 5)
      const k = offsets.integer(-4, 5)
      expect(patches[i]).toEqual({ row: 11 + j, column: 11 + k, height: 6, width: 6 })
      const expected = Array.from({ length: 784 }, (_, pixel) => {
        const [r, c] = [Math.floor(pixel / 28), pixel % 28]
        return r >= 11 + j && r < 17 + j && c >= 11 + k && c < 17 + k ? 1 : 0
      })
      expect([...mask.row(i)]).toEqual(expected)
      const kept = [...x.row(i)].map((value, pixel) => (expected[pixel] ? 0 : value))
      expect([...incomplete.row(i)]).toEqual(kept)
    }
  })

  test('puts every one of the 81 positions within reach', () => {
    const { patches } = removePatch(new Matrix(3000, 784), new Random(2))
    expect(new Set(patches.map(({ row, column }) => 28 * row + column)).size).toBe(81)
  })

  test('takes any image and patch that fit, and refuses those that do not', () => {
    const side = fc.integer({ min: 1, max: 20 })
    fc.assert(
      fc.property(side, side, side, side, fc.nat(8), (height, width, ph, pw, jitter) => {
        const options = { image: { height, width }, height: ph, width: pw, jitter }
        const remove = () => removePatch(new Matrix(3, height * width), new Random(1), options)
        const fits =
          Math.floor((height - ph) / 2) >= jitter && Math.floor((width - pw) / 2) >= jitter
        if (!fits) expect(remove).toThrow(/LACUNA_E_OPTION/)
        else
          for (const row of [0, 1, 2])
            expect(
              remove()
                .mask.row(row)
                .reduce((a, b) => a + b),
            ).toBe(ph * pw)
      }),
    )
  })

  test('refuses patches outside the image, and images that are no square', () => {
    const image = { height: 4, width: 4 }
    const write = (row: number, column: number) =>
      fillPatches(new Float32Array(16), [{ row, column, height: 2, width: 2 }], image, 1)
    expect(() => write(3, 0)).toThrow(/LACUNA_E_SHAPE.*patch 0/)
    expect(() => write(0, -1)).toThrow(/LACUNA_E_SHAPE/)
    expect(() => write(0.5, 0)).toThrow(/LACUNA_E_SHAPE/)
    for (const width of [0, -5])
      expect(() =>
        fillPatches(new Float32Array(16), [{ row: 0, column: 0, height: 1, width }], image, 1),
      ).toThrow(/LACUNA_E_SHAPE/)
    expect(() => removePatch(new Matrix(1, 785), new Random(1))).toThrow(/LACUNA_E_SHAPE.*785/)
  })
})

test('paste keeps every observed pixel and takes the hole from the other', () => {
  const z = someImages(4, 784, 3)
  const filled = someImages(4, 784, 4)
  const { mask } = removePatch(z, new Random(1))
  const pasted = paste(z, filled, mask)
  for (let i = 0; i < z.data.length; i++)
    expect(pasted.data[i]).toBe(mask.data[i] === 1 ? filled.data[i] : z.data[i])
})

describe('holeErrors', () => {
  test('gives the errors worked out by hand, over missing pixels only', () => {
    const matrix = (...values: number[]) => new Matrix(1, 4, Float32Array.from(values))
    const found = holeErrors(matrix(1, -1, 0.5, 0), matrix(0.5, 0, 0.5, 9), matrix(1, 1, 1, 0))
    expect(found.mse).toBeCloseTo((0.25 + 1 + 0) / 3, 15)
    expect(found.mae).toBeCloseTo((0.5 + 1 + 0) / 3, 15)
    expect(found.psnr).toBeCloseTo(10 * Math.log10(4 / (1.25 / 3)), 12)
  })

  test('says so when nothing is missing', () => {
    const x = new Matrix(1, 4)
    expect(() => holeErrors(x, x, x)).toThrow(/LACUNA_E_SHAPE/)
  })
})
