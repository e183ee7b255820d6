import { describe, expect, test } from 'vitest'
import { Random } from '../dist/compute/random.js'
import { drawLine, EDGE, pressPen } from '../dist/data/pen.js'

const SIZE = 16
const draw = (...lines: Parameters<typeof drawLine>[2][]) => {
  const picture = new Float64Array(SIZE * SIZE)
  for (const line of lines) drawLine(picture, SIZE, line)
  return picture
}

describe('drawLine', () => {
  test('a pixel at distance d gets ink · ((radius − d)/EDGE + ½), held between 0 and ink', () => {
    const picture = draw([
      { x: 3, y: 8, radius: 2, ink: 0.8 },
      { x: 13, y: 8, radius: 2, ink: 0.8 },
    ])
    for (let row = 0; row < SIZE; row++)
      for (let column = 0; column < SIZE; column++) {
        const beyond = Math.max(0, 3 - (column + 0.5), column + 0.5 - 13)
        const d = Math.hypot(beyond, row + 0.5 - 8)
        const expected = 0.8 * Math.min(1, Math.max(0, (2 - d) / EDGE + 0.5))
        expect(picture[row * SIZE + column]).toBeCloseTo(expected, 12)
      }
  })

  test('radius and ink change evenly from dab to dab', () => {
    const picture = draw([
      { x: 2.5, y: 8.5, radius: 1, ink: 1 },
      { x: 12.5, y: 8.5, radius: 3, ink: 0.5 },
    ])
    for (let i = 0; i <= 10; i++) expect(picture[8 * SIZE + 2 + i]).toBeCloseTo(1 - 0.05 * i, 12)
    expect(picture[10 * SIZE + 7]).toBeCloseTo(0.75 * 0.5, 12) // d = 2 = the radius half way
  })

  test('where lines cross the darker counts, whichever is drawn first', () => {
    const pale = [4, 12].map(x => ({ x, y: 8, radius: 1.5, ink: 0.4 }))
    const dark = [4, 12].map(y => ({ x: 8, y, radius: 1.5, ink: 0.9 }))
    const [a, b, both] = [draw(pale), draw(dark), draw(pale, dark)]
    expect(both).toEqual(draw(dark, pale))
    expect(both).toEqual(a.map((gray, i) => Math.max(gray, b[i]!)))
  })

  test('a dot is a disc, and what lies outside the picture is left out', () => {
    const dot = { x: 0, y: 0, radius: 2, ink: 1 }
    const picture = draw([dot, dot])
    expect(picture[0]).toBe(1)
    expect(picture.reduce((sum, gray) => sum + gray)).toBeCloseTo(Math.PI, 0) // a quarter of 4π
  })
})

describe('pressPen', () => {
  test('keeps the line, and fades both ends but not the middle', () => {
    const line = Array.from({ length: 30 }, (_, i) => ({ x: i, y: 2 * i }))
    for (let seed = 0; seed < 20; seed++) {
      const dabs = pressPen(line, 1.5, new Random(seed))
      expect(dabs.map(({ x, y }) => ({ x, y }))).toEqual(line)
      for (const { ink } of dabs.slice(4, -5)) expect(ink).toBe(1)
      for (const ends of [dabs.slice(0, 5), dabs.slice(-6).reverse()])
        for (let i = 1; i < ends.length; i++) expect(ends[i]!.ink).toBeGreaterThan(ends[i - 1]!.ink)
      for (const { radius } of dabs) expect(radius).toBeGreaterThan(0.5)
    }
  })
})
