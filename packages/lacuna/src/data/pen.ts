import { sin } from '../compute/elementary.js'
import type { Random } from '../compute/random.js'
import type { Point } from './spline.js'

/** A dab of the pen: its centre and radius in pixels, and how dark it is, from 0 to 1. */
export type Dab = {
  readonly x: number
  readonly y: number
  readonly radius: number
  readonly ink: number
}

/** Over how many pixels the edge of a line passes from full ink to none, as in a scan. */
export const EDGE = 1.05

/** Over how many points the pen touches down and lifts off. */
const TOUCH_DOWN = 4
const LIFT_OFF = 5

/**
 * The dabs that a hand's pen leaves along a line: pressure sways slowly, upright strokes are bolder
 * or finer than level ones, the edge is a little rough, and both ends are thinner and paler.
 *
 * @param line at least two points, in pixels
 * @param radius half the width of the line, in pixels, before the hand changes it
 */
export function pressPen(line: readonly Point[], radius: number, random: Random): Dab[] {
  const start = 0.3 * random.uniform()
  const end = 0.5 * random.uniform()
  const phase = 2 * Math.PI * random.uniform()
  const frequency = 0.25 + 0.5 * random.uniform() // radians a point
  const contrast = 0.12 * random.normal() // of upright strokes to level ones
  const last = line.length - 1
  return line.map(({ x, y }, i) => {
    const before = line[Math.max(0, i - 1)]!
    const after = line[Math.min(last, i + 1)]!
    const dx = after.x - before.x
    const dy = after.y - before.y
    const upright = (dy * dy) / (dx * dx + dy * dy + 1e-9) // cos² of the angle to the vertical
    const sway = 1 + 0.1 * sin(frequency * i + phase)
    const rough = 0.93 + 0.14 * random.uniform()
    const lift =
      start * Math.max(0, 1 - i / TOUCH_DOWN) + end * Math.max(0, 1 - (last - i) / LIFT_OFF)
    return {
      x,
      y,
      radius: radius * sway * (1 + contrast * (upright - 0.5)) * rough * (1 - 0.4 * lift),
      ink: 1 - 0.65 * lift,
    }
  })
}

/**
 * Draws the line through dabs, round at both ends, into a picture of gray values from 0 to 1.
 * Between two dabs centre, radius and ink change evenly. A pixel at distance d from the line gets
 * ink · ((radius − d)/EDGE + ½), held between 0 and ink; where lines cross, the darker counts.
 *
 * @param picture size×size values, row by row; the pixel at (row, column) has its centre at
 *   x = column + ½, y = row + ½
 */
export function drawLine(picture: Float64Array, size: number, dabs: readonly Dab[]): void {
  for (let i = 1; i < dabs.length; i++) drawPiece(picture, size, dabs[i - 1]!, dabs[i]!)
}

function drawPiece(picture: Float64Array, size: number, a: Dab, b: Dab): void {
  const dx = b.x - a.x
  const dy = b.y - a.y
  const squaredLength = dx * dx + dy * dy
  const reach = Math.max(a.radius, b.radius) + EDGE / 2
  const top = Math.max(0, Math.floor(Math.min(a.y, b.y) - reach))
  const bottom = Math.min(size, Math.ceil(Math.max(a.y, b.y) + reach))
  const left = Math.max(0, Math.floor(Math.min(a.x, b.x) - reach))
  const right = Math.min(size, Math.ceil(Math.max(a.x, b.x) + reach))
  for (let row = top; row < bottom; row++)
    for (let column = left; column < right; column++) {
      const px = column + 0.5 - a.x
      const py = row + 0.5 - a.y
      // How far along the piece its nearest point lies: 0 at a, 1 at b.
      const along = squaredLength > 0 ? (px * dx + py * dy) / squaredLength : 0
      const t = Math.min(1, Math.max(0, along))
      const ex = px - t * dx
      const ey = py - t * dy
      const radius = a.radius + t * (b.radius - a.radius)
      const cover = (radius - Math.sqrt(ex * ex + ey * ey)) / EDGE + 0.5
      if (cover <= 0) continue
      const gray = Math.min(1, cover) * (a.ink + t * (b.ink - a.ink))
      const at = row * size + column
      if (gray > picture[at]!) picture[at] = gray
    }
}
