import { exp } from '../compute/elementary.js'
import { type Evaluation, findRoot } from '../compute/root.js'
import { type Components, condition, logDensity } from './components.js'

/**
 * All points where the density of a mixture over one output is stationary, p′(t) = 0, ascending. The
 * density rises up to the first and falls after the last, so they alternate: maximum, minimum,
 * maximum, …, maximum.
 *
 * Complete, by subdivision. Outside the range of the means every term of
 *
 *   p′(t) = Σᵢ αᵢφᵢ(t) vᵢ(t),   vᵢ(t) = (μᵢ − t)/σᵢ²,
 *
 * has one sign. Inside, an interval is set aside when p′/φᵣ (r a component that leads there, so zeros
 * are the same) provably has no zero on it, or is provably monotone on it; the proofs are bounds on
 * the derivative of p′/φᵣ over the whole interval. Any other interval is halved. Halving ends when
 * two stationary points in it could not differ in density by more than rounding: between two of them
 * at distance w the density changes by at most w³/12·max|p‴|. So what may be missing is a dip of a few
 * units in the last place of log p, and none such is given. Bounds are computed in float64 without
 * directed rounding, so the argument holds up to rounding errors; and a component narrower than the
 * spacing of float64 numbers at its mean may go unseen.
 */
export function stationaryPoints(components: Components): number[] {
  const { means, scales } = components
  const leftmost = means.reduce((a, b) => Math.min(a, b))
  const rightmost = means.reduce((a, b) => Math.max(a, b))
  if (leftmost === rightmost) return [leftmost]
  // Past the ends by something, so that no term's sign is lost when a mean lies on the end itself.
  const past = scales.reduce((a, b) => Math.min(a, b)) + 1e-15 * (rightmost - leftmost)
  const low = leftmost - past - 1e-15 * Math.abs(leftmost)
  const high = rightmost + past + 1e-15 * Math.abs(rightmost)
  const found: number[] = []
  const search = (a: number, b: number, risesAtA: boolean, risesAtB: boolean) => {
    const mid = a / 2 + b / 2
    const { settled, rises } = inspect(components, a, b, mid)
    if (!settled && mid > a && mid < b) {
      search(a, mid, risesAtA, rises)
      search(mid, b, rises, risesAtB)
    } else if (risesAtA !== risesAtB) {
      const slope = (t: number) => score(components, t)
      found.push(risesAtA ? findRoot(slope, b, a) : findRoot(slope, a, b))
    }
  }
  search(low, high, true, false)
  return withoutRipples(components, found)
}

/** Takes out every minimum that rounding cannot tell from the lower of the maxima beside it, with that maximum. */
function withoutRipples(components: Components, points: readonly number[]): number[] {
  const kept = points.map(t => ({ t, height: logDensity(components, Float64Array.of(t)) }))
  for (let i = 1; i < kept.length; ) {
    const { height } = kept[i]!
    const lower = kept[i - 1]!.height < kept[i + 1]!.height ? i - 1 : i + 1
    if (kept[lower]!.height - height > 4 * Number.EPSILON * (1 + Math.abs(height))) i += 2
    else {
      kept.splice(Math.min(i, lower), 2)
      i = Math.max(1, i - 2)
    }
  }
  return kept.map(({ t }) => t)
}

/** log p(t), s(t) = d/dt log p(t) = Σᵢ πᵢvᵢ with its slope s′ = Σᵢ πᵢ(vᵢ² − 1/σᵢ²) − s², and its noise. */
export function score(
  components: Components,
  t: number,
): Evaluation & { readonly logDensity: number } {
  const { means, scales } = components
  const { logDensity, posterior } = condition(components, Float64Array.of(t))
  let value = 0
  let slope = 0
  let size = 0
  for (let i = 0; i < posterior.length; i++) {
    const u = (means[i]! - t) / scales[i]!
    const v = u / scales[i]!
    value += posterior[i]! * v
    slope += ((posterior[i]! / scales[i]!) * ((u - 1) * (u + 1))) / scales[i]!
    size += posterior[i]! * Math.abs(v)
  }
  slope -= value * value
  return { logDensity, value, slope, noise: 4 * Number.EPSILON * size }
}

