import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { brushMask, fillRectangle, invert, penStroke } from '../src/pixels/brush.js'
import { isSheetPatch, missing, PIXELS, SIDE } from '../src/pixels/grid.js'

const place = fc.record({
  x: fc.double({ min: -5, max: 33, noNaN: true }),
  y: fc.double({ min: -5, max: 33, noNaN: true }),
})
const empty = () => new Uint8Array(PIXELS)
const at = (row: number, column: number) => row * SIDE + column

describe('the brush over the hole', () => {
  test('of one pixel paints the pixel under it, of three a disc', () => {
    const one = brushMask(empty(), { x: 5.5, y: 2.5 }, { x: 5.5, y: 2.5 }, 1, 1)
    expect([missing(one), one[at(2, 5)]]).toEqual([1, 1])
    const disc = brushMask(empty(), { x: 5.5, y: 2.5 }, { x: 5.5, y: 2.5 }, 3, 1)
    expect(missing(disc)).toBe(9)
  })

  test('takes exactly the pixels whose middles are as near as half its width to the stroke', () => {
    const far = (x: number, y: number) => {
      const t = Math.min(1, Math.max(0, ((x - 4.5) * 12 + (y - 6.5) * 7) / (144 + 49)))
      return Math.hypot(x - (4.5 + 12 * t), y - (6.5 + 7 * t))
    }
    const painted = brushMask(empty(), { x: 4.5, y: 6.5 }, { x: 16.5, y: 13.5 }, 5, 1)
    for (let r = 0; r < SIDE; r++)
      for (let c = 0; c < SIDE; c++) {
        const distance = far(c + 0.5, r + 0.5)
        if (Math.abs(distance - 2.5) > 0.02) expect(painted[at(r, c)]).toBe(distance < 2.5 ? 1 : 0)
      }
  })

  test('leaves no gap: a stroke is as one piece, wherever it goes', () => {
    fc.assert(
      fc.property(place, place, fc.integer({ min: 1, max: 9 }), (from, to, size) => {
        const painted = brushMask(empty(), from, to, size, 1)
        const start = painted.indexOf(1)
        if (start < 0) return
        const seen = new Set([start])
        for (const each of seen)
          for (const dr of [-1, 0, 1])
            for (const dc of [-1, 0, 1]) {
              const [r, c] = [Math.floor(each / SIDE) + dr, (each % SIDE) + dc]
              if (r >= 0 && c >= 0 && r < SIDE && c < SIDE && painted[at(r, c)]) seen.add(at(r, c))
            }
        expect(seen.size).toBe(missing(painted))
      }),
    )
  })

  test('as an eraser undoes what it painted, and neither changes what it is given', () => {
    fc.assert(
      fc.property(place, place, fc.integer({ min: 1, max: 9 }), (from, to, size) => {
        const before = empty()
        const painted = brushMask(before, from, to, size, 1)
        expect(missing(brushMask(painted, from, to, size, 0))).toBe(0)
        expect(missing(before)).toBe(0)
      }),
    )
  })
})

test('a rectangle has both its corners, whichever way it is drawn', () => {
  const [a, b] = [
    { x: 3.2, y: 10.9 },
    { x: 8.7, y: 5.1 },
  ]
  const mask = fillRectangle(empty(), a, b, 1)
  expect(missing(mask)).toBe(6 * 6)
  expect([mask[at(5, 3)], mask[at(10, 8)], mask[at(4, 3)], mask[at(5, 9)]]).toEqual([1, 1, 0, 0])
  expect(fillRectangle(empty(), b, a, 1)).toEqual(mask)
  expect(isSheetPatch(mask)).toBe(true)
  expect(missing(fillRectangle(empty(), { x: -9, y: -9 }, { x: 99, y: 99 }, 1))).toBe(PIXELS)
})

test('only one whole square of 6×6 pixels is the sheet’s patch', () => {
  const patch = fillRectangle(empty(), { x: 0, y: 0 }, { x: 5, y: 5 }, 1)
  expect(isSheetPatch(patch)).toBe(true)
  expect(isSheetPatch(empty())).toBe(false)
  expect(isSheetPatch(invert(patch))).toBe(false)
  const moved = patch.slice()
  moved[0] = 0
  moved[at(6, 6)] = 1
  expect(isSheetPatch(moved)).toBe(false)
  // Over the edge of the picture the square would go on at the other side.
  const split = empty()
  for (let r = 0; r < 6; r++) for (let c = 25; c < 31; c++) split[at(r, 0) + c] = 1
  expect(isSheetPatch(split)).toBe(false)
})

describe('the pen', () => {
  test('is white in its middle, soft at its edge, and never darkens', () => {
    const gray = empty().fill(90)
    const drawn = penStroke(gray, { x: 10.5, y: 10.5 }, { x: 18.5, y: 10.5 }, 3, 'ink')
    expect(drawn[at(10, 14)]).toBe(255)
    expect(drawn[at(9, 14)]).toBe(255)
    expect(drawn[at(8, 14)]).toBe(90)
    expect(Math.min(...drawn)).toBe(90)
    const soft = penStroke(empty(), { x: 10.5, y: 10.2 }, { x: 18.5, y: 10.2 }, 3, 'ink')
    expect(soft[at(11, 14)]).toBeGreaterThan(0)
    expect(soft[at(11, 14)]).toBeLessThan(255)
  })

  test('as a rubber takes its own ink away', () => {
    fc.assert(
      fc.property(place, place, fc.integer({ min: 1, max: 9 }), (from, to, size) => {
        const drawn = penStroke(empty(), from, to, size, 'ink')
        const rubbed = penStroke(drawn, from, to, size, 'rub')
        expect(Math.max(...rubbed)).toBeLessThanOrEqual(128)
      }),
    )
  })
})
