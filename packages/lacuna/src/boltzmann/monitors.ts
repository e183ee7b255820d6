import { softplus } from '../compute/elementary.js'
import { Activation, Mode } from '../compute/kernels.js'
import type { Workspace } from '../compute/workspace.js'
import { BitMatrix } from './bit-matrix.js'
import type { Examples } from './examples.js'
import type { LayerVector } from './training-layers.js'

/** Examples whose free energies are averaged. */
const MOST = 1000

/** Flips that a pseudo-likelihood may cost, times hidden units; some 10 ms. */
const FLIPS = 5_000_000

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

/** Watches a machine, as it is in training, on a sample of its examples. */
export class Monitor {
  readonly #workspace: Workspace
  readonly #layers: LayerVector
  readonly #clamped: number
  readonly #trained: Sample
  readonly #held: Sample
  /** Examples whose bits are flipped. */
  readonly #flipped: number
  /** −A and −α of the units that are not clamped. */
  readonly #minusA: Float32Array
  readonly #minusAlpha: Float32Array
  /** For each example and unit something about its flip on, and about its flip off. */
  readonly #on: Float32Array
  readonly #off: Float32Array

  /**
   * @param trained training examples, in random order
   * @param held validation examples, if there are any
   * @param clamped d where p(y|x) is learnt, 0 where p(x,y) is
   */
  constructor(
    workspace: Workspace,
    layers: LayerVector,
    trained: Examples,
    held: Examples,
    clamped: number,
  ) {
    const K = layers.q.length
    const free = layers.alpha.length - clamped
    this.#workspace = workspace
    this.#layers = layers
    this.#clamped = clamped
    this.#trained = new Sample(workspace, layers, trained)
    this.#held = new Sample(workspace, layers, held)
    this.#flipped = Math.min(this.#trained.rows, Math.ceil(FLIPS / (free * K)))
    this.#minusA = workspace.floats(free * K)
    this.#minusAlpha = workspace.floats(free)
    this.#on = workspace.floats(this.#flipped * free)
    this.#off = workspace.floats(this.#flipped * free)
  }

  watch(): Monitors {
    const freeEnergy = mean(this.#trained.freeEnergies())
    return {
      freeEnergy,
      freeEnergyGap: mean(this.#held.freeEnergies()) - freeEnergy,
      pseudoLogLikelihood: this.#pseudoLogLikelihood(),
      reconstructionError: this.#reconstructionError(),
    }
  }

  /** The mean of `pseudoLogLikelihood`: −Σ_j log(1 + e^(F(y) − F(ỹ_j))), ỹ_j being y with bit j flipped. */
  #pseudoLogLikelihood(): number {
    const { kernels } = this.#workspace
    const [rows, free, K] = [this.#flipped, this.#minusAlpha.length, this.#layers.q.length]
    const [A, alpha] = [this.#layers.A.subarray(this.#clamped * K), this.#freeBias]
    this.#minusA.set(A)
    kernels.scale(this.#minusA.byteOffset, -1, free * K)
    for (const [j, bias] of alpha.entries()) this.#minusAlpha[j] = -bias
    // Σ_k log(1 + e^(t_k ± A_jk)) ± α_j: what −F becomes by a flip, but for terms that both have.
    const t = this.#trained.logits.byteOffset
    const flip = (to: Float32Array, couplings: Float32Array, bias: Float32Array) =>
      kernels.classScores(
        ...[to.byteOffset, 0, t, couplings.byteOffset, bias.byteOffset],
        ...([rows, free, K] as const),
      )
    flip(this.#on, A, alpha)
    flip(this.#off, this.#minusA, this.#minusAlpha)
    let sum = 0
    for (let i = 0; i < rows; i++) {
      const before = this.#trained.softplusSum(i)
      for (let j = 0; j < free; j++) {
        const after = (this.#bit(i, j) === 1 ? this.#off : this.#on)[i * free + j]!
        sum -= softplus(after - before)
      }
    }
    return sum / rows
  }

  /** Mean square of v − p(v|ĥ) with ĥ = p(h|v). */
  #reconstructionError(): number {
    const { kernels } = this.#workspace
    const [rows, free, K] = [this.#flipped, this.#minusAlpha.length, this.#layers.q.length]
    const [h, p] = [this.#trained.logits.byteOffset, this.#on.byteOffset]
    const A = this.#layers.A.byteOffset + 4 * this.#clamped * K
    const alpha = this.#freeBias.byteOffset
    const { sigmoid } = Activation
    kernels.sigmoid(h, h, rows * K)
    kernels.product(p, free, rows, free, K, h, K, 1, A, 1, K, Mode.store, 1, alpha, sigmoid)
    let sum = 0
    for (let i = 0; i < rows; i++)
      for (let j = 0; j < free; j++) {
        const difference = this.#bit(i, j) - this.#on[i * free + j]!
        sum += difference * difference
      }
    return sum / (rows * free)
  }

  get #freeBias(): Float32Array {
    return this.#layers.alpha.subarray(this.#clamped)
  }

  #bit(row: number, unit: number): number {
    const { bits, cols } = this.#trained.v
    return bits[row * cols + this.#clamped + unit]!
  }
}

/** Some examples, and what a machine makes of them. */
class Sample {
  readonly rows: number
  readonly v: BitMatrix
  /** t = q + Aᵀv, by example. */
  readonly logits: Float32Array
  readonly #workspace: Workspace
  readonly #layers: LayerVector
  /** log(1 + e^t). */
  readonly #softplus: Float32Array
  /** αᵀv, by example. */
  readonly #visibleTerms: Float32Array

  /** Takes the first of the examples. */
  constructor(workspace: Workspace, layers: LayerVector, examples: Examples) {
    const K = layers.q.length
    this.rows = Math.min(examples.rows, MOST)
    this.#workspace = workspace
    this.#layers = layers
    this.v = new BitMatrix(workspace, this.rows, examples.cols)
    examples.gather(
      Uint32Array.from({ length: this.rows }, (_, i) => i),
      this.v.bits,
    )
    this.v.list(0, this.rows)
    this.logits = workspace.floats(this.rows * K)
    this.#softplus = workspace.floats(this.rows * K)
    this.#visibleTerms = workspace.floats(this.rows)
  }

  /** F = −αᵀv − Σ_k log(1 + e^t_k), with the machine as it is now. */
  freeEnergies(): Float64Array {
    const { rows } = this
    const { A, alpha, q } = this.#layers
    const K = q.length
    this.v.times(this.logits, 0, rows, { values: A, row: K, col: 1 }, K, { bias: q })
    this.v.times(this.#visibleTerms, 0, rows, { values: alpha, row: 1, col: 1 }, 1, {})
    const [to, t] = [this.#softplus.byteOffset, this.logits.byteOffset]
    this.#workspace.kernels.softplus(to, t, rows * K)
    return Float64Array.from(this.#visibleTerms, (term, i) => -term - this.softplusSum(i))
  }

  /** Σ_k log(1 + e^t_k) of an example. */
  softplusSum(row: number): number {
    const K = this.#layers.q.length
    let sum = 0
    for (let at = row * K; at < (row + 1) * K; at++) sum += this.#softplus[at]!
    return sum
  }
}

/** NaN of nothing. */
function mean(values: Float64Array): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length
}
