import { type Components, scaleIndex } from './components.js'

/** E[tₖ|x] = Σᵢ αᵢμᵢₖ, c values. */
export function mean({ outputs, weights, means }: Components): Float64Array {
  return new Float64Array(outputs).map((_, k) =>
    weights.reduce((sum, alpha, i) => sum + alpha * means[i * outputs + k]!, 0),
  )
}

/**
 * Var[tₖ|x] = Σᵢ αᵢσᵢₖ² + Σᵢ αᵢ(μᵢₖ − E[tₖ|x])², c values: the law of total variance, the mean of the
 * components' variances and the variance of their means.
 */
export function variance(components: Components): Float64Array {
  const { outputs, weights, means, scales } = components
  return mean(components).map((centre, k) =>
    weights.reduce((sum, alpha, i) => {
      const scale = scales[scaleIndex(components, i, k)]!
      const shift = means[i * outputs + k]! - centre
      return sum + alpha * (scale * scale + shift * shift)
    }, 0),
  )
}
