import { sigmoid } from '../compute/elementary.js'
import { type M64, Matrix } from '../compute/matrix.js'
import { dot } from './bits.js'
import { ConditionalRbm } from './conditional-rbm.js'
import type { Examples } from './examples.js'
import { jointLayers } from './joint-layers.js'
import { pseudoLogLikelihood } from './pseudo-likelihood.js'

/** Examples whose free energies are averaged. */
const MOST = 1000

/** Flips that a pseudo-likelihood may cost, times hidden units; some 20 ms. */
const FLIPS = 10_000_000

/** What is watched while a machine learns. */
export interface Monitors {
  /** Mean of F(x,y) over up to 1,000 training examples. */
  readonly freeEnergy: number
  /**
   * Mean F over up to 1,000 validation examples less that over the training examples; NaN if there
   * are none. While it grows, training data become more probable faster than others do: the machine
   * overfits (Hinton 2012, "A practical guide to training restricted Boltzmann machines", section 6).
   */
  readonly freeEnergyGap: number
  /** Mean of `pseudoLogLikelihood` over some training examples, in nats; of all bits or, given x, of y. */
  readonly pseudoLogLikelihood: number
  /** Mean square of v − p(v|ĥ), ĥ = p(h|v), a bit, over the same examples; not what is minimised. */
  readonly reconstructionError: number
}

/** Watches a machine on a sample of its examples. */
export class Monitor {
  readonly #clamped: number
  readonly #trained: { x: M64; y: M64 }
  readonly #held: { x: M64; y: M64 }

  /**
   * @param trained training examples, in random order
   * @param held validation examples, if there are any
   * @param clamped d where p(y|x) is learnt, 0 where p(x,y) is
   */
  constructor(trained: Examples, held: Examples, clamped: number) {
    const first = ({ rows }: Examples) =>
      Uint32Array.from({ length: Math.min(rows, MOST) }, (_, i) => i)
    this.#clamped = clamped
    this.#trained = trained.split(first(trained), clamped)
    this.#held = held.split(first(held), clamped)
  }

  watch(machine: ConditionalRbm): Monitors {
    const rbm = this.#clamped > 0 ? machine : plain(machine)
    const { x, y } = this.#trained
    const freeEnergy = mean(rbm.freeEnergy(x, y))
    const affordable = Math.ceil(FLIPS / Math.max(1, rbm.U.data.length))
    const rows = Math.min(x.rows, affordable)
    const some = { x: first(x, rows), y: first(y, rows) }
    return {
      freeEnergy,
      freeEnergyGap: mean(rbm.freeEnergy(this.#held.x, this.#held.y)) - freeEnergy,
      pseudoLogLikelihood: mean(pseudoLogLikelihood(rbm, some.x, some.y)),
      reconstructionError: reconstructionError(rbm, some.x, some.y),
    }
  }
}

/** Mean square of y − p(y|ĥ) with ĥ = p(h|x,y). */
function reconstructionError(rbm: ConditionalRbm, x: M64, y: M64): number {
  const h = rbm.hiddenGiven(x, y)
  const squares = y.data.map((y_j, at) => {
    const [n, j] = [Math.floor(at / y.cols), at % y.cols]
    const difference = y_j - sigmoid(rbm.outputBias[j]! + dot(rbm.U.row(j), h.row(n)))
    return difference * difference
  })
  return mean(squares)
}

/** The same machine with all its visible bits as outputs. */
function plain(rbm: ConditionalRbm): ConditionalRbm {
  const { A, visibleBias } = jointLayers(rbm)
  const W = new Matrix(0, A.cols, new Float64Array(0))
  return ConditionalRbm.from({
    W,
    U: A,
    outputBias: visibleBias,
    hiddenBias: rbm.hiddenBias,
  })
}

/** NaN of nothing. */
function mean(values: Float64Array): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length
}

/** The first rows of x, which may have no columns. */
function first(x: M64, rows: number): M64 {
  return new Matrix(rows, x.cols, x.data.subarray(0, rows * x.cols))
}
