import { exp, sin } from '../compute/elementary.js'
import type { Random } from '../compute/random.js'
import { digitShapes, type Way } from './digit-shapes.js'
import { type Knot, type Point, splineThrough } from './spline.js'

/** How far apart the points of a written line are, in heights of the digit. */
const SPACING = 0.055

/**
 * Writes a digit by hand: one of its ways of writing, chosen at random, from which the points
 * stray; smooth curves through them; and all of it bent, sheared and turned as a whole.
 *
 * @param digit 0 to 9
 * @returns the lines drawn, each at least two points about 0.055 apart, about one unit high, x to
 *   the right and y down
 */
export function writeDigit(digit: number, random: Random): Point[][] {
  const { ways, stray } = digitShapes[digit]!
  const way = choose(ways, random)
  const place = distortion(stray, random)
  return way.strokes.map(stroke =>
    splineThrough(strayFrom(stroke, stray, random), SPACING).map(place),
  )
}

/** Each way with probability share/Σ shares; shares are whole numbers. */
function choose(ways: readonly Way[], random: Random): Way {
  const total = ways.reduce((sum, way) => sum + way.share, 0)
  let rest = random.integer(0, total)
  let i = 0
  while (rest >= ways[i]!.share) rest -= ways[i++]!.share
  return ways[i]!
}

/**
 * The knots, each moved by a normal offset of standard deviation `stray` that is correlated with
 * its neighbour's: eₙ₊₁ = 0.6·eₙ + 0.8·ε. A hand that is off stays off for a while, which keeps
 * curves round where independent offsets would dent them.
 */
function strayFrom(stroke: readonly Knot[], stray: number, random: Random): Knot[] {
  let dx = stray * random.normal()
  let dy = stray * random.normal()
  return stroke.map(({ x, y, corner }) => {
    const moved = { x: x + dx, y: y + dy, corner }
    dx = 0.6 * dx + 0.8 * stray * random.normal()
    dy = 0.6 * dy + 0.8 * stray * random.normal()
    return moved
  })
}

/**
 * A map of the plane, the same for all of a digit: what is joined stays joined. Its figures give
 * the widths and slants of MNIST's training images, by mean and spread.
 */
function distortion(stray: number, random: Random): (point: Point) => Point {
  const aspect = 0.95 * exp(0.19 * random.normal()) // width to height
  const flare = 0.25 * random.normal() // how much wider the lower half is
  const waist = 0.28 * random.normal() // how far the middle lies below its place
  const slant = 0.16 + 0.24 * random.normal() // to the right, as most writers lean
  const turn = 0.11 * random.normal() // radians, so small that sin t ≈ t and cos t ≈ 1
  const waveX = wave(stray, random)
  const waveY = wave(stray, random)
  return point => {
    const v = point.y - 0.5
    const u = (point.x - 0.5) * (1 + flare * v) * aspect
    const y = v + waist * (0.25 - v * v) + waveY(point.x)
    const x = u + waveX(point.y) - slant * y
    return { x: x - turn * y, y: y + turn * x }
  }
}

/** A slow wobble: half a wave to a little more than one over a digit's height. */
function wave(amplitude: number, random: Random): (at: number) => number {
  const height = amplitude * random.normal()
  const frequency = 3 + 4 * random.uniform()
  const phase = 2 * Math.PI * random.uniform()
  return at => height * sin(frequency * at + phase)
}
