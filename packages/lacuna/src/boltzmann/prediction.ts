import { requireKnown } from '../compute/known-options.js'
import { type M64, Matrix } from '../compute/matrix.js'
import { requireWhole } from '../compute/options.js'
import type { Random } from '../compute/random.js'
import { LacunaError } from '../errors.js'
import { annealedSearch } from './annealed-search.js'
import type { ConditionalRbm } from './conditional-rbm.js'
import { Enumeration, MOST_BITS } from './enumeration.js'
import { completed, type FreeOutputs, freeOutputs, logWeight } from './free-outputs.js'
import { GibbsChain } from './gibbs.js'

/** With a source of random numbers at hand, no more bits than this are enumerated: a second an example. */
const PROMPT_BITS = 20

/** What is known, and what to do where an exact answer is out of reach. */
export interface PredictionOptions {
  /** n×c: 0 or 1 where an output is given, NaN where it is free; all are free if left out. */
  readonly given?: M64
  /**
   * Allows answers that are not exact. Without it everything is enumerated, up to 2²⁸ states, and
   * LACUNA_E_TOO_LARGE is thrown beyond; with it only up to 2²⁰, and what is beyond is sampled.
   */
  readonly random?: Random
  /** Chains of Gibbs sweeps for an example, 1 to 10⁶; default 20. */
  readonly chains?: number
  /** Sweeps in a chain, 2 to 10⁹; default 200. */
  readonly sweeps?: number
}

/** Answers, one example a row. With `given`, all is conditional on it too. */
export interface OutputPrediction {
  /** p(y_j = 1|x), n×c. */
  readonly marginals: M64
  /** Whether an example's marginals are exact, not means over Gibbs samples. */
  readonly exact: boolean[]
  /** The most probable y, n×c; or of several equally probable ones the first that was met. */
  readonly best: M64
  /** Whether every y was compared, so that none is more probable. */
  readonly proven: boolean[]
  /** log p(best|x); NaN where neither layer can be enumerated. */
  readonly logProbability: Float64Array
}

/** One way in which the outputs of an example may be. */
export interface Completion {
  /** All c outputs, the given ones included. */
  readonly y: Float64Array
  /** F(x,y). */
  readonly freeEnergy: number
  /** log p(y|x), given what is given; NaN where neither layer can be enumerated. */
  readonly logProbability: number
}

/** An example's most probable outputs. */
interface Ranking {
  readonly completions: Completion[]
  readonly proven: boolean
}

const questionOptions = ['given', 'random', 'chains', 'sweeps'] as const

/**
 * Marginals and the most probable y. What the two ask for differs. Marginals, log Z(x) and so the
 * probability of any one y are sums, and come from enumerating the smaller layer. The most probable
 * y is the largest of sums over h, and is only sure when all y are enumerated: the y that is best
 * given some h, which an enumeration of h would meet, need not be the best when h is summed out.
 */
export function predict(rbm: ConditionalRbm, x: M64, options: PredictionOptions): OutputPrediction {
  requireKnown('predict', options, questionOptions)
  const outputs = rbm.U.rows
  const zeros = (): M64 => new Matrix(x.rows, outputs, new Float64Array(x.rows * outputs))
  const [marginals, best] = [zeros(), zeros()]
  const logProbability = new Float64Array(x.rows)
  const [exact, proven]: boolean[][] = [[], []]
  const asked = new Questions(options)
  for (const [n, example] of freeOutputs(rbm, x, options.given).entries()) {
    const { probabilities, isExact } = asked.marginals(example)
    marginals.row(n).set(completed(example, probabilities))
    exact!.push(isExact)
    const ranking = asked.mostProbable(example, 1)
    best.row(n).set(ranking.completions[0]!.y)
    logProbability[n] = ranking.completions[0]!.logProbability
    proven!.push(ranking.proven)
  }
  return { marginals, exact: exact!, best, proven: proven!, logProbability }
}

