import fc from 'fast-check'
import { decode } from 'fast-png'
import { describe, expect, test } from 'vitest'
import { Matrix } from '../dist/compute/matrix.js'
import { Images } from '../dist/data/images.js'
import { writeGrayPng } from '../dist/formats/png.js'
import { vis10 } from '../dist/formats/vis10.js'

/** Decodes and checks that it is 8-bit gray. */
function gray(png: Uint8Array) {
  const { width, height, data, depth, channels, text } = decode(png, { checkCrc: true })
  expect([depth, channels]).toEqual([8, 1])
  return {
    width,
    height,
    data,
    text,
    at: (row: number, column: number) => data[row * width + column],
  }
}

describe('writeGrayPng', () => {
  test('begins as the standard says: signature, then a header of size, depth 8, gray', async () => {
    const png = await writeGrayPng(new Uint8Array(6), 3, 2)
    expect([...png.subarray(0, 29)]).toEqual([
      ...[137, 80, 78, 71, 13, 10, 26, 10],
      ...[0, 0, 0, 13, 73, 72, 68, 82],
      ...[0, 0, 0, 3, 0, 0, 0, 2, 8, 0, 0, 0, 0],
    ])
  })

  test('gives back every pixel and text', async () => {
    const sized = fc
      .tuple(fc.integer({ min: 1, max: 20 }), fc.integer({ min: 1, max: 20 }))
      .chain(([width, height]) =>
        fc.record({
          width: fc.constant(width),
          height: fc.constant(height),
          pixels: fc.uint8Array({ minLength: width * height, maxLength: width * height }),
        }),
      )
    await fc.assert(
      fc.asyncProperty(sized, async ({ width, height, pixels }) => {
        const text = { Title: 'gray', Comment: '±1 © \n two lines' }
        const read = gray(await writeGrayPng(pixels, width, height, text))
        expect([read.width, read.height, read.text]).toEqual([width, height, text])
        expect([...read.data]).toEqual([...pixels])
      }),
    )
  })

  test('refuses sizes that do not fit', async () => {
    for (const [width, height] of [
      [0, 0],
      [2, 2],
      [-3, -1],
      [1.5, 2],
      [NaN, 3],
      [3, Infinity],
    ] as const)
      await expect(writeGrayPng(new Uint8Array(3), width, height)).rejects.toThrow(/LACUNA_E_SHAPE/)
  })

  test('refuses text that PNG cannot store, and takes what it can', async () => {
    const write = (keyword: string, value: string) =>
      writeGrayPng(Uint8Array.of(0), 1, 1, { [keyword]: value })
    for (const keyword of [
      '',
      ' Title',
      'Title ',
      'two  spaces',
      'a\0b',
      'Ω',
      'x'.repeat(80),
      'a b'.repeat(27),
    ])
      await expect(write(keyword, '')).rejects.toThrow(/LACUNA_E_OPTION/)
    for (const value of ['Ω', 'a\0b', '\x7f', '\x1b[31m'])
      await expect(write('Title', value)).rejects.toThrow(/LACUNA_E_OPTION/)
    const longest = 'é'.repeat(79)
    expect(gray(await write(longest, 'ÿ')).text).toEqual({ [longest]: 'ÿ' })
  })
})

describe('vis10', () => {
  test('puts images side by side, black at −1, white at 1, clamped, each value a square', async () => {
    const x = new Matrix(2, 4, Float32Array.of(-1, -0.5, 0, 1, -7, 0.25, 1.5, -0.999))
    const { width, height, at } = gray(await vis10(x, { scale: 3 }))
    expect([width, height]).toEqual([2 * 2 * 3, 2 * 3])
    const levels = [
      [0, 64, 0, 159], // (v + 1)·127.5 is 0, 63.75 | 0, 159.375
      [128, 255, 255, 0], // 127.5, 255 | 255, 0.1275
    ]
    for (let row = 0; row < height; row++)
      for (let column = 0; column < width; column++)
        expect(at(row, column)).toBe(levels[Math.floor(row / 3)]![Math.floor(column / 3)])
  })

  test('takes images that are not square, in float64 too', async () => {
    const x = new Matrix(1, 6, Float64Array.of(-1, -1, -1, 1, 1, 0.2))
    const { width, height, data } = gray(await vis10(x, { height: 2, width: 3, scale: 1 }))
    expect([width, height, ...data]).toEqual([3, 2, 0, 0, 0, 255, 255, 153])
  })

  test('shows 8-bit images with their own levels: ten of 28×28 become 1120×112', async () => {
    const pixels = Uint8Array.from({ length: 10 * 784 }, (_, i) => Math.imul(i, 0x9e3779b1) >>> 24)
    const { width, height, at } = gray(await vis10(new Images(10, 28, 28, pixels).matrix()))
    expect([width, height]).toEqual([1120, 112])
    for (let i = 0; i < 10; i++)
      for (let row = 0; row < 28; row++)
        for (let column = 0; column < 28; column++) {
          const level = pixels[i * 784 + row * 28 + column]
          expect(at(row * 4, (i * 28 + column) * 4)).toBe(level)
          expect(at(row * 4 + 3, (i * 28 + column) * 4 + 3)).toBe(level)
        }
  })

  test('refuses what it cannot show', async () => {
    const x = new Matrix(1, 6)
    await expect(vis10(x)).rejects.toThrow(/LACUNA_E_SHAPE: rows of 6 values/)
    await expect(vis10(x, { height: 2 })).rejects.toThrow(/LACUNA_E_SHAPE/)
    await expect(vis10(x, { height: 2, width: 2 })).rejects.toThrow(/LACUNA_E_SHAPE: images of 2×2/)
    await expect(vis10(x, { height: -2, width: -3 })).rejects.toThrow(/LACUNA_E_SHAPE/)
    await expect(vis10(new Matrix(0, 4))).rejects.toThrow(/LACUNA_E_SHAPE/)
    await expect(vis10(new Matrix(3, 0))).rejects.toThrow(/LACUNA_E_SHAPE/)
    for (const scale of [0, -1, 1.5, NaN, Infinity, 1e9])
      await expect(vis10(new Matrix(1, 4), { scale })).rejects.toThrow(/LACUNA_E_OPTION/)
    for (const value of [NaN, Infinity, -Infinity])
      await expect(vis10(new Matrix(1, 4, Float32Array.of(0, 0, value, 0)))).rejects.toThrow(
        /LACUNA_E_NOT_FINITE: x holds .* at row 0, column 2/,
      )
  })
})
