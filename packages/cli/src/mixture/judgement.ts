import { Matrix, type MixtureDensityNetwork, splitExamples } from 'lacuna'
import { type Calibration, calibration, collapseReport } from 'lacuna/verification'
import type { Examples } from '../tables/examples.js'
import type { MixtureConfig } from './run.js'
import { VALIDATION } from './training.js'

/** How a network does on the rows kept aside, or, where there are none, on all. */
export type Judgement = {
  readonly rows: number
  /** Mean of −log p, in nats; and that of the best Gaussian that does not look at the inputs. */
  readonly nll: number
  readonly gaussianNll: number
  /** That of a network with one component, trained in the same way; of a mixture only. */
  readonly oneComponentNll?: number
  /** Components that never have a weight above 0.01, counted from 1. */
  readonly dead: readonly number[]
  /** Share of the weight that lies on components with a width at its floor. */
  readonly weightAtFloor: number
  /** With one output. */
  readonly calibration?: Omit<Calibration, 'histogram'> & { readonly histogram: readonly number[] }
}

/**
 * Judges a network.
 * @param oneComponent a network with one component to compare with
 */
export function judge(
  network: MixtureDensityNetwork,
  oneComponent: MixtureDensityNetwork | undefined,
  { seed }: MixtureConfig,
  data: Examples,
): Judgement {
  const { held, trained } = splitExamples(data.x.rows, VALIDATION, seed)
  const rows = held.length > 0 ? held : trained
  const [x, t] = [select(data.x, rows), select(data.t, rows)]
  const baseline = oneComponent ? { oneComponent } : {}
  const report = collapseReport(network, x, t, baseline)
  const { dead, weightAtFloor, nll, gaussianNll, oneComponentNll } = report
  const judgement = {
    rows: rows.length,
    nll,
    gaussianNll,
    ...(oneComponentNll !== undefined && { oneComponentNll }),
    dead: dead.map(component => component + 1),
    weightAtFloor,
  }
  if (t.cols > 1) return judgement
  const observed = new Matrix(t.rows, 1, Float64Array.from(t.data))
  const { histogram, coverage, crps } = calibration(network.predict(x), observed)
  return { ...judgement, calibration: { histogram: [...histogram], coverage, crps } }
}

function select(matrix: Matrix, rows: Uint32Array): Matrix {
  const selected = new Matrix(rows.length, matrix.cols)
  for (const [i, row] of rows.entries()) selected.row(i).set(matrix.row(row))
  return selected
}
