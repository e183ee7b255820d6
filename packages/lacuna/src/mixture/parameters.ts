import { type M64, requireFinite, requireShape } from '../compute/matrix.js'
import { LacunaError } from '../errors.js'

/** The squares of these, and of the ratio of one to a number near 1, are within float64. */
const LEAST_SCALE = 1e-150
const MOST_SCALE = 1e150

/**
 * Checks the parameters of mixtures: logits n×m, means n×(m·c), scales n×m or n×(m·c), m, c ≥ 1.
 * @throws LACUNA_E_SHAPE, LACUNA_E_NOT_FINITE, or LACUNA_E_OPTION if a scale is not from 1e-150 to
 *   1e150
 */
export function requireParameters(logits: M64, means: M64, scales: M64): void {
  const { rows: n, cols: m } = logits
  if (m === 0 || means.cols === 0 || means.cols % m !== 0)
    throw new LacunaError(
      'LACUNA_E_SHAPE',
      `${means.cols} means cannot belong to ${m} components with as many outputs each`,
      'Give logits n×m with m ≥ 1, and means n×(m·c) with c ≥ 1: column i·c + k is output k of component i.',
    )
  requireShape('means', means, n, means.cols)
  requireShape('scales', scales, n, scales.cols === means.cols ? means.cols : m)
  requireFinite('logits', logits)
  requireFinite('means', means)
  requireFinite('scales', scales)
  const at = scales.data.findIndex(scale => !(scale >= LEAST_SCALE && scale <= MOST_SCALE))
  if (at >= 0)
    throw new LacunaError(
      'LACUNA_E_OPTION',
      `scales holds ${scales.data[at]} at row ${Math.floor(at / scales.cols)}, column ${at % scales.cols}`,
      'A scale is a standard deviation: above 0, and from 1e-150 to 1e150 so that its square exists.',
    )
}
