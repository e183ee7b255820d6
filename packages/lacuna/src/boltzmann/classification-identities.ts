import { exp, log } from '../compute/elementary.js'
import type { Identity } from '../compute/identity.js'
import { type M64, Matrix } from '../compute/matrix.js'
import type { Random } from '../compute/random.js'
import { ClassificationRbm } from './classification-rbm.js'
import { ConditionalRbm } from './conditional-rbm.js'
import { JointTable } from './joint-table.js'

/** Bits of x and h, and the number of classes. */
const [D, C, K] = [3, 3, 4]

/** Step of the finite differences. */
const STEP = 2 ** -11

/** The largest third cumulant of a bit, 1/(6√3): see `boltzmannIdentities`. */
const THIRD_CUMULANT = 0.0963

/**
 * Checks p(y|x) and ∂(−log p(y|x)) of a classification machine at random parameters. The reference
 * is a conditional machine with the same parameters: from the table of all its p(x,y,h) those of a y
 * with one bit on are taken, added up and divided. Tolerances as in `boltzmannIdentities`.
 */
export function classificationIdentities(random: Random): Identity[] {
  const normal = (rows: number, cols: number) =>
    new Matrix(
      rows,
      cols,
      Float64Array.from({ length: rows * cols }, () => random.normal()),
    )
  const parameters = {
    W: normal(D, K),
    U: normal(C, K),
    inputBias: normal(1, D),
    classBias: normal(1, C),
    hiddenBias: normal(1, K),
  }
  const rbm = ClassificationRbm.from(parameters)
  const { x, labels, logP, rounding } = fromTable(parameters)
  const found = rbm.logProbabilities(x)
  const worst = labels.reduce(
    (most, y, n) => Math.max(most, Math.abs(found.row(n)[y]! - logP[n]!)),
    0,
  )

  const gradient = rbm.conditionalGradient(x, labels)
  const nll = () => -fromTable(parameters).logP.reduce((sum, value) => sum + value / x.rows, 0)
  let worstSlope = 0
  for (const name of ['W', 'U', 'inputBias', 'classBias', 'hiddenBias'] as const) {
    const { data } = parameters[name]
    const slopes = gradient[name] instanceof Matrix ? gradient[name].data : gradient[name]
    for (const [at, kept] of data.entries()) {
      data[at] = kept + STEP
      const above = nll()
      data[at] = kept - STEP
      const slope = (above - nll()) / (2 * STEP)
      data[at] = kept
      worstSlope = Math.max(worstSlope, Math.abs(slope - slopes[at]!))
    }
  }
  const differences = (STEP * STEP * THIRD_CUMULANT) / 3 + rounding / STEP
  return [
    {
      identity: 'p(y|x) = softmax_y(b_y + Σ_k log(1 + e^(q_k + xᵀW_:k + U_yk)))',
      method: 'table of all p(x,y,h), one y_j = 1',
      error: worst,
      tolerance: rounding,
      ok: worst <= rounding,
    },
    {
      identity: '∂(−log p(y|x)) of one class of C',
      method: 'central differences of that table',
      error: worstSlope,
      tolerance: differences,
      ok: worstSlope <= differences,
    },
  ]
}

/** log p(y|x) for all x and every class y, from the table of a conditional machine. */
function fromTable(parameters: Record<'W' | 'U' | 'inputBias' | 'classBias' | 'hiddenBias', M64>): {
  x: M64
  labels: number[]
  logP: number[]
  rounding: number
} {
  const { classBias: outputBias, ...others } = parameters
  const table = new JointTable(ConditionalRbm.from({ ...others, outputBias }))
  const logJoint = table.logProbability(table.masks.x | table.masks.y)
  const states = Array.from({ length: 2 ** D * C }, (_, n) => {
    const [inputs, label] = [Math.floor(n / C), n % C]
    return { inputs, label, logP: logJoint[inputs | (1 << (D + label))]! }
  })
  const sums = new Float64Array(2 ** D)
  for (const { inputs, logP } of states) sums[inputs]! += exp(logP)
  const x = new Matrix(states.length, D, new Float64Array(states.length * D))
  for (const [n, { inputs }] of states.entries()) x.row(n).set(table.x.row(inputs))
  const most = table.energy.reduce((a, E) => Math.max(a, Math.abs(E)), 0)
  return {
    x,
    labels: states.map(({ label }) => label),
    logP: states.map(({ inputs, logP }) => logP - log(sums[inputs]!)),
    rounding: 2 ** (D + C + K) * Number.EPSILON * (1 + most),
  }
}
