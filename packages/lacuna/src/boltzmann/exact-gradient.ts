import { sigmoid } from '../compute/elementary.js'
import { type M64, Matrix } from '../compute/matrix.js'
import { addScaled, addSelectedRows, dot } from './bits.js'
import type { ConditionalRbm } from './conditional-rbm.js'
import { Enumeration } from './enumeration.js'
import { jointLayers } from './joint-layers.js'

/** A mean negative log-likelihood (nats) and its derivatives with respect to all parameters. */
export interface LikelihoodGradient {
  readonly nll: number
  /** d×K. */
  readonly W: M64
  /** c×K. */
  readonly U: M64
  readonly inputBias: Float64Array
  readonly outputBias: Float64Array
  readonly hiddenBias: Float64Array
}

/**
 * The gradient of the mean of −log p(y|x) = F(x,y) + log Z(x). With ĥ = p(h = 1|x,y) and ⟨·⟩ₓ the
 * expectation under p(y,h|x), an example adds
 *
 *   ∂W_ik: xᵢ(⟨h_k⟩ₓ − ĥ_k)   ∂U_jk: ⟨y_j h_k⟩ₓ − y_j ĥ_k   ∂b_j: ⟨y_j⟩ₓ − y_j   ∂q_k: ⟨h_k⟩ₓ − ĥ_k
 *
 * and nothing to ∂a, on which p(y|x) does not depend. Contrastive divergence replaces ⟨·⟩ₓ by what
 * a few Gibbs steps from y give; here it is summed exactly.
 */
export function conditionalGradient(rbm: ConditionalRbm, x: M64, y: M64): LikelihoodGradient {
  const gradient = zeros(rbm)
  const enumeration = new Enumeration(rbm.U)
  const share = 1 / x.rows
  const free = rbm.freeEnergy(x, y)
  let nll = 0
  for (let n = 0; n < x.rows; n++) {
    const hiddenBias = rbm.hiddenBias.slice()
    addSelectedRows(hiddenBias, x.row(n), rbm.W)
    const model = enumeration.moments(rbm.outputBias, hiddenBias)
    nll += share * (free[n]! + dot(rbm.inputBias, x.row(n)) + model.logPartition)
    addDataTerm(gradient, rbm, x.row(n), y.row(n), share)
    addOuter(gradient.W, x.row(n), model.hidden, share)
    addScaled(gradient.U.data, model.products.data, share)
    addScaled(gradient.outputBias, model.visible, share)
    addScaled(gradient.hiddenBias, model.hidden, share)
  }
  return { ...gradient, nll }
}

/**
 * The gradient of the mean of −log p(x,y) = F(x,y) + log Z. With ⟨·⟩ the expectation under p(x,y,h),
 *
 *   ∂W_ik: ⟨xᵢh_k⟩ − xᵢĥ_k   ∂U_jk: ⟨y_j h_k⟩ − y_j ĥ_k   ∂a: ⟨x⟩ − x   ∂b: ⟨y⟩ − y   ∂q: ⟨h⟩ − ĥ.
 */
export function jointGradient(rbm: ConditionalRbm, x: M64, y: M64): LikelihoodGradient {
  const gradient = zeros(rbm)
  const { A, visibleBias } = jointLayers(rbm)
  const model = new Enumeration(A).moments(visibleBias, rbm.hiddenBias)
  const d = rbm.W.rows
  addScaled(gradient.W.data, model.products.slice(0, d).data, 1)
  addScaled(gradient.U.data, model.products.slice(d, A.rows).data, 1)
  addScaled(gradient.inputBias, model.visible.subarray(0, d), 1)
  addScaled(gradient.outputBias, model.visible.subarray(d), 1)
  addScaled(gradient.hiddenBias, model.hidden, 1)
  const share = 1 / x.rows
  const free = rbm.freeEnergy(x, y)
  let nll = model.logPartition
  for (let n = 0; n < x.rows; n++) {
    nll += share * free[n]!
    addScaled(gradient.inputBias, x.row(n), -share)
    addDataTerm(gradient, rbm, x.row(n), y.row(n), share)
  }
  return { ...gradient, nll }
}

function zeros(rbm: ConditionalRbm): Omit<LikelihoodGradient, 'nll'> {
  const like = (A: M64) => new Matrix(A.rows, A.cols, new Float64Array(A.data.length))
  return {
    W: like(rbm.W),
    U: like(rbm.U),
    inputBias: new Float64Array(rbm.W.rows),
    outputBias: new Float64Array(rbm.U.rows),
    hiddenBias: new Float64Array(rbm.W.cols),
  }
}

/** Adds share·∂F(x,y) but for ∂a: −xĥᵀ, −yĥᵀ, −y and −ĥ, the same for both likelihoods. */
function addDataTerm(
  gradient: Omit<LikelihoodGradient, 'nll'>,
  rbm: ConditionalRbm,
  x: Float64Array,
  y: Float64Array,
  share: number,
): void {
  const h = rbm.hiddenBias.slice()
  addSelectedRows(h, x, rbm.W)
  addSelectedRows(h, y, rbm.U)
  for (let k = 0; k < h.length; k++) h[k] = sigmoid(h[k]!)
  addOuter(gradient.W, x, h, -share)
  addOuter(gradient.U, y, h, -share)
  addScaled(gradient.outputBias, y, -share)
  addScaled(gradient.hiddenBias, h, -share)
}

/** out += factor·s hᵀ for a vector s of bits. */
function addOuter(out: M64, s: Float64Array, h: Float64Array, factor: number): void {
  for (let j = 0; j < s.length; j++) if (s[j] === 1) addScaled(out.row(j), h, factor)
}
