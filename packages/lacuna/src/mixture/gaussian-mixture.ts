import { exp } from '../compute/elementary.js'
import { requireKnown } from '../compute/known-options.js'
import { type M64, Matrix, requireFinite, requireShape } from '../compute/matrix.js'
import { requirePositive, requireProbability } from '../compute/options.js'
import type { Random } from '../compute/random.js'
import { LacunaError } from '../errors.js'
import { type Components, condition, logDensity, logHeights, logSoftmax } from './components.js'
import { cdf, logCdf, mirror, quantile } from './distribution-function.js'
import { type ErrorGradients, errorGradients } from './gradients.js'
import { centralInterval, highestDensityIntervals, type Interval } from './intervals.js'
import { type Mode, modes } from './modes.js'
import { mean, variance } from './moments.js'
import { otherOutputs, pickOutputs, requireChoice } from './output-choice.js'
import { requireParameters } from './parameters.js'
import { draw } from './sampling.js'

const zeros = (rows: number, cols: number): M64 =>
  new Matrix(rows, cols, new Float64Array(rows * cols))

/** Rows of so many values as a matrix. */
function stacked(rows: readonly Float64Array[], cols: number): M64 {
  const result = zeros(rows.length, cols)
  rows.forEach((values, row) => {
    result.row(row).set(values)
  })
  return result
}

/**
 * Mixtures of Gaussians, one for each of n examples, each with m components over c outputs:
 *
 *   p(t|x) = Σᵢ αᵢ(x) φᵢ(t|x)                                                   (Bishop 1994, eq. 22)
 *   φᵢ(t|x) = 1/((2π)^{c/2} σᵢ(x)ᶜ) · exp(−‖t − μᵢ(x)‖²/(2σᵢ(x)²))                           (eq. 23)
 *
 * Covariance is isotropic, one σᵢ a component, or diagonal, one σᵢₖ a component and output; then
 * φᵢ = Πₖ N(tₖ; μᵢₖ, σᵢₖ²). Everything is in float64 and computed with logarithms, so components
 * may be thousands of σ away and weights may underflow. What is derived here is proved in
 * docs/theory/mixture.md.
 *
 * C. M. Bishop, "Mixture density networks", Neural Computing Research Group report NCRG/94/004,
 * Aston University, 1994.
 *
 * @example
 * ```ts
 * const row = (...values: number[]) => new Matrix(1, values.length, Float64Array.from(values))
 * const mixture = GaussianMixture.fromLogits(row(0, 0), row(-1, 1), row(0.1, 0.2))
 * mixture.logDensity(row(0.9)) // [−0.13…]: log of ½ N(0.9; 1, 0.2²), the other being far away
 * mixture.highestDensityIntervals(0.9)[0] // two intervals, one round each mean
 * ```
 */
export class GaussianMixture {
  /** log αᵢ, n×m. */
  readonly logWeights: M64
  /** αᵢ, n×m; a weight below 5·10⁻³²⁴ is 0 here, not in `logWeights`. */
  readonly weights: M64
  /** μᵢₖ in column i·c + k, n×(m·c). */
  readonly means: M64
  /** σᵢ in column i, n×m; with diagonal covariance σᵢₖ in column i·c + k, n×(m·c). */
  readonly scales: M64
  /** log αᵢφᵢ(μᵢ), n×m. */
  readonly #logHeights: M64

  private constructor(logits: M64, means: M64, scales: M64) {
    const { rows: n, cols: m } = logits
    this.means = means
    this.scales = scales
    this.logWeights = zeros(n, m)
    this.weights = zeros(n, m)
    this.#logHeights = zeros(n, m)
    for (let row = 0; row < n; row++) {
      const logWeights = this.logWeights.row(row)
      logWeights.set(logSoftmax(logits.row(row)))
      this.weights.row(row).set(logWeights.map(exp))
      this.#logHeights.row(row).set(logHeights(this.#components(row)))
    }
  }

