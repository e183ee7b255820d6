import type { Failure } from '../frame/failure.js'
import { WorkerCalls } from '../worker/calls.js'
import { Latest } from '../worker/latest.svelte.js'
import type {
  Cut,
  EpochErrors,
  MixtureFunctions,
  Problem,
  Profile,
  Standing,
} from './mixture-functions.js'
import type { Examples, Range } from './own-points.js'
import type { Pace } from './settings.js'

/** What the training is doing. */
export type Mode = 'loading' | 'empty' | 'paused' | 'playing' | 'over' | 'failed'

/** The training as the page sees it: what it does, how it stands, and what may be asked of it. */
export class MixtureControl {
  mode = $state<Mode>('loading')
  failure = $state.raw<Failure>()
  /** The points that are trained on. */
  examples = $state.raw<Examples>()
  /** How it stands; of the training before, until this one has something to show. */
  standing = $state.raw<Standing>()
  /** The errors of all epochs so far. */
  errors = $state.raw<readonly EpochErrors[]>([])
  readonly #calls = new WorkerCalls<MixtureFunctions, Standing>(
    () => new Worker(new URL('./mixture-worker.ts', import.meta.url), { type: 'module' }),
  )
  readonly #profile = new Latest<{ cut: Cut; turn: number }, Profile | undefined>(({ cut }) =>
    this.#calls.call('cut', cut),
  )
  /** Whether it is to go on when it has begun: it may be paused before. */
  #going = false
  /** The single epoch that is under way. */
  #step: Promise<void> | undefined
  /** Which training this is; what an earlier one still answers is not heard. */
  #turn = 0
  /** The range of the maps, and since which training it is so. */
  #range: Range | undefined
  #since = 0

  /** Epochs done. */
  get epochs(): number {
    return this.errors.length
  }

  /** What the networks say of the x that was last asked about. */
  get profile(): Profile | undefined {
    const last = this.#profile.answer
    return this.standing && last && last.question.turn >= this.#since ? last.answer : undefined
  }

  /** Begins at the weights of the seed, and goes on at once if `playing`. */
  async begin(problem: Problem, playing: boolean): Promise<void> {
    const turn = ++this.#turn
    this.#going = playing
    this.errors = []
    if (!playing || problem.range !== this.#range) this.standing = undefined
    if (problem.range !== this.#range) this.#since = turn
    this.#range = problem.range
    if (problem.points && problem.points.x.length < 2) return this.#clear()
    await this.#try(turn, async () => {
      const examples = await this.#calls.call('begin', problem)
      if (turn !== this.#turn) return
      this.examples = examples
      this.mode = 'paused'
      if (this.#going) await this.#play()
    })
  }

  async play(): Promise<void> {
    await this.#step
    if (this.mode === 'paused') await this.#play()
  }

  /** One epoch; nothing while another is under way. */
  async step(): Promise<void> {
    this.#step ??= this.#advance(() => this.#calls.call('step', undefined)).finally(() => {
      this.#step = undefined
    })
    await this.#step
  }

  pause(): void {
    this.#going = false
    void this.#calls.call('pause', undefined).catch(() => {})
  }

  pace(pace: Pace): void {
    void this.#calls.call('pace', pace).catch(() => {})
  }

  /** Asks what the networks say of one x; the answer will stand in `profile`. */
  ask(cut: Cut): void {
    if (this.standing) this.#profile.ask({ cut, turn: this.#turn })
  }

  checkpoint(): Promise<Uint8Array> {
    return this.#calls.call('checkpoint', undefined)
  }

  /** Ends the worker. */
  stop(): void {
    this.#turn++
    this.#calls.stop()
  }

  async #play(): Promise<void> {
    this.mode = 'playing'
    await this.#advance(onProgress => this.#calls.call('play', undefined, { onProgress }))
  }

  #clear(): void {
    this.mode = 'empty'
    this.standing = undefined
    this.examples = undefined
    this.failure = undefined
    this.pause()
  }

  async #advance(
    call: (onProgress: (standing: Standing) => void) => Promise<Standing | undefined>,
  ): Promise<void> {
    const turn = this.#turn
    const take = (standing: Standing | undefined) => {
      if (turn !== this.#turn || !standing) return
      this.standing = standing
      this.errors = [...this.errors, ...standing.errors]
    }
    await this.#try(turn, async () => {
      const standing = await call(take)
      take(standing)
      if (turn === this.#turn) this.mode = standing?.over ? 'over' : 'paused'
    })
  }

  async #try(turn: number, work: () => Promise<void>): Promise<void> {
    this.failure = undefined
    try {
      await work()
    } catch (failure) {
      if (turn !== this.#turn) return
      this.failure = failure as Failure
      this.mode = 'failed'
    }
  }
}
