import { exp } from '../compute/elementary.js'
import { type Evaluation, findRoot } from '../compute/root.js'
import { type Components, condition } from './components.js'

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
 * at distance w the density changes by at most w³/12·max|p‴|. Bounds are computed in float64 without
 * directed rounding, so the argument holds up to rounding errors.
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
  const rises = (t: number) => score(components, t).value >= 0
  const found: number[] = []
  const search = (a: number, b: number, risesAtA: boolean, risesAtB: boolean) => {
    const mid = a / 2 + b / 2
    const verdict = mid > a && mid < b ? inspect(components, a, b, mid) : 'settled'
    if (verdict === 'open') {
      const risesAtMid = rises(mid)
      search(a, mid, risesAtA, risesAtMid)
      search(mid, b, risesAtMid, risesAtB)
    } else if (risesAtA !== risesAtB) {
      const slope = (t: number) => score(components, t)
      found.push(risesAtA ? findRoot(slope, b, a) : findRoot(slope, a, b))
    }
  }
  search(low, high, true, false)
  return found
}

/** s(t) = d/dt log p(t) = Σᵢ πᵢvᵢ and its slope s′ = Σᵢ πᵢ(vᵢ² − 1/σᵢ²) − s². */
export function score(components: Components, t: number): Evaluation {
  const { means, scales } = components
  const { posterior } = condition(components, Float64Array.of(t))
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
  return { value, slope: slope - value * value, noise: 4 * Number.EPSILON * size }
}

/** Whether [a, b] is settled (at most one stationary point that matters) or must be halved. */
function inspect(components: Components, a: number, b: number, mid: number): 'settled' | 'open' {
  const { means, scales, logHeights } = components
  const m = means.length
  // gᵢ(t) = log αᵢφᵢ(t)
  const g = (i: number, t: number) => {
    const u = (t - means[i]!) / scales[i]!
    return logHeights[i]! - (u / 2) * u
  }
  const v = (i: number, t: number) => (means[i]! - t) / scales[i]! / scales[i]!
  let r = 0
  for (let i = 1; i < m; i++) if (g(i, mid) > g(r, mid)) r = i

  // f = p′/(αᵣφᵣ) = Σ e^{gᵢ−gᵣ} vᵢ at the middle; f′ = Σ e^{gᵢ−gᵣ}((vᵢ − vᵣ)vᵢ − 1/σᵢ²) and
  // |p‴|/(αᵣφᵣ) ≤ Σ e^{gᵢ−gᵣ}(|u|³ + 3|u|)/σᵢ³ over all of [a, b].
  const width = b - a
  const furthest = (i: number) => (Math.abs(mid - means[i]!) + width / 2) / scales[i]!
  let f = 0
  let least = 0
  let most = 0
  let third = 0
  for (let i = 0; i < m; i++) {
    const ratio = (t: number) => g(i, t) - g(r, t)
    f += exp(ratio(mid)) * v(i, mid)
    // gᵢ − gᵣ is a quadratic with slope vᵢ − vᵣ, which is linear: extreme at the ends or at its zero.
    const leadA = v(i, a) - v(r, a)
    const leadB = v(i, b) - v(r, b)
    const exponents = [ratio(a), ratio(b)]
    if (leadA * leadB < 0) exponents.push(ratio(a + width * (leadA / (leadA - leadB))))
    const lightest = exp(Math.min(...exponents))
    const heaviest = exp(Math.max(...exponents))
    const products = [v(i, a) * leadA, v(i, a) * leadB, v(i, b) * leadA, v(i, b) * leadB]
    const curvature = 1 / scales[i]! / scales[i]!
    const low = Math.min(...products) - curvature
    const high = Math.max(...products) - curvature
    least += low * (low < 0 ? heaviest : lightest)
    most += high * (high > 0 ? heaviest : lightest)
    const u = furthest(i)
    third += ((heaviest * u * (u * u + 3)) / scales[i]!) * curvature
  }
  const monotone = least > 0 || most < 0
  const noZero = Math.abs(f) > (Math.max(-least, most) * width) / 2
  // φᵣ itself varies on [a, b], by a factor of at most e^{|u|·width/σᵣ}.
  const change = ((width * width * width) / 12) * third * exp((furthest(r) * width) / scales[r]!)
  return monotone || noZero || change < Number.EPSILON ? 'settled' : 'open'
}
