import { Matrix, type MixtureDensityNetwork } from 'lacuna'
import { inverseProblemLogDensity } from 'lacuna/verification'
import type { Cut, Profile } from './mixture-functions.js'
import type { Range } from './own-points.js'
import { middles, phi } from './scan.js'

/** Places of t at which a profile is drawn, beside those where components have something to show. */
const PLACES = 240

/** Where a component has its height and its flanks, in σ from its mean. */
const FLANKS = [-3, -2, -1.5, -1, -0.5, 0, 0.5, 1, 1.5, 2, 3]

/** What both networks say of one x. */
export function profileOf(
  network: MixtureDensityNetwork,
  leastSquares: MixtureDensityNetwork,
  range: Range,
  { x, interval, mass }: Cut,
): Profile {
  const at = new Matrix(1, 1, Float64Array.of(x))
  const mixture = network.predict(at)
  const { means, scales, weights, components: m } = mixture
  const [low, high] = range.t
  const flanks = Array.from(means.data, (mean, i) => FLANKS.map(u => mean + u * scales.data[i]!))
  const t = Float64Array.from([low, ...middles(range.t, PLACES), high, ...flanks.flat()])
    .filter(value => value >= low && value <= high)
    .sort()
  const parts = Array.from({ length: m }, (_, i) =>
    t.map(value => weights.data[i]! * phi(value, means.data[i]!, scales.data[i]!)),
  )
  const intervals =
    interval === 'central'
      ? mixture.centralInterval(mass)
      : mixture.highestDensityIntervals(mass)[0]!
  return {
    x,
    t,
    density: t.map((_, k) => parts.reduce((sum, part) => sum + part[k]!, 0)),
    parts,
    modes: mixture.modes()[0]!.map(({ location, logDensity, weight }) => ({
      t: location[0]!,
      density: Math.exp(logDensity),
      weight,
    })),
    intervals,
    leastSquares: leastSquares.predict(at).mean().data[0]!,
  }
}

/** Parts of (0, 1) in which the true density is looked for. */
const FINE = 2000

/** The true density of Bishop's problem over one x: the same at every t that is possible. */
export function truthOver(x: number): NonNullable<Profile['truth']> {
  const stretches: { lower: number; upper: number }[] = []
  let density = 0
  let open = false
  for (let k = 0; k < FINE; k++) {
    const t = (k + 0.5) / FINE
    const possible = Math.abs(x - t - 0.3 * Math.sin(2 * Math.PI * t)) < 0.1
    if (possible && !open) {
      density = Math.exp(inverseProblemLogDensity(x, t))
      stretches.push({ lower: k / FINE, upper: 1 })
    }
    if (open && !possible) stretches.at(-1)!.upper = k / FINE
    open = possible
  }
  return { stretches, density }
}
