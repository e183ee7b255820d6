import fc from 'fast-check'
import { expect, test } from 'vitest'
import { PIXELS, SIDE } from '../src/pixels/grid.js'
import { outlineOf } from '../src/pixels/outline.js'

test('the outline of one pixel has its four edges, those in a row are joined', () => {
  const mask = new Uint8Array(PIXELS)
  mask[3 * SIDE + 5] = 1
  expect(outlineOf(mask)).toBe('M5 3H6M5 4H6M5 3V4M6 3V4')
  mask[3 * SIDE + 6] = 1
  expect(outlineOf(mask)).toBe('M5 3H7M5 4H7M5 3V4M7 3V4')
  expect(outlineOf(new Uint8Array(PIXELS))).toBe('')
})

test('it is as long as the hole has edges', () => {
  const masks = fc.array(fc.constantFrom(0, 1), { minLength: PIXELS, maxLength: PIXELS })
  fc.assert(
    fc.property(masks, values => {
      let edges = 0
      const at = (r: number, c: number) =>
        r < 0 || c < 0 || r >= SIDE || c >= SIDE ? 0 : values[r * SIDE + c]!
      for (let r = -1; r < SIDE; r++)
        for (let c = -1; c < SIDE; c++)
          edges += Number(at(r, c) !== at(r + 1, c)) + Number(at(r, c) !== at(r, c + 1))
      let length = 0
      for (const [, x, y, way, to] of outlineOf(Uint8Array.from(values)).matchAll(
        /M(\d+) (\d+)([HV])(\d+)/g,
      ))
        length += Number(to) - Number(way === 'H' ? x : y)
      expect(length).toBe(edges)
    }),
    { numRuns: 30 },
  )
})
