import { css, type Rgb } from '../style/colours.js'
import type { Scan } from './mixture-functions.js'
import type { Plane } from './plane.js'
import { COLUMNS, ROWS } from './scan.js'

/** Opacities of densities from 0 to the greatest, in so many steps: faint ones are to be seen too. */
const SHADES = Uint8Array.from({ length: 512 }, (_, k) => 240 * (k / 511) ** 0.65)

/** The density as pixels of one colour, the more opaque the denser; the greatest t is above. */
export function densityPixels(
  { density, top }: Pick<Scan, 'density' | 'top'>,
  [red, green, blue]: Rgb,
): Uint8ClampedArray<ArrayBuffer> {
  const pixels = new Uint8ClampedArray(4 * ROWS * COLUMNS)
  let at = 0
  for (let row = ROWS - 1; row >= 0; row--)
    for (let column = 0; column < COLUMNS; column++) {
      const share = density[row * COLUMNS + column]! / top
      pixels[at++] = red
      pixels[at++] = green
      pixels[at++] = blue
      pixels[at++] = SHADES[Math.min(511, Math.floor(511 * share))]!
    }
  return pixels
}

/** The colour of a point: those of the components, in shares of what each claims of it. */
export function claimedColour(claims: Float32Array, colours: readonly Rgb[]): Rgb {
  const mixed = [0, 0, 0]
  for (const [i, claim] of claims.entries())
    for (let k = 0; k < 3; k++) mixed[k]! += claim * colours[i]![k as 0 | 1 | 2]
  return mixed.map(Math.round) as unknown as Rgb
}

/** Stops of a gradient along x; the weights between them are as good as straight. */
const STOPS = 48

/**
 * A component as a line: at μ(x), as broad as from μ − σ to μ + σ, as opaque as α(x).
 * @param x the middles of the columns
 */
export function paintComponent(
  context: CanvasRenderingContext2D,
  { weights, means, scales }: Scan,
  component: number,
  x: Float64Array,
  plane: Plane,
  colour: Rgb,
): void {
  const at = component * COLUMNS
  const shade = (least: number, most: number) => {
    const gradient = context.createLinearGradient(plane.left, 0, plane.left + plane.width, 0)
    for (let stop = 0; stop <= STOPS; stop++) {
      const column = Math.min(COLUMNS - 1, Math.floor((stop / STOPS) * COLUMNS))
      const opacity = most * Math.min(1, weights[at + column]! / least)
      gradient.addColorStop(stop / STOPS, css(colour, opacity))
    }
    return gradient
  }
  const edge = (sign: number) =>
    Array.from(x, (value, k): [number, number] => [
      plane.x(value),
      plane.t(means[at + k]! + sign * scales[at + k]!),
    ])
  context.beginPath()
  for (const [left, top] of [...edge(1), ...edge(-1).reverse()]) context.lineTo(left, top)
  context.closePath()
  context.fillStyle = shade(1, 0.6)
  context.fill()
  context.beginPath()
  for (const [left, top] of edge(0)) context.lineTo(left, top)
  context.lineWidth = 1.5
  context.strokeStyle = shade(0.4, 1)
  context.stroke()
}

/** A point as a small disc. */
export function paintPoint(
  context: CanvasRenderingContext2D,
  x: number,
  y: number,
  colour: string,
): void {
  context.fillStyle = colour
  context.beginPath()
  context.arc(x, y, 1.8, 0, 2 * Math.PI)
  context.fill()
}
