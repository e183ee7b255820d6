import { type M64, Matrix } from '../compute/matrix.js'
import type { Workspace } from '../compute/workspace.js'
import { ConditionalRbm } from './conditional-rbm.js'
import type { LikelihoodGradient } from './exact-gradient.js'
import { jointLayers } from './joint-layers.js'

/**
 * One number for each parameter of a machine, in float32 and in the kernels' memory: v = (x, y) is
 * one visible layer, as in `jointLayers`. So one vector holds the machine, another its gradient,
 * another the optimiser's velocity.
 */
export class LayerVector {
  /** A, α and q one behind the other. */
  readonly all: Float32Array
  /** W over U, (d+c)×K. */
  readonly A: Float32Array
  /** a and b. */
  readonly alpha: Float32Array
  readonly q: Float32Array

  constructor(workspace: Workspace, visible: number, hidden: number) {
    const couplings = visible * hidden
    this.all = workspace.floats(couplings + visible + hidden)
    this.A = this.all.subarray(0, couplings)
    this.alpha = this.all.subarray(couplings, couplings + visible)
    this.q = this.all.subarray(couplings + visible)
  }

  /** Takes over a machine's parameters. */
  adopt(rbm: ConditionalRbm): void {
    const { A, visibleBias } = jointLayers(rbm)
    this.A.set(A.data)
    this.alpha.set(visibleBias)
    this.q.set(rbm.hiddenBias)
  }

  /** The gradient of a likelihood, in this order. */
  adoptGradient({ W, U, inputBias, outputBias, hiddenBias }: LikelihoodGradient): void {
    this.A.set(W.data)
    this.A.set(U.data, W.data.length)
    this.alpha.set(inputBias)
    this.alpha.set(outputBias, inputBias.length)
    this.q.set(hiddenBias)
  }

  /** A machine of so many inputs with these parameters. */
  machine(inputs: number): ConditionalRbm {
    const K = this.q.length
    const rows = (start: number, end: number): M64 =>
      new Matrix(end - start, K, Float64Array.from(this.A.subarray(start * K, end * K)))
    return ConditionalRbm.from({
      W: rows(0, inputs),
      U: rows(inputs, this.alpha.length),
      inputBias: this.alpha.subarray(0, inputs),
      outputBias: this.alpha.subarray(inputs),
      hiddenBias: this.q,
    })
  }
}
