import { Matrix, type MixtureDensityNetwork } from 'lacuna'
import type { Examples } from '../tables/examples.js'

/** Points in each direction. */
const POINTS = 160

/** Examples that are drawn; more would only make a blot. */
const DRAWN = 1500

/** What a network with one input and one output says, scanned over the range of its data. */
export type DensityScan = {
  /** Places of x and of t, in ascending order. */
  readonly x: readonly number[]
  readonly t: readonly number[]
  /** p(t|x), a row for each t. */
  readonly density: Float64Array
  readonly mean: readonly number[]
  readonly modes: readonly { readonly x: number; readonly t: number; readonly weight: number }[]
  /** αᵢ(x), for each component. */
  readonly weights: readonly (readonly number[])[]
  /** Some of the examples, evenly chosen. */
  readonly examples: readonly { readonly x: number; readonly t: number }[]
}

/** Scans the density over x and t. */
export function scanDensity(network: MixtureDensityNetwork, data: Examples): DensityScan {
  const [x, t] = [scale(data.x.data), scale(data.t.data)]
  const mixture = network.predict(new Matrix(POINTS, 1, Float64Array.from(x)))
  const density = new Float64Array(POINTS * POINTS)
  for (const [row, value] of t.entries()) {
    const logDensity = mixture.logDensity(
      new Matrix(POINTS, 1, new Float64Array(POINTS).fill(value)),
    )
    density.set(logDensity.map(Math.exp), row * POINTS)
  }
  const step = Math.max(1, Math.ceil(data.x.rows / DRAWN))
  const chosen = Array.from({ length: Math.ceil(data.x.rows / step) }, (_, i) => i * step)
  return {
    x,
    t,
    density,
    mean: [...mixture.mean().data],
    modes: mixture
      .modes()
      .flatMap((modes, i) =>
        modes.map(({ location, weight }) => ({ x: x[i]!, t: location[0]!, weight })),
      ),
    weights: Array.from({ length: mixture.components }, (_, component) =>
      x.map((_, i) => mixture.weights.row(i)[component]!),
    ),
    examples: chosen.map(i => ({ x: data.x.data[i]!, t: data.t.data[i]! })),
  }
}

/** Places over the range of the values and a little beyond. */
function scale(values: Float32Array): number[] {
  const least = values.reduce((a, b) => Math.min(a, b), Infinity)
  const most = values.reduce((a, b) => Math.max(a, b), -Infinity)
  const margin = 0.04 * (most - least) || 0.5
  const [start, end] = [least - margin, most + margin]
  return Array.from({ length: POINTS }, (_, i) => start + ((end - start) * i) / (POINTS - 1))
}