  /**
   * Mixtures with αᵢ = exp(zᵢ)/Σⱼ exp(zⱼ).
   *
   * @param logits zᵢ, n×m, any finite numbers; logarithms of weights will do
   * @param means μᵢₖ in column i·c + k, n×(m·c); kept, not copied
   * @param scales σᵢ, n×m, isotropic; or σᵢₖ in column i·c + k, n×(m·c), diagonal (with one output
   *   the two are the same); from 1e-150 to 1e150; kept, not copied
   * @throws LACUNA_E_SHAPE if the shapes do not agree or there is no component or output;
   *   LACUNA_E_NOT_FINITE; LACUNA_E_OPTION if a scale is not above 0 or out of
   *   that range
   */
  static fromLogits(logits: M64, means: M64, scales: M64): GaussianMixture {
    requireParameters(logits, means, scales)
    return new GaussianMixture(logits, means, scales)
  }

  /** n, the number of examples. */
  get examples(): number {
    return this.means.rows
  }

  /** m, the number of components. */
  get components(): number {
    return this.logWeights.cols
  }

  /** c, the number of outputs. */
  get outputs(): number {
    return this.means.cols / this.logWeights.cols
  }

  /** The mixture of one example, its arrays shared. */
  #components(row: number): Components {
    return {
      outputs: this.outputs,
      weights: this.weights.row(row),
      logWeights: this.logWeights.row(row),
      logHeights: this.#logHeights.row(row),
      means: this.means.row(row),
      scales: this.scales.row(row),
    }
  }

  /** f of every example's mixture. */
  #each<R>(f: (components: Components, row: number) => R): R[] {
    return Array.from({ length: this.examples }, (_, row) => f(this.#components(row), row))
  }

  /** A number for every example. */
  #numbers(f: (components: Components, row: number) => number): Float64Array {
    return Float64Array.from(this.#each(f))
  }

  #requireOutputs(t: M64): void {
    requireShape('t', t, this.examples, this.outputs)
    requireFinite('t', t)
  }

  #requireOneOutput(what: string): void {
    if (this.outputs !== 1)
      throw new LacunaError(
        'LACUNA_E_SHAPE',
        `${what} is for mixtures over one output, but this one has ${this.outputs}`,
        'Take the output you mean first: mixture.marginal([k]).',
      )
  }

  /**
   * log p(t|x), with −(c/2)·log 2π kept: n values; −∞ where it is below the range of float64.
   * @param t n×c
   * @throws LACUNA_E_SHAPE or LACUNA_E_NOT_FINITE if t is unfit
   */
  logDensity(t: M64): Float64Array {
    this.#requireOutputs(t)
    return this.#numbers((components, row) => logDensity(components, t.row(row)))
  }

  /**
   * The posterior over components, πᵢ(x, t) = αᵢφᵢ/Σⱼαⱼφⱼ: n×m.
   * @param t n×c
   * @throws LACUNA_E_SHAPE or LACUNA_E_NOT_FINITE if t is unfit, or over 10¹⁵⁴σ from every component
   */
  posterior(t: M64): M64 {
    this.#requireOutputs(t)
    return stacked(
      this.#each((components, row) => condition(components, t.row(row)).posterior),
      this.components,
    )
  }

  /**
   * The gradients of each example's error E = −log p(t|x), in closed form:
   *
   * - `weights`: ∂E/∂αᵢ = −πᵢ/αᵢ, n×m, the αᵢ taken as free (the sheet's exercise 1 (a)(i))
   * - `means`: ∂E/∂μᵢₖ = πᵢ(μᵢₖ − tₖ)/σᵢ², n×(m·c) (exercise 1 (a)(ii))
   * - `scales`: ∂E/∂σᵢ = πᵢ(c/σᵢ − ‖t − μᵢ‖²/σᵢ³), n×m; with diagonal covariance
   *   ∂E/∂σᵢₖ = πᵢ(1/σᵢₖ − (tₖ − μᵢₖ)²/σᵢₖ³), n×(m·c)
   * - `logits`: ∂E/∂zᵢ = αᵢ − πᵢ, n×m (exercise 1 (b))
   *
   * @param t n×c
   * @throws LACUNA_E_SHAPE or LACUNA_E_NOT_FINITE if t is unfit, or over 10¹⁵⁴σ from every component
   */
  gradients(t: M64): { weights: M64; means: M64; scales: M64; logits: M64 } {
    this.#requireOutputs(t)
    const each = this.#each((components, row) => errorGradients(components, t.row(row)))
    const stack = (name: keyof ErrorGradients, cols: number) =>
      stacked(
        each.map(gradients => gradients[name]),
        cols,
      )
    return {
      weights: stack('weights', this.components),
      means: stack('means', this.means.cols),
      scales: stack('scales', this.scales.cols),
      logits: stack('logits', this.components),
    }
  }

  /** E[tₖ|x] = Σᵢ αᵢμᵢₖ: n×c. */
  mean(): M64 {
    return stacked(this.#each(mean), this.outputs)
  }

  /** Var[tₖ|x] = Σᵢ αᵢ(σᵢₖ² + (μᵢₖ − E[tₖ|x])²), the law of total variance: n×c. */
  variance(): M64 {
    return stacked(this.#each(variance), this.outputs)
  }

  /**
   * The modes of each example's density, the densest first, each with its place, log density and
   * share of the weight. With one output it is every mode; with several, every one found by climbing
   * from the components and from between them.
   *
   * @example
   * ```ts
   * const [best, ...others] = mixture.modes()[0]!
   * ```
   */
  modes(): Mode[][] {
    return this.#each(modes)
  }

  /**
   * Draws one t for every example: n×c.
   *
   * With temperature τ they come from the mixture whose weights are αᵢ^{1/τ}/Σⱼ αⱼ^{1/τ} and whose
   * scales are √τ·σᵢ: the distribution over components raised to 1/τ and normalised, and each
   * component's density likewise. (That is p^{1/τ} normalised only where components have equal
   * scales and do not overlap.) τ = 1 draws from p(t|x); τ → 0 gives the mean of the heaviest
   * component; τ > 1 spreads the draws.
   *
   * @throws LACUNA_E_OPTION if the temperature is not a finite number above 0
   *
   * @example
   * ```ts
   * const t = mixture.sample(new Random(1), { temperature: 0.5 })
   * ```
   */
  sample(random: Random, options: { readonly temperature?: number } = {}): M64 {
    requireKnown('sample', options, ['temperature'])
    const { temperature = 1 } = options
    requirePositive('the temperature', temperature)
    return stacked(
      this.#each(components => draw(components, random, temperature)),
      this.outputs,
    )
  }

  /**
   * F(t) = P(T ≤ t|x) = Σᵢ αᵢΦ((t − μᵢ)/σᵢ): n values. For one output.
   * @param t n×1
   * @throws LACUNA_E_SHAPE or LACUNA_E_NOT_FINITE
   */
  cdf(t: M64): Float64Array {
    this.#requireOneOutput('cdf')
    this.#requireOutputs(t)
    return this.#numbers((components, row) => cdf(components, t.row(row)[0]!))
  }

  /** log F(t), finite where F(t) has underflowed: n values. Parameters and errors as for `cdf`. */
  logCdf(t: M64): Float64Array {
    this.#requireOneOutput('logCdf')
    this.#requireOutputs(t)
    return this.#numbers((components, row) => logCdf(components, t.row(row)[0]!).value)
  }

  /** log P(T > t|x), with all digits where F(t) rounds to 1: n values. Parameters and errors as for `cdf`. */
  logSurvival(t: M64): Float64Array {
    this.#requireOneOutput('logSurvival')
    this.#requireOutputs(t)
    return this.#numbers((components, row) => logCdf(mirror(components), -t.row(row)[0]!).value)
  }

  /**
   * The t with F(t) = p: n values. For one output.
   * @param p one probability for all examples, or n of them; above 0 and below 1
   * @throws LACUNA_E_SHAPE if there is more than one output or p has another length; LACUNA_E_OPTION
   *   if a probability is out of range
   *
   * @example
   * ```ts
   * const median = mixture.quantile(0.5)
   * ```
   */
  quantile(p: number | Float64Array): Float64Array {
    this.#requireOneOutput('quantile')
    const each = typeof p === 'number' ? new Float64Array(this.examples).fill(p) : p
    if (each.length !== this.examples)
      throw new LacunaError(
        'LACUNA_E_SHAPE',
        `${each.length} probabilities cannot go with ${this.examples} examples`,
        'Give one probability for all, or one for each example.',
      )
    for (const value of each) requireProbability('p', value)
    return this.#numbers((components, row) => quantile(components, each[row]!))
  }

  /**
   * From the quantile (1 − mass)/2 to the quantile (1 + mass)/2: one interval an example. For one
   * output.
   * @param mass above 0 and below 1
   * @throws LACUNA_E_SHAPE if there is more than one output; LACUNA_E_OPTION if mass is out of range
   */
  centralInterval(mass: number): Interval[] {
    this.#requireOneOutput('centralInterval')
    requireProbability('mass', mass)
    return this.#each(components => centralInterval(components, mass))
  }

  /**
   * The smallest set that has probability `mass`, {t : p(t|x) ≥ λ}: for each example one interval or
   * several, in ascending order. For one output.
   * @param mass above 0 and below 1
   * @throws LACUNA_E_SHAPE if there is more than one output; LACUNA_E_OPTION if mass is out of range
   */
  highestDensityIntervals(mass: number): Interval[][] {
    this.#requireOneOutput('highestDensityIntervals')
    requireProbability('mass', mass)
    return this.#each(components => highestDensityIntervals(components, mass))
  }

  /**
   * The mixture over some of the outputs, whatever the others are: the same weights, and the means
   * and scales of those outputs.
   * @param outputs which ones, from 0 to c − 1, each at most once, in the order they shall have
   * @throws LACUNA_E_OPTION if there are none, or one is out of range or named twice
   */
  marginal(outputs: readonly number[]): GaussianMixture {
    requireChoice(outputs, this.outputs)
    const pick = (values: M64) => pickOutputs(values, outputs, this.outputs)
    const isotropic = this.scales.cols === this.components
    const scales = isotropic ? this.scales : pick(this.scales)
    return new GaussianMixture(this.logWeights, pick(this.means), scales)
  }

  /**
   * The mixture over the other outputs, in ascending order, given that some are known. As outputs
   * are independent within a component, means and scales stay, and a component's weight becomes
   * its posterior given what is known: αᵢφᵢ(known)/Σⱼαⱼφⱼ(known).
   * @param outputs which ones are known, from 0 to c − 1, each at most once, not all
   * @param values what they are, n×outputs.length
   * @throws LACUNA_E_OPTION if `outputs` is unfit or leaves none over; LACUNA_E_SHAPE or
   *   LACUNA_E_NOT_FINITE if `values` is
   *
   * @example
   * ```ts
   * // The second angle of a robot's arm, given the first.
   * const second = mixture.conditional([0], firstAngle)
   * ```
   */
  conditional(outputs: readonly number[], values: M64): GaussianMixture {
    const known = this.marginal(outputs)
    known.#requireOutputs(values)
    const rest = this.marginal(otherOutputs(outputs, this.outputs))
    const logits = known.#each(
      (components, row) => condition(components, values.row(row)).logPosterior,
    )
    return new GaussianMixture(stacked(logits, this.components), rest.means, rest.scales)
  }
}