/** At most `count` different y for each row of x, the most probable first. */
export function completions(
  rbm: ConditionalRbm,
  x: M64,
  count: number,
  options: PredictionOptions,
): Completion[][] {
  requireKnown('completions', options, questionOptions)
  requireWhole('count', count, 1, 1e4)
  const asked = new Questions(options)
  return freeOutputs(rbm, x, options.given).map(
    example => asked.mostProbable(example, count).completions,
  )
}

/** Answers about one example after another, by enumeration where that is allowed. */
class Questions {
  readonly #random: Random | undefined
  readonly #chains: number
  readonly #sweeps: number
  readonly #mostBits: number
  #enumerated: M64 | undefined
  #enumeration: Enumeration | undefined

  constructor({ random, chains = 20, sweeps = 200 }: PredictionOptions) {
    requireWhole('chains', chains, 1, 1e6)
    requireWhole('sweeps', sweeps, 2, 1e9)
    this.#random = random
    this.#chains = chains
    this.#sweeps = sweeps
    this.#mostBits = random ? PROMPT_BITS : MOST_BITS
  }

  /** p(v_i = 1) of the free outputs. */
  marginals(example: FreeOutputs): { probabilities: Float64Array; isExact: boolean } {
    const { A, alpha, q } = example
    if (Math.min(A.rows, A.cols) <= this.#mostBits || !this.#random)
      return {
        probabilities: this.#enumerationOf(A).visibleMarginals(alpha, q).visible,
        isExact: true,
      }
    // The mean of p(v|h) over the second half of each chain, which varies less than that of v.
    const half = Math.floor(this.#sweeps / 2)
    const sum = new Float64Array(alpha.length)
    for (let run = 0; run < this.#chains; run++) {
      const chain = new GibbsChain(example, this.#random)
      for (let s = 0; s < this.#sweeps; s++) {
        const p = chain.sweep(this.#random)
        if (s >= half) for (let i = 0; i < p.length; i++) sum[i]! += p[i]!
      }
    }
    const samples = this.#chains * (this.#sweeps - half)
    return { probabilities: sum.map(value => value / samples), isExact: false }
  }

  /** The most probable outputs, `count` of them or as many as there are or are found. */
  mostProbable(example: FreeOutputs, count: number): Ranking {
    const { A, alpha, q, constant } = example
    const completion = (
      v: ArrayLike<number>,
      weight: number,
      logPartition: number,
    ): Completion => ({
      y: completed(example, v),
      freeEnergy: -constant - weight,
      logProbability: weight - logPartition,
    })
    if (A.rows <= this.#mostBits) {
      const found = new Enumeration(A, 'visible').mostProbable(alpha, q, count)
      const ranked = found.states.map(({ state }) => {
        const v = Float64Array.from(alpha, (_, i) => (state >>> i) & 1)
        return completion(v, logWeight(example, v), found.logPartition)
      })
      return { completions: ranked, proven: true }
    }
    if (!this.#random)
      throw new LacunaError(
        'LACUNA_E_TOO_LARGE',
        `the most probable of 2^${A.rows} outputs cannot be found by comparing them all`,
        'Pass `random`, and it is searched for by annealing.',
      )
    const small = A.cols <= this.#mostBits
    const logPartition = small ? this.#enumerationOf(A).logPartition(alpha, q) : Number.NaN
    const optima = annealedSearch(example, this.#random, this.#chains, this.#sweeps)
    const ranked = optima
      .slice(0, count)
      .map(({ v, logWeight }) => completion(v, logWeight, logPartition))
    return { completions: ranked, proven: false }
  }

  /** By the smaller layer; examples with the same free outputs share their couplings. */
  #enumerationOf(A: M64): Enumeration {
    if (!this.#enumeration || this.#enumerated !== A) {
      this.#enumerated = A
      this.#enumeration = new Enumeration(A)
    }
    return this.#enumeration
  }
}
