import { exp, sigmoid } from '../compute/elementary.js'
import { type M64, Matrix } from '../compute/matrix.js'
import { classScores, hiddenLogits, logSoftmax } from './class-scores.js'
import type { ClassificationRbm } from './classification-rbm.js'

/** The mean of −log p(y|x) (nats) and its derivatives with respect to all parameters. */
export interface ClassificationGradient {
  readonly nll: number
  /** d×K. */
  readonly W: M64
  /** C×K. */
  readonly U: M64
  /** All 0: given x, its own biases say nothing. */
  readonly inputBias: Float64Array
  readonly classBias: Float64Array
  readonly hiddenBias: Float64Array
}

/**
 * The gradient of the mean of −log p(y|x) in closed form (Larochelle & Bengio 2008, equation 6). With
 * s_yk = p(h_k = 1|x,y) and e_y = p(y|x) − 1_{y is the class}, an example adds
 *
 *   ∂b_y: e_y   ∂U_yk: e_y s_yk   ∂q_k: Σ_y e_y s_yk   ∂W_ik: xᵢ Σ_y e_y s_yk.
 */
export function classificationGradient(
  { W, U, classBias, hiddenBias }: ClassificationRbm,
  x: Matrix<Float32Array | Float64Array>,
  labels: ArrayLike<number>,
): ClassificationGradient {
  const like = (A: M64) => new Matrix(A.rows, A.cols, new Float64Array(A.data.length))
  const gradient = {
    W: like(W),
    U: like(U),
    inputBias: new Float64Array(W.rows),
    classBias: new Float64Array(U.rows),
    hiddenBias: new Float64Array(U.cols),
  }
  let nll = 0
  const delta = new Float64Array(U.cols)
  for (let n = 0; n < x.rows; n++) {
    const t = hiddenLogits(x.row(n), W, hiddenBias)
    const logP = logSoftmax(classScores(t, U, classBias))
    nll -= logP[labels[n]!]! / x.rows
    delta.fill(0)
    for (let y = 0; y < U.rows; y++) {
      const e = (exp(logP[y]!) - (labels[n] === y ? 1 : 0)) / x.rows
      const [u, du] = [U.row(y), gradient.U.row(y)]
      gradient.classBias[y]! += e
      for (let k = 0; k < t.length; k++) {
        const term = e * sigmoid(t[k]! + u[k]!)
        du[k]! += term
        delta[k]! += term
      }
    }
    for (let k = 0; k < delta.length; k++) gradient.hiddenBias[k]! += delta[k]!
    for (let i = 0; i < x.cols; i++) {
      const [x_i, dw] = [x.row(n)[i]!, gradient.W.row(i)]
      for (let k = 0; k < delta.length; k++) dw[k]! += x_i * delta[k]!
    }
  }
  return { ...gradient, nll }
}
