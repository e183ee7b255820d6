import { cos, sigmoid, sin } from '../compute/elementary.js'
import { type M64, Matrix } from '../compute/matrix.js'
import { requireWhole } from '../compute/options.js'
import { findRoot } from '../compute/root.js'
import { LacunaError } from '../errors.js'
import { addScaled, addSelectedRows, dot } from './bits.js'
import type { ConditionalRbm } from './conditional-rbm.js'
import type { LikelihoodGradient } from './exact-gradient.js'
import { jointLayers } from './joint-layers.js'
import type { Likelihood } from './training-options.js'
import { transpose } from './transpose.js'

/** The most free visible and hidden bits together: tables of 2²⁰ probabilities. */
const MOST_BITS = 20

/** How far contrastive divergence is from the gradient it stands for. */
export interface ContrastiveBias {
  /** Between the two gradients, in radians, from 0 to π. */
  readonly angle: number
  /** ‖CD-k‖/‖exact‖. */
  readonly normRatio: number
}

/**
 * The bias of CD-k: what remains between its expectation and the exact gradient of the mean of
 * −log p, over all parameters, once no noise is left. The distribution p_k of the chains after k
 * sweeps is computed by passing probabilities, not samples, through the Gibbs sampler:
 *
 *   p(h) = Σ_v p_{k−1}(v) p(h|v)  and  p_k(v) = Σ_h p(h) p(v|h),
 *
 * from the examples themselves; v is (x, y), or y beside each example's x. (Carreira-Perpiñán &
 * Hinton 2005, "On contrastive divergence learning", measure the same.)
 *
 * @param sweeps k
 * @throws LACUNA_E_TOO_LARGE if the free visible and the hidden units are more than 20; LACUNA_E_SHAPE,
 *   LACUNA_E_NOT_FINITE, LACUNA_E_BITS or LACUNA_E_OPTION for unfit arguments
 *
 * @example
 * ```ts
 * contrastiveBias(rbm, x, y, 1).angle // falls towards 0 as the sweeps grow
 * ```
 */
export function contrastiveBias(
  rbm: ConditionalRbm,
  x: M64,
  y: M64,
  sweeps: number,
  likelihood: Likelihood = x.cols > 0 ? 'conditional' : 'joint',
): ContrastiveBias {
  requireWhole('sweeps', sweeps)
  const exact = likelihood === 'joint' ? rbm.jointGradient(x, y) : rbm.conditionalGradient(x, y)
  const contrastive = flat(expectedGradient(rbm, x, y, sweeps, likelihood))
  const truth = flat(exact)
  const [size, trueSize] = [norm(contrastive), norm(truth)]
  // The angle between unit vectors whose ends are 2 sin(θ/2) apart; exact near 0, as arccos is not.
  const chord = norm(truth.map((g, i) => g / trueSize - contrastive[i]! / size))
  const angle = findRoot(
    theta => ({ value: 2 * sin(theta / 2) - chord, slope: cos(theta / 2), noise: 1e-16 }),
    0,
    Math.PI,
  )
  return { angle, normRatio: size / trueSize }
}

/** The expectation of CD-k's direction: averages after k sweeps less averages over the examples. */
function expectedGradient(
  rbm: ConditionalRbm,
  x: M64,
  y: M64,
  sweeps: number,
  likelihood: Likelihood,
): Omit<LikelihoodGradient, 'nll'> {
  const { W, U, inputBias, outputBias, hiddenBias } = rbm
  const [d, share] = [W.rows, 1 / x.rows]
  if (likelihood === 'joint') {
    const { A, visibleBias } = jointLayers(rbm)
    const chain = new ExactChain(A, visibleBias, hiddenBias)
    const start = new Float64Array(chain.states)
    for (let n = 0; n < x.rows; n++) start[stateOf([...x.row(n), ...y.row(n)])]! += share
    const { visible, hidden, products } = chain.drift(start, sweeps)
    return {
      W: products.slice(0, d),
      U: products.slice(d, A.rows),
      inputBias: visible.subarray(0, d),
      outputBias: visible.subarray(d),
      hiddenBias: hidden,
    }
  }
  const zeros = (rows: number, cols: number) =>
    new Matrix(rows, cols, new Float64Array(rows * cols))
  const sum = {
    W: zeros(d, W.cols),
    U: zeros(U.rows, W.cols),
    inputBias: new Float64Array(inputBias.length),
    outputBias: new Float64Array(outputBias.length),
    hiddenBias: new Float64Array(hiddenBias.length),
  }
  for (let n = 0; n < x.rows; n++) {
    const q = hiddenBias.slice()
    addSelectedRows(q, x.row(n), W)
    const chain = new ExactChain(U, outputBias, q)
    const start = new Float64Array(chain.states)
    start[stateOf(y.row(n))] = share
    const { visible, hidden, products } = chain.drift(start, sweeps)
    addScaled(sum.U.data, products.data, 1)
    addScaled(sum.outputBias, visible, 1)
    addScaled(sum.hiddenBias, hidden, 1)
    for (let i = 0; i < d; i++) addScaled(sum.W.row(i), hidden, x.row(n)[i]!)
  }
  return sum
}

