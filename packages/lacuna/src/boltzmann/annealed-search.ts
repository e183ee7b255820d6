import type { Random } from '../compute/random.js'
import { type FreeOutputs, hiddenField, logWeight } from './free-outputs.js'
import { GibbsChain } from './gibbs.js'
import { softplusSum } from './softplus-sum.js'

/** The inverse temperature at the end: well past 1, so that a chain comes to rest near an optimum. */
const COLDEST = 3

/** Less than this is no gain: rounding. */
const LEAST_GAIN = 1e-9

/**
 * Outputs of large p(v|x, given) where they are too many to enumerate: chains of Gibbs sweeps whose
 * inverse temperature rises from 0 to 3 (Kirkpatrick, Gelatt & Vecchi 1983, "Optimization by simulated
 * annealing"), each followed by greedy ascent: bit after bit is flipped where that lowers the free
 * energy, until no single flip does.
 * @returns the different optima found, the most probable first; nothing says that there is no better
 */
export function annealedSearch(
  outputs: FreeOutputs,
  random: Random,
  chains: number,
  sweeps: number,
): { v: Float64Array; logWeight: number }[] {
  const optima = new Map<string, { v: Float64Array; logWeight: number }>()
  for (let run = 0; run < chains; run++) {
    const chain = new GibbsChain(outputs, random)
    for (let s = 1; s <= sweeps; s++) chain.sweep(random, (COLDEST * s) / sweeps)
    ascend(outputs, chain.v)
    optima.set(chain.v.join(''), { v: chain.v, logWeight: logWeight(outputs, chain.v) })
  }
  return [...optima.values()].sort((a, b) => b.logWeight - a.logWeight)
}

/** Flips bit after bit of v where that raises αᵀv + Σ_k log(1 + e^t_k), until no flip does. */
function ascend(outputs: FreeOutputs, v: Float64Array): void {
  const { A, alpha } = outputs
  const none = new Float64Array(A.cols)
  for (let flips = Infinity; flips > 0; ) {
    flips = 0
    const t = hiddenField(outputs, v)
    let now = softplusSum(t, none)
    for (let i = 0; i < v.length; i++) {
      const sign = v[i] === 1 ? -1 : 1
      const row = A.row(i)
      const flipped = softplusSum(t, row, sign)
      if (sign * alpha[i]! + flipped - now <= LEAST_GAIN) continue
      v[i] = 1 - v[i]!
      for (let k = 0; k < t.length; k++) t[k]! += sign * row[k]!
      now = flipped
      flips++
    }
  }
}
