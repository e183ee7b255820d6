import { sigmoid } from '../compute/elementary.js'
import { requireKnown } from '../compute/known-options.js'
import { type M64, Matrix } from '../compute/matrix.js'
import { requireWhole } from '../compute/options.js'
import type { Random } from '../compute/random.js'
import { addSelectedRows } from './bits.js'
import type { ConditionalRbm } from './conditional-rbm.js'
import { completed, type FreeOutputs, freeOutputs, hiddenField } from './free-outputs.js'

/** How outputs are sampled. */
export interface SamplingOptions {
  /**
   * Sweeps from outputs thrown like fair coins, 0 to 10⁹; 100 by default. What is drawn has the
   * distribution p(y|x) in the limit of many; how many that takes grows with the weights.
   */
  readonly sweeps?: number
  /** n×c: 0 or 1 where an output is given and stays as it is, NaN where it is free. */
  readonly given?: M64
}

/**
 * Block Gibbs sampling of the free outputs v and the hidden units h of one example: each layer is
 * drawn at once, because given the other one its bits are independent. At an inverse temperature β
 * the distribution is p(v,h)^β.
 */
export class GibbsChain {
  readonly v: Float64Array
  readonly #h: Float64Array
  readonly #outputs: FreeOutputs

  /** Starts with outputs thrown like fair coins. */
  constructor(outputs: FreeOutputs, random: Random) {
    this.#outputs = outputs
    this.v = outputs.alpha.map(() => (random.uniform() < 0.5 ? 1 : 0))
    this.#h = new Float64Array(outputs.q.length)
  }

  /** h ~ p(h|v), v ~ p(v|h). Returns p(v_i = 1|h) of the draw. */
  sweep(random: Random, beta = 1): Float64Array {
    const { alpha, transposed } = this.#outputs
    const t = hiddenField(this.#outputs, this.v)
    for (let k = 0; k < t.length; k++) this.#h[k] = random.uniform() < sigmoid(beta * t[k]!) ? 1 : 0
    const p = alpha.slice()
    addSelectedRows(p, this.#h, transposed)
    for (let i = 0; i < p.length; i++) {
      p[i] = sigmoid(beta * p[i]!)
      this.v[i] = random.uniform() < p[i]! ? 1 : 0
    }
    return p
  }
}

/** One y for each row of x, at the end of a chain of its own. */
export function sampleOutputs(
  rbm: ConditionalRbm,
  x: M64,
  random: Random,
  options: SamplingOptions,
): M64 {
  requireKnown('sample', options, ['sweeps', 'given'])
  const { sweeps = 100, given } = options
  requireWhole('sweeps', sweeps, 0, 1e9)
  const y = new Matrix(x.rows, rbm.U.rows, new Float64Array(x.rows * rbm.U.rows))
  for (const [n, outputs] of freeOutputs(rbm, x, given).entries()) {
    const chain = new GibbsChain(outputs, random)
    for (let sweep = 0; sweep < sweeps; sweep++) chain.sweep(random)
    y.row(n).set(completed(outputs, chain.v))
  }
  return y
}
