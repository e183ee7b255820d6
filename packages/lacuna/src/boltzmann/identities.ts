import { exp } from '../compute/elementary.js'
import type { Identity } from '../compute/identity.js'
import { Matrix } from '../compute/matrix.js'
import type { Random } from '../compute/random.js'
import { addSelectedRows, dot } from './bits.js'
import { classificationIdentities } from './classification-identities.js'
import { ConditionalRbm } from './conditional-rbm.js'
import { Enumeration, type Side } from './enumeration.js'
import type { LikelihoodGradient } from './exact-gradient.js'
import { jointLayers } from './joint-layers.js'
import { JointTable } from './joint-table.js'

/** Bits of x, y and h: a table of 2¹⁰ states. */
const [D, C, K] = [3, 3, 4]

/** Step of the finite differences. */
const STEP = 2 ** -11

/**
 * The third derivatives of log Z, log Z(x) and F with respect to a parameter are third cumulants of
 * a bit, p(1−p)(1−2p), and so at most 1/(6√3).
 */
const THIRD_CUMULANT = 0.0963

/**
 * Checks the identities of the sheet's exercise 2, and the exact sums that stand on them, at random
 * parameters: on a machine without biases, as in the sheet, and on one with all of them. The
 * reference is the table of all p(x,y,h), added up and divided as the definitions say.
 *
 * The tolerances follow from rounding: probabilities and logarithms agree to r, the table's own
 * (`JointTable.rounding`). A central difference of step s is off by s²/6 times the
 * third derivatives of F and of log Z, and by r/s.
 *
 * @example
 * ```ts
 * for (const { identity, ok } of boltzmannIdentities(new Random(1))) console.log(identity, ok)
 * ```
 */
export function boltzmannIdentities(random: Random): Identity[] {
  const cases = [false, true].map(withBiases => {
    const rbm = randomMachine(random, withBiases)
    return { rbm, table: new JointTable(rbm) }
  })
  const rounding = Math.max(...cases.map(({ table }) => table.rounding))
  const differences = (STEP * STEP * THIRD_CUMULANT) / 3 + rounding / STEP

  const check = (
    identity: string,
    method: string,
    tolerance: number,
    errorOf: (rbm: ConditionalRbm, table: JointTable) => number,
  ): Identity => {
    const error = Math.max(...cases.map(({ rbm, table }) => errorOf(rbm, table)))
    return { identity, method, error, tolerance, ok: error <= tolerance }
  }
  const byTable = 'table of all p(x,y,h)'
  const byDifferences = 'central differences of the table of all p(x,y,h)'

  return [
    check('2(a)(i) p(h_k=1|x,y) = sigm(xᵀW_:k + yᵀU_:k)', byTable, rounding, (rbm, table) => {
      const { x, y } = table.masks
      return largestDifference(
        rbm.hiddenGiven(table.x, table.y).data,
        probabilities(table, D + C, K, x | y),
      )
    }),
    check('2(a)(ii) p(y_j=1|h,x) = sigm(U_j:h)', byTable, rounding, (rbm, table) => {
      const { x, h } = table.masks
      return largestDifference(rbm.outputGiven(table.h).data, probabilities(table, D, C, x | h))
    }),
    check('2(b) p(x,y) = exp(−F(x,y))/Z', byTable, rounding, (rbm, table) => {
      const { x, y } = table.masks
      const free = rbm.freeEnergy(table.x, table.y)
      const logP = free.map(F => -F - table.logPartition)
      return largestDifference(table.logProbability(x | y), logP)
    }),
    check('p(y|x) = exp(−F(x,y))/Z(x)', byTable, rounding, (rbm, table) => {
      const { x, y } = table.masks
      const [joint, inputs] = [table.logProbability(x | y), table.logProbability(x)]
      const logP = joint.map((value, s) => value - inputs[s]!)
      return largestDifference(rbm.conditionalLogProbability(table.y, table.x), logP)
    }),
    check('Σ_x Σ_y p(x,y) = 1', 'sum over all x and y', rounding, (rbm, table) => {
      const logP = rbm.logProbability(table.x, table.y) // each (x,y) as often as there are h
      return Math.abs(logP.reduce((sum, value) => sum + exp(value), 0) / 2 ** K - 1)
    }),
    check('Z = Σ over (x,y) = Σ over h', byTable, rounding, (rbm, table) => {
      const { A, visibleBias } = jointLayers(rbm)
      const error = (side: Side) =>
        new Enumeration(A, side).logPartition(visibleBias, rbm.hiddenBias) - table.logPartition
      return Math.max(Math.abs(error('visible')), Math.abs(error('hidden')))
    }),
    check('Z(x) = Σ over y = Σ over h', byTable, rounding, (rbm, table) => {
      const logP = table.logProbability(table.masks.x)
      const logZ = (side: Side) =>
        logP.map((_, s) => {
          const x = table.x.row(s)
          const hiddenBias = rbm.hiddenBias.slice()
          addSelectedRows(hiddenBias, x, rbm.W)
          const given = new Enumeration(rbm.U, side).logPartition(rbm.outputBias, hiddenBias)
          return dot(rbm.inputBias, x) + given
        })
      const expected = logP.map(value => value + table.logPartition)
      return Math.max(
        largestDifference(logZ('visible'), expected),
        largestDifference(logZ('hidden'), expected),
      )
    }),
    check('p(y_j=1|x) = Σ_y y_j p(y|x)', byTable, rounding, (rbm, table) =>
      largestDifference(
        rbm.outputMarginals(table.x).data,
        probabilities(table, D, C, table.masks.x),
      ),
    ),
    check('∂(−log p(y|x))', byDifferences, differences, (rbm, table) => {
      const { x, y } = table.masks
      return gradientError(rbm, rbm.conditionalGradient(table.x, table.y), moved => {
        const [joint, inputs] = [moved.logProbability(x | y), moved.logProbability(x)]
        return mean(inputs) - mean(joint)
      })
    }),
    check('∂(−log p(x,y))', byDifferences, differences, (rbm, table) => {
      const { x, y } = table.masks
      return gradientError(
        rbm,
        rbm.jointGradient(table.x, table.y),
        moved => -mean(moved.logProbability(x | y)),
      )
    }),
    ...classificationIdentities(random),
  ]
}

