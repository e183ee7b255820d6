import type { ColumnNames, MixtureDensityNetwork } from 'lacuna'
import { numbers } from '../tables/cells.js'
import type { Answers } from '../tables/predictions.js'

/**
 * What a mixture density network says of a row: mean and standard deviation of each output,
 * quantiles, and the modes, whose places and weights stand in one cell each, separated by
 * semicolons, the densest mode first.
 *
 * @param quantiles their probabilities; none with several outputs
 */
export function mixtureAnswers(
  network: MixtureDensityNetwork,
  columns: ColumnNames,
  quantiles: readonly number[],
): Answers {
  const { outputs } = columns
  return {
    columns,
    cells: numbers,
    settings: { quantiles },
    rows: 1000,
    heading: [
      ...outputs.flatMap(name => [`${name}_mean`, `${name}_sd`]),
      ...quantiles.map(p => `${outputs[0]}_q${p}`),
      ...outputs.map(name => `${name}_modes`),
      'mode_weights',
    ],
    logLikelihood: { column: 'log_density', mean: 'meanLogDensity' },
    answer(x, observed) {
      const mixture = network.predict(x)
      const [mean, variance, modes] = [mixture.mean(), mixture.variance(), mixture.modes()]
      const quantile = quantiles.map(p => mixture.quantile(p))
      const lines = modes.map((modes, i) => [
        ...outputs.flatMap((_, k) => [mean.row(i)[k]!, Math.sqrt(variance.row(i)[k]!)]).map(String),
        ...quantile.map(each => String(each[i])),
        ...outputs.map((_, k) => modes.map(({ location }) => location[k]).join(';')),
        modes.map(({ weight }) => weight).join(';'),
      ])
      return { lines, ...(observed && { logLikelihood: mixture.logDensity(observed) }) }
    },
  }
}