/** The distribution of a machine's visible bits as Gibbs sampling changes it, without sampling. */
class ExactChain {
  /** 2^f; in state s unit j is on where bit j of s is. */
  readonly states: number
  /** p(h_k = 1|v), a row for each v; p(v_j = 1|h), a row for each h. */
  readonly #hiddenGiven: M64
  readonly #visibleGiven: M64

  constructor(A: M64, alpha: Float64Array, q: Float64Array) {
    if (A.rows + A.cols > MOST_BITS)
      throw new LacunaError(
        'LACUNA_E_TOO_LARGE',
        `${A.rows} free visible and ${A.cols} hidden units have 2^${A.rows + A.cols} states, more than 2^${MOST_BITS}`,
        `Measure on a machine of at most ${MOST_BITS} units.`,
      )
    this.states = 2 ** A.rows
    this.#hiddenGiven = conditionals(A, q)
    this.#visibleGiven = conditionals(transpose(A), alpha)
  }

  /** Σ_v (p_k(v) − p_0(v))·(v, ĥ(v), v ĥ(v)ᵀ). */
  drift(start: Float64Array, sweeps: number) {
    const [f, K] = [this.#visibleGiven.cols, this.#hiddenGiven.cols]
    let p = start
    for (let sweep = 0; sweep < sweeps; sweep++)
      p = passOn(passOn(p, this.#hiddenGiven), this.#visibleGiven)
    const visible = new Float64Array(f)
    const hidden = new Float64Array(K)
    const products = new Matrix(f, K, new Float64Array(f * K))
    for (let s = 0; s < p.length; s++) {
      const change = p[s]! - start[s]!
      const h = this.#hiddenGiven.row(s)
      addScaled(hidden, h, change)
      for (let j = 0; j < f; j++) {
        if (((s >>> j) & 1) === 0) continue
        visible[j]! += change
        addScaled(products.row(j), h, change)
      }
    }
    return { visible, hidden, products }
  }
}

/** sigm(bias + Aᵀs) for each of the 2^m states s of A's rows. */
function conditionals(A: M64, bias: Float64Array): M64 {
  const states = 2 ** A.rows
  const table = new Matrix(states, A.cols, new Float64Array(states * A.cols))
  for (let s = 0; s < states; s++) {
    const row = table.row(s)
    row.set(bias)
    for (let j = 0; j < A.rows; j++) if ((s >>> j) & 1) addScaled(row, A.row(j), 1)
    row.set(row.map(sigmoid))
  }
  return table
}

/** p′(t) = Σ_s p(s) Π_i p(t_i|s), given the probabilities of each t_i = 1. */
function passOn(p: Float64Array, given: M64): Float64Array {
  const passed = new Float64Array(2 ** given.cols)
  const weights = new Float64Array(passed.length)
  for (let s = 0; s < p.length; s++) {
    if (p[s] === 0) continue
    weights[0] = p[s]!
    // With each further bit the states known so far part into those that have it and those that don't.
    for (let i = 0, known = 1; i < given.cols; i++, known *= 2) {
      const on = given.row(s)[i]!
      for (let t = 0; t < known; t++) {
        weights[known + t] = weights[t]! * on
        weights[t]! *= 1 - on
      }
    }
    addScaled(passed, weights, 1)
  }
  return passed
}

function stateOf(bits: ArrayLike<number>): number {
  let state = 0
  for (let j = 0; j < bits.length; j++) state += bits[j]! * 2 ** j
  return state
}

function flat(gradient: Omit<LikelihoodGradient, 'nll'>): Float64Array {
  const { W, U, inputBias, outputBias, hiddenBias } = gradient
  return Float64Array.of(...W.data, ...U.data, ...inputBias, ...outputBias, ...hiddenBias)
}

function norm(values: Float64Array): number {
  return Math.sqrt(dot(values, values))
}
