import { type GaussianMixture, Matrix, type MixtureDensityNetwork } from 'lacuna'
import type { Scan } from './mixture-functions.js'
import type { Range } from './own-points.js'

/** Columns and rows of a scan. */
export const COLUMNS = 128
export const ROWS = 128

/** The middles of so many equal parts of a range. */
export function middles([low, high]: readonly [number, number], count: number): Float64Array {
  return Float64Array.from({ length: count }, (_, k) => low + ((high - low) * (k + 0.5)) / count)
}

/** Scans both networks over the range of the maps. */
export function scan(
  network: MixtureDensityNetwork,
  leastSquares: MixtureDensityNetwork,
  range: Range,
): Scan {
  const x = new Matrix(COLUMNS, 1, middles(range.x, COLUMNS))
  const mixture = network.predict(x)
  const density = densityOver(mixture, middles(range.t, ROWS))
  return {
    density,
    top: topOf(density),
    weights: byComponent(mixture, mixture.weights),
    means: byComponent(mixture, mixture.means),
    scales: byComponent(mixture, mixture.scales),
    leastSquares: Float32Array.from(leastSquares.predict(x).mean().data),
  }
}

/** φᵢ(t|x) = 1/(√2π σᵢ) · exp(−(t − μᵢ)²/(2σᵢ²)) (Bishop 1994, eq. 23, one output). */
export function phi(t: number, mean: number, scale: number): number {
  const u = (t - mean) / scale
  return Math.exp((-u * u) / 2) / (Math.sqrt(2 * Math.PI) * scale)
}

/**
 * p(t|x) = Σᵢ αᵢ(x) φᵢ(t|x) (eq. 22), a row for each t and a column for each x. `logDensity` knows more
 * digits and takes six times as long; a picture has 256 levels.
 */
function densityOver(
  { weights, means, scales, examples, components: m }: GaussianMixture,
  t: Float64Array,
): Float32Array {
  const density = new Float32Array(t.length * examples)
  for (let column = 0; column < examples; column++)
    for (let i = column * m; i < (column + 1) * m; i++)
      for (let row = 0; row < t.length; row++)
        density[row * examples + column]! +=
          weights.data[i]! * phi(t[row]!, means.data[i]!, scales.data[i]!)
  return density
}

/** A density that half of the columns stay below: a few needles must not turn all the rest pale. */
function topOf(density: Float32Array): number {
  const peaks = Float32Array.from({ length: COLUMNS }, (_, column) => {
    let peak = 0
    for (let at = column; at < density.length; at += COLUMNS) peak = Math.max(peak, density[at]!)
    return peak
  })
  return peaks.sort()[COLUMNS / 2]!
}

function byComponent({ components: m }: GaussianMixture, { data, rows }: Matrix<Float64Array>) {
  return Float32Array.from(data, (_, k) => data[(k % rows) * m + Math.floor(k / rows)]!)
}
