import { type M64, Matrix } from '../compute/matrix.js'
import type { ConditionalRbm } from './conditional-rbm.js'

/**
 * A conditional machine as a plain one: v = (x, y) is one visible layer, its couplings A to the
 * hidden layer are W over U, (d+c)×K, and its biases a and then b. So E = −vᵀAh − (a,b)ᵀv − qᵀh.
 */
export function jointLayers(rbm: ConditionalRbm): { A: M64; visibleBias: Float64Array } {
  const { W, U } = rbm
  return {
    A: new Matrix(W.rows + U.rows, W.cols, concatenate(W.data, U.data)),
    visibleBias: concatenate(rbm.inputBias, rbm.outputBias),
  }
}

function concatenate(first: Float64Array, second: Float64Array): Float64Array {
  const both = new Float64Array(first.length + second.length)
  both.set(first)
  both.set(second, first.length)
  return both
}
