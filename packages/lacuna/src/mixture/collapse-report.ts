import { log } from '../compute/elementary.js'
import { requireKnown } from '../compute/known-options.js'
import { Matrix, requireShape } from '../compute/matrix.js'
import { HALF_LOG_TWO_PI } from '../compute/normal-distribution.js'
import { requireProbability } from '../compute/options.js'
import { LacunaError } from '../errors.js'
import type { MixtureDensityNetwork } from './mixture-density-network.js'

/** Whether a mixture is one: what its components do, and what simpler densities reach. */
export interface CollapseReport {
  /** The largest weight that each component has on any of the examples, m values. */
  readonly largestWeights: Float64Array
  /** The components whose weight never rises above the threshold. */
  readonly dead: readonly number[]
  /** The share of all σ of all examples that are at the floor. */
  readonly scalesAtFloor: number
  /** The share of the examples' weight that lies on components with a σ at the floor. */
  readonly weightAtFloor: number
  /** Mean of −log p(t|x) over the examples, in nats. */
  readonly nll: number
  /**
   * The least that one Gaussian with independent outputs reaches on the same examples whatever x is:
   * Σₖ ½ log 2πe·Var tₖ.
   */
  readonly gaussianNll: number
  /** What the network with one component reaches, if one was given. */
  readonly oneComponentNll?: number
}

/**
 * Looks for the ways in which a mixture density network fails while its error still falls:
 * components that are never used, widths that shrink onto single examples, and an error that
 * something simpler also reaches.
 *
 * @param x n×d inputs, best not those trained on
 * @param t n×c outputs
 * @param options.threshold the weight that a component must rise above on some example; 0.01 if left out
 * @param options.oneComponent a network with one component, trained in the same way, to compare with
 * @throws LACUNA_E_SHAPE if there are no examples, shapes do not fit or `oneComponent` has several
 *   components; LACUNA_E_NOT_FINITE or LACUNA_E_OPTION for unfit values
 *
 * @example
 * ```ts
 * const { dead, nll, gaussianNll } = collapseReport(network, x, t)
 * ```
 */
export function collapseReport(
  network: MixtureDensityNetwork,
  x: Matrix,
  t: Matrix,
  options: { readonly threshold?: number; readonly oneComponent?: MixtureDensityNetwork } = {},
): CollapseReport {
  requireKnown('collapseReport', options, ['threshold', 'oneComponent'])
  const { threshold = 0.01, oneComponent } = options
  requireProbability('threshold', threshold)
  requireShape('t', t, x.rows, network.architecture.outputs)
  if (x.rows === 0)
    throw new LacunaError('LACUNA_E_SHAPE', 'there are no examples to look at', 'Pass some rows.')
  if (oneComponent && oneComponent.architecture.components !== 1)
    throw new LacunaError(
      'LACUNA_E_SHAPE',
      `the network to compare with has ${oneComponent.architecture.components} components, not one`,
      'Create it with components: 1.',
    )
  const target = new Matrix(t.rows, t.cols, Float64Array.from(t.data))
  const mixture = network.predict(x)
  const { weights, scales, components: m } = mixture
  const shared = scales.cols / m // σ of a component
  const least = network.leastScales

  const largestWeights = new Float64Array(m)
  let [scalesAtFloor, weightAtFloor] = [0, 0]
  for (let row = 0; row < x.rows; row++)
    for (let i = 0; i < m; i++) {
      const weight = weights.row(row)[i]!
      largestWeights[i] = Math.max(largestWeights[i]!, weight)
      let here = 0
      for (let k = 0; k < shared; k++) if (scales.row(row)[i * shared + k]! <= least[k]!) here++
      scalesAtFloor += here
      if (here > 0) weightAtFloor += weight
    }

  return {
    largestWeights,
    dead: Array.from(largestWeights.keys()).filter(i => largestWeights[i]! <= threshold),
    scalesAtFloor: scalesAtFloor / scales.data.length,
    weightAtFloor: weightAtFloor / x.rows,
    nll: -mean(mixture.logDensity(target)),
    gaussianNll: gaussianNll(t),
    ...(oneComponent && { oneComponentNll: -mean(oneComponent.predict(x).logDensity(target)) }),
  }
}

/** Σₖ ½ log 2πe·Var tₖ with divisor n; −∞ if an output is constant. */
function gaussianNll(t: Matrix): number {
  let nll = 0
  for (let k = 0; k < t.cols; k++) {
    const column = Float64Array.from({ length: t.rows }, (_, i) => t.row(i)[k]!)
    const centre = mean(column)
    nll +=
      HALF_LOG_TWO_PI +
      0.5 +
      0.5 * log(mean(column.map(value => (value - centre) * (value - centre))))
  }
  return nll
}

function mean(values: Float64Array): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length
}
