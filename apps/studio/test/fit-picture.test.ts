import { expect, test } from 'vitest'
import { asSheet, fitInto } from '../src/complete/fit-picture.js'
import { PIXELS, SIDE } from '../src/pixels/grid.js'

test('a picture of 28×28 stays as it is', () => {
  const levels = Uint8Array.from({ length: PIXELS }, (_, k) => k % 256)
  expect(asSheet({ width: SIDE, height: SIDE, levels })).toEqual({ levels })
})

test('a larger one is averaged, a smaller one spread, and the rest of a narrow one is black', () => {
  const twice = Uint8Array.from({ length: 4 * PIXELS }, (_, k) => ((k % 56) % 2 ? 200 : 100))
  expect(new Set(fitInto({ width: 56, height: 56 }, twice))).toEqual(new Set([150]))
  const half = fitInto({ width: 14, height: 14 }, new Uint8Array(196).fill(9).fill(90, 0, 14))
  expect([half[0], half[SIDE], half[2 * SIDE]]).toEqual([90, 90, 9])
  const narrow = fitInto({ width: 14, height: 28 }, new Uint8Array(392).fill(255))
  expect(narrow.reduce((sum, v) => sum + v, 0)).toBe(255 * 14 * 28)
  expect([narrow[6], narrow[7], narrow[20], narrow[21]]).toEqual([0, 255, 255, 0])
})

test('what is transparent is the hole, and unknown', () => {
  const transparent = Uint8Array.from({ length: PIXELS }, (_, k) => (k < 30 ? 1 : 0))
  const picture = { width: SIDE, height: SIDE, levels: new Uint8Array(PIXELS), transparent }
  expect(asSheet(picture)).toMatchObject({ mask: transparent, unknown: transparent })
  const opaque = { ...picture, transparent: new Uint8Array(PIXELS) }
  expect(asSheet(opaque)).toEqual({ levels: picture.levels })
})
