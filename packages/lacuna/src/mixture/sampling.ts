import { exp } from '../compute/elementary.js'
import type { Random } from '../compute/random.js'
import { type Components, scaleIndex } from './components.js'

/**
 * Draws one t: first a component i with probability proportional to αᵢ^{1/τ}, then
 * tₖ = μᵢₖ + √τ·σᵢₖ·εₖ with every εₖ standard normal. It takes 2 + 4c words from `random`, whatever comes
 * out, so that one example's draw never shifts another's.
 *
 * @param temperature τ > 0
 * @returns c values
 */
export function draw(components: Components, random: Random, temperature: number): Float64Array {
  const { outputs, logWeights, means, scales } = components
  const heaviest = logWeights.reduce((a, b) => Math.max(a, b))
  const weights = logWeights.map(logWeight => exp((logWeight - heaviest) / temperature))
  const total = weights.reduce((a, b) => a + b)
  let rest = random.uniform() * total
  let i = logWeights.indexOf(heaviest) // stays there if rounding leaves something over
  for (let j = 0; j < weights.length; j++) {
    if (rest < weights[j]!) {
      i = j
      break
    }
    rest -= weights[j]!
  }
  const spread = Math.sqrt(temperature)
  return new Float64Array(outputs).map(
    (_, k) =>
      means[i * outputs + k]! + spread * scales[scaleIndex(components, i, k)]! * random.normal(),
  )
}
