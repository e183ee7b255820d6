import { Matrix, MixtureDensityNetwork, type MixtureEpoch } from 'lacuna'
import { inverseProblem } from 'lacuna/verification'
import { bishopLattice } from './bishop-lattice.js'
import type { Cut, EpochErrors, Problem, Profile, Standing } from './mixture-functions.js'
import { type Examples, MOST_POINTS } from './own-points.js'
import { columns } from './points-csv.js'
import { profileOf, truthOver } from './profile.js'
import { scan } from './scan.js'

/** Points of Bishop's problem, of which one in ten is kept aside. */
const POINTS = 5000

/** Points whose responsibilities are drawn. */
const DRAWN = MOST_POINTS

const lattice = bishopLattice()

/**
 * A mixture density network and least squares, trained on the same points epoch by epoch. The first is
 * that of `lacuna train mixture`, to the same bits. Least squares is one Gaussian whose σ is held at
 * the standard deviation of t: its error is half the squared distance in that unit.
 */
export class MixtureRun {
  readonly examples: Examples
  /** Set and unset from outside: whether epoch is to follow epoch. */
  playing = false
  readonly #problem: Problem
  readonly #mixture: MixtureDensityNetwork
  readonly #leastSquares: MixtureDensityNetwork
  readonly #ending = new AbortController()
  readonly #courses: readonly AsyncGenerator<MixtureEpoch, void, undefined>[]
  readonly #drawn: Examples
  #epochs = 0
  #best = -1
  #fresh = Number.NaN
  #errors: EpochErrors[] = []
  #over = false
  #advancing: Promise<void> | undefined

  constructor(problem: Problem) {
    const { components, seed, epochs } = problem
    this.#problem = problem
    this.examples = problem.points ?? bishopPoints(seed)
    const { x, t } = this.examples
    const shape = { seed, inputs: 1, columns }
    this.#mixture = MixtureDensityNetwork.create({ ...shape, components })
    this.#leastSquares = MixtureDensityNetwork.create({ ...shape, components: 1, floor: 1 })
    // One thread each: there are two of them beside that of the page and this one.
    const options = { epochs, threads: 1, signal: this.#ending.signal }
    this.#courses = [this.#mixture, this.#leastSquares].map(network =>
      network.train(new Matrix(x.length, 1, x), new Matrix(t.length, 1, t), options),
    )
    this.#drawn = { x: x.slice(0, DRAWN), t: t.slice(0, DRAWN) }
  }

  get over(): boolean {
    return this.#over
  }

  /** One epoch of both; one that is under way is waited for instead. */
  advance(): Promise<void> {
    this.#advancing ??= this.#advance().finally(() => {
      this.#advancing = undefined
    })
    return this.#advancing
  }

  async #advance(): Promise<void> {
    if (this.#over) return
    const [mixture, leastSquares] = this.#courses
    try {
      const [{ value: epoch }] = await Promise.all([mixture!.next(), leastSquares!.next()])
      if (epoch) this.#notice(epoch)
      if (!epoch || this.#epochs === this.#problem.epochs) this.stop()
    } catch (error) {
      if (!this.#ending.signal.aborted) throw error
    }
  }

  /** How it stands; nothing before the first epoch. */
  standing(): Standing | undefined {
    if (this.#epochs === 0) return undefined
    const errors = this.#errors
    this.#errors = []
    const { x, t } = this.#drawn
    const mixture = this.#mixture.predict(new Matrix(x.length, 1, x))
    return {
      epochs: this.#epochs,
      best: this.#best,
      over: this.#over,
      errors,
      scan: scan(this.#mixture, this.#leastSquares, this.#problem.range),
      drawn: this.#drawn,
      claims: Float32Array.from(
        mixture.posterior(new Matrix(t.length, 1, Float64Array.from(t))).data,
      ),
    }
  }

  /** What the networks say of one x; nothing before the first epoch. */
  cut(cut: Cut): Profile | undefined {
    if (this.#epochs === 0) return undefined
    const profile = profileOf(this.#mixture, this.#leastSquares, this.#problem.range, cut)
    return this.#problem.points ? profile : { ...profile, truth: truthOver(cut.x) }
  }

  /** The checkpoint of the mixture density network. */
  save(): Uint8Array {
    return this.#mixture.save()
  }

  /** Ends the training and its workers; what is learnt so far can still be asked. */
  stop(): void {
    this.#over = true
    this.playing = false
    this.#ending.abort()
    for (const course of this.#courses) void course.return()
  }

  #notice({ epoch, nll, validationNll, best }: MixtureEpoch): void {
    this.#epochs = epoch + 1
    if (best !== this.#best && !this.#problem.points) this.#fresh = latticeError(this.#mixture)
    this.#best = best
    this.#errors.push({ trained: nll, held: validationNll, fresh: this.#fresh })
  }
}

/** Those that the seed has in `lacuna bishop`. */
function bishopPoints(seed: number): Examples {
  const { x, t } = inverseProblem(POINTS, 2 * seed)
  return { x: x.data, t: t.data }
}

/** Mean of −log p(t|x) over all of Bishop's problem. */
function latticeError(network: MixtureDensityNetwork): number {
  const logDensity = network.predict(lattice.x).logDensity(lattice.t)
  return -logDensity.reduce((sum, value) => sum + value, 0) / logDensity.length
}
