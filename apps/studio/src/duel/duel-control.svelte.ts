import type { Failure } from '../frame/failure.js'
import { cancelled, type Progress, WorkerCalls } from '../worker/calls.js'
import type {
  DuelFunctions,
  Learner,
  PhaseView,
  Report,
  Standing,
  TestDigits,
} from './duel-functions.js'
import { LossRecord } from './loss-record.js'
import { type DuelSettings, stepsOf } from './settings.js'

/** Milliseconds that slow motion stays with each phase. */
const PHASE_LASTS = 2200

/** What the duel is doing. */
export type Mode = 'loading' | 'paused' | 'playing' | 'slow' | 'failed'

/** The duel as the page sees it: what it does, how it stands, and what may be asked of it. */
export class DuelControl {
  mode = $state<Mode>('loading')
  progress = $state.raw<Progress>()
  failure = $state.raw<Failure>()
  test = $state.raw<TestDigits>()
  standing = $state.raw<Standing>()
  /** Changes with every standing, as the record grows in place. */
  losses = $state.raw<LossRecord>(new LossRecord(1))
  /** The phase that slow motion shows. */
  phase = $state.raw<PhaseView>()
  /** The step at which the course was changed by hand; from there on no command does the same. */
  steered = $state<number>()
  readonly #calls = new WorkerCalls<DuelFunctions, Report>(
    () => new Worker(new URL('./duel-worker.ts', import.meta.url), { type: 'module' }),
  )
  readonly #source: { site: string; data: string }
  #slow: ReturnType<typeof setTimeout> | undefined
  /** Settled when nothing plays any more. */
  #played: Promise<void> = Promise.resolve()

  constructor(source: { site: string; data: string }) {
    this.#source = source
  }

  /** Whether a step is under way phase by phase. */
  get midStep(): boolean {
    return this.phase !== undefined && this.phase.name !== 'teach-generator'
  }

  /** Begins at the weights of the seed, now and whenever it is rewound. */
  async begin(settings: DuelSettings): Promise<void> {
    this.pause()
    await this.#played // whose last standing would else come after the first of the new duel
    this.mode = 'loading'
    this.phase = undefined
    this.steered = undefined
    await this.#try(async () => {
      const onProgress = (report: Report) => {
        if ('what' in report) this.progress = report
      }
      const begun = await this.#calls.call(
        'begin',
        { ...settings, ...this.#source },
        { onProgress },
      )
      this.test = begun.test
      this.losses = new LossRecord(stepsOf(settings))
      this.#take(begun.standing)
      this.mode = 'paused'
    })
    this.progress = undefined
  }

  /** Changes loss or learning rates, from the next step on. */
  steer(course: Parameters<DuelFunctions['steer']>[0]): void {
    if (this.mode === 'loading' || this.mode === 'failed') return
    if (this.standing && this.standing.step > 0) this.steered ??= this.standing.step
    void this.#calls.call('steer', course).catch(() => {})
  }

  play(until: number): void {
    this.phase = undefined
    this.mode = 'playing'
    this.#played = this.#try(async () => {
      const onProgress = (report: Report) => {
        if ('step' in report) this.#take(report)
      }
      this.#take(await this.#calls.call('play', { until }, { onProgress }))
      this.mode = 'paused'
    })
  }

  pause(): void {
    if (this.mode === 'playing') void this.#calls.call('pause', undefined).catch(() => {})
    this.#halt()
  }

  async step(learner: Learner): Promise<void> {
    this.#halt()
    await this.#try(async () => {
      const standing = await this.#calls.call('step', { learner })
      if (learner !== 'both') this.steered ??= standing.step - 1
      this.phase = undefined
      this.#take(standing)
    })
  }

  /** Goes through a step phase by phase, and through the one after, until paused. */
  async playSlowly(): Promise<void> {
    this.mode = 'slow'
    await this.nextPhase()
    if (this.mode === 'slow') this.#slow = setTimeout(() => this.playSlowly(), PHASE_LASTS)
  }

  async nextPhase(): Promise<void> {
    await this.#try(async () => {
      this.phase = await this.#calls.call('phase', undefined)
      if (this.phase.standing) this.#take(this.phase.standing)
    })
  }

  checkpoint(): Promise<Uint8Array> {
    return this.#calls.call('checkpoint', undefined)
  }

  /** Gives up what is loaded. */
  cancel(): void {
    this.#calls.interrupt()
  }

  /** Ends the worker. */
  stop(): void {
    clearTimeout(this.#slow)
    this.#calls.stop()
  }

  #halt(): void {
    clearTimeout(this.#slow)
    if (this.mode === 'slow') this.mode = 'paused'
  }

  #take(standing: Standing): void {
    this.standing = standing
    this.losses = this.losses.with(standing.losses)
  }

  async #try(work: () => Promise<void>): Promise<void> {
    this.failure = undefined
    try {
      await work()
    } catch (failure) {
      this.failure = failure as Failure
      if (failure === cancelled) this.failure = { what: 'Loading was cancelled.', hint: '' }
      this.mode = 'failed'
    }
  }
}
