import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { type Knot, type Point, splineThrough } from '../dist/data/spline.js'

const coordinate = fc.double({ min: -2, max: 2, noNaN: true })
const knot = fc.record({ x: coordinate, y: coordinate, corner: fc.boolean() })
const distance = (a: Point, b: Point) => Math.hypot(a.x - b.x, a.y - b.y)

describe('splineThrough', () => {
  test('passes through every knot, in order', () => {
    fc.assert(
      fc.property(fc.array(knot, { minLength: 2, maxLength: 8 }), knots => {
        const points = splineThrough(knots, 0.1)
        let from = 0
        for (const { x, y } of knots) {
          const at = points.findIndex((p, i) => i >= from && distance(p, { x, y }) < 1e-9)
          expect(at).toBeGreaterThanOrEqual(from)
          from = at
        }
        expect(distance(points.at(-1)!, knots.at(-1)!)).toBeLessThan(1e-9)
      }),
    )
  })

  test('goes straight from corner to corner', () => {
    const knots = [
      { x: 0, y: 0, corner: false },
      { x: 1, y: 0, corner: true },
      { x: 1, y: 2, corner: false },
    ]
    for (const { x, y } of splineThrough(knots, 0.05))
      expect(Math.min(Math.abs(y), Math.abs(x - 1))).toBeLessThan(1e-12)
  })

  test('at parameter ½ between equally spaced knots is (−P₀ + 9P₁ + 9P₂ − P₃)/16', () => {
    // With equal distances the centripetal spline is the uniform one, whose middle is known.
    const knots: Knot[] = [
      { x: 0, y: 0, corner: false },
      { x: 1, y: 0, corner: false },
      { x: 1, y: 1, corner: false },
      { x: 0, y: 1, corner: false },
    ]
    const points = splineThrough(knots, 0.51) // two pieces between neighbouring knots
    expect(points).toHaveLength(7)
    expect(points[3]!.x).toBeCloseTo(18 / 16, 6)
    expect(points[3]!.y).toBeCloseTo(8 / 16, 6)
  })

  test('knots on one spot do no harm', () => {
    const spot = { x: 0.5, y: 0.5, corner: false }
    for (const { x, y } of splineThrough([spot, spot, spot], 0.1))
      expect([x, y]).toEqual([0.5, 0.5])
  })
})