/** A machine with standard normal parameters; its biases are 0 unless asked for. */
function randomMachine(random: Random, withBiases: boolean): ConditionalRbm {
  const normal = (length: number) => Float64Array.from({ length }, () => random.normal())
  const couplings = { W: new Matrix(D, K, normal(D * K)), U: new Matrix(C, K, normal(C * K)) }
  return ConditionalRbm.from(
    withBiases
      ? { ...couplings, inputBias: normal(D), outputBias: normal(C), hiddenBias: normal(K) }
      : couplings,
  )
}

/** p(bit = 1 | the bits under the mask) of `count` bits from `first` on, one state a row. */
function probabilities(
  table: JointTable,
  first: number,
  count: number,
  mask: number,
): Float64Array {
  const states = table.energy.length
  const result = new Float64Array(states * count)
  for (let i = 0; i < count; i++)
    table.probabilityGiven(1 << (first + i), mask).forEach((value, s) => {
      result[s * count + i] = value
    })
  return result
}

/** The largest difference of a gradient from central differences of the nll that a table gives. */
function gradientError(
  rbm: ConditionalRbm,
  gradient: LikelihoodGradient,
  nll: (table: JointTable) => number,
): number {
  const names = ['W', 'U', 'inputBias', 'outputBias', 'hiddenBias'] as const
  const valuesOf = (of: ConditionalRbm | LikelihoodGradient, name: (typeof names)[number]) => {
    const values = of[name]
    return values instanceof Matrix ? values.data : values
  }
  const nllAt = (name: (typeof names)[number], at: number, step: number) => {
    const moved = ConditionalRbm.from(rbm) // the table asks it for energies only: no log Z goes stale
    valuesOf(moved, name)[at]! += step
    return nll(new JointTable(moved))
  }
  const errors = names.flatMap(name =>
    Array.from(valuesOf(gradient, name), (slope, at) =>
      Math.abs((nllAt(name, at, STEP) - nllAt(name, at, -STEP)) / (2 * STEP) - slope),
    ),
  )
  return Math.max(...errors)
}

function mean(values: Float64Array): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length
}

function largestDifference(a: Float64Array, b: Float64Array): number {
  return a.reduce((most, value, i) => Math.max(most, Math.abs(value - b[i]!)), 0)
}