/** gᵢ(t) = log αᵢφᵢ(t). */
function logTerm({ means, scales, logHeights }: Components, i: number, t: number): number {
  const u = (t - means[i]!) / scales[i]!
  return logHeights[i]! - (u / 2) * u
}

/** vᵢ(t) = (μᵢ − t)/σᵢ² = gᵢ′(t). */
function pull({ means, scales }: Components, i: number, t: number): number {
  return (means[i]! - t) / scales[i]! / scales[i]!
}

/**
 * Whether [a, b] is settled, having at most one stationary point that matters, or must be halved; and
 * whether the density rises at its middle.
 */
function inspect(
  components: Components,
  a: number,
  b: number,
  mid: number,
): { settled: boolean; rises: boolean } {
  const { means, scales } = components
  const m = means.length
  let r = 0
  let highest = -Infinity
  for (let i = 0; i < m; i++) {
    const height = logTerm(components, i, mid)
    if (height > highest) [r, highest] = [i, height]
  }
  const [gA, gB] = [logTerm(components, r, a), logTerm(components, r, b)]
  const [vRA, vRB] = [pull(components, r, a), pull(components, r, b)]

  // f = p′/(αᵣφᵣ) = Σ e^{gᵢ−gᵣ} vᵢ at the middle; f′ = Σ e^{gᵢ−gᵣ}((vᵢ − vᵣ)vᵢ − 1/σᵢ²) and
  // |p‴|/(αᵣφᵣ) ≤ Σ e^{gᵢ−gᵣ}(|u|³ + 3|u|)/σᵢ³ over all of [a, b].
  const width = b - a
  let f = 0
  let least = 0
  let most = 0
  let third = 0
  for (let i = 0; i < m; i++) {
    // gᵢ − gᵣ is a quadratic with slope vᵢ − vᵣ, which is linear: extreme at the ends or at its zero.
    const vA = pull(components, i, a)
    const vB = pull(components, i, b)
    const [leadA, leadB] = [vA - vRA, vB - vRB]
    const atA = logTerm(components, i, a) - gA
    const atB = logTerm(components, i, b) - gB
    let within = atA
    if (leadA * leadB < 0) {
      const turn = a + width * (leadA / (leadA - leadB))
      within = logTerm(components, i, turn) - logTerm(components, r, turn)
    }
    const heaviest = exp(Math.max(atA, atB, within))
    if (heaviest === 0) continue // it counts for nothing here, however steep it is
    f += exp(logTerm(components, i, mid) - highest) * pull(components, i, mid)
    const curvature = 1 / scales[i]! / scales[i]!
    const [AA, AB, BA, BB] = [vA * leadA, vA * leadB, vB * leadA, vB * leadB]
    const low = Math.min(AA, AB, BA, BB) - curvature
    const high = Math.max(AA, AB, BA, BB) - curvature
    const lightest = low > 0 || high < 0 ? exp(Math.min(atA, atB, within)) : 0
    least += low * (low < 0 ? heaviest : lightest)
    most += high * (high > 0 ? heaviest : lightest)
    const u = (Math.abs(mid - means[i]!) + width / 2) / scales[i]!
    third += ((heaviest * u * (u * u + 3)) / scales[i]!) * curvature
  }
  const monotone = least > 0 || most < 0
  const noZero = Math.abs(f) > (Math.max(-least, most) * width) / 2
  // φᵣ itself varies on [a, b], by a factor of at most e^{|u|·width/σᵣ}.
  const furthest = (Math.abs(mid - means[r]!) + width / 2) / scales[r]!
  const change = ((width * width * width) / 12) * third * exp((furthest * width) / scales[r]!)
  return { settled: monotone || noZero || change < Number.EPSILON, rises: f >= 0 }
}
