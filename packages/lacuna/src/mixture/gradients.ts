import { exp } from '../compute/elementary.js'
import { type Components, condition, scaleIndex } from './components.js'

/** ∂E/∂α, ∂E/∂μ, ∂E/∂σ and ∂E/∂z of one example, each laid out as the parameter is. */
export interface ErrorGradients {
  readonly weights: Float64Array
  readonly means: Float64Array
  readonly scales: Float64Array
  readonly logits: Float64Array
}

/**
 * The gradients of E = −log Σᵢ αᵢφᵢ(t), in the closed forms of the sheet's exercise 1 and its missing
 * one for σ; proved in docs/theory/mixture.md. With u = (t − μᵢ)/σᵢ:
 *
 *   (a)(i)   ∂E/∂αᵢ = −πᵢ/αᵢ
 *   (a)(ii)  ∂E/∂μᵢₖ = πᵢ(μᵢₖ − tₖ)/σᵢ² = −πᵢuₖ/σᵢ
 *            ∂E/∂σᵢ = πᵢ(c/σᵢ − ‖t − μᵢ‖²/σᵢ³) = πᵢ Σₖ(1 − uₖ²)/σᵢ
 *   (b)      ∂E/∂zᵢ = αᵢ − πᵢ
 *
 * @param t c values
 * @throws LACUNA_E_NOT_FINITE if t is over 10¹⁵⁴σ from every component
 */
export function errorGradients(components: Components, t: Float64Array): ErrorGradients {
  const { outputs: c, weights: alpha, logWeights, means: mu, scales: sigma } = components
  const { logPosterior, posterior } = condition(components, t)
  // As a difference of logarithms, for αᵢ may have underflowed where πᵢ has not.
  const weights = logPosterior.map((logPi, i) => -exp(logPi - logWeights[i]!))
  const means = new Float64Array(mu.length)
  const scales = new Float64Array(sigma.length)
  posterior.forEach((pi, i) => {
    for (let k = 0; k < c; k++) {
      const at = scaleIndex(components, i, k)
      const u = (t[k]! - mu[i * c + k]!) / sigma[at]!
      means[i * c + k] = (-pi * u) / sigma[at]!
      // An isotropic scale gathers this over all k, a diagonal one keeps its own.
      scales[at]! += (pi * ((1 - u) * (1 + u))) / sigma[at]!
    }
  })
  const logits = posterior.map((pi, i) => alpha[i]! - pi)
  // Where one component has nearly all, αᵢ − πᵢ would cancel; but the sum of all of them is 0.
  const leader = posterior.findIndex((pi, i) => pi > 0.5 && alpha[i]! > 0.5)
  if (leader >= 0)
    logits[leader] = -logits.reduce((sum, value, i) => (i === leader ? sum : sum + value), 0)
  return { weights, means, scales, logits }
}
