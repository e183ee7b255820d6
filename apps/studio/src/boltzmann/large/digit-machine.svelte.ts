import type { DataSource } from '../../data/digits.js'
import type { Failure } from '../../frame/failure.js'
import { cancelled, type Progress, WorkerCalls } from '../../worker/calls.js'
import { Latest } from '../../worker/latest.svelte.js'
import type { DigitEpoch, DigitFunctions, DigitReport } from './digit-functions.js'
import type { DigitLesson } from './settings.js'

/** How many chains walk. */
export const CHAINS = 8

/** Milliseconds between two sweeps: some fifteen a second. */
const SWEEP = 65

type Filling = Parameters<DigitFunctions['fill']>[0]

/** A machine that learns digits, and its chains, as the page sees them. */
export class DigitMachine {
  learning = $state(false)
  progress = $state.raw<Progress>()
  failure = $state.raw<Failure>()
  /** With what it learns or has learnt. */
  lesson = $state.raw<DigitLesson>()
  /** The last epoch; none before the first. */
  epoch = $state.raw<DigitEpoch>()
  errors = $state.raw<readonly number[]>([])
  walking = $state(false)
  sweeps = $state(0)
  pictures = $state.raw<readonly Uint8Array[]>([])
  /** The fillings of the latest gap. */
  readonly fillings = new Latest((question: Filling & { epochs: number }, { signal }) => {
    const { epochs: _, ...filling } = question
    return this.#calls.call('fill', filling, { signal })
  })
  readonly source: DataSource
  readonly #calls = new WorkerCalls<DigitFunctions, DigitReport>(
    () => new Worker(new URL('./digit-worker.ts', import.meta.url), { type: 'module' }),
  )
  #controller: AbortController | undefined
  /** The number of the last walk: one that was paused must not go on with the next. */
  #walk = 0

  constructor(source: DataSource) {
    this.source = source
  }

  async learn(lesson: DigitLesson, seed: number): Promise<void> {
    const controller = new AbortController()
    this.#controller = controller
    this.learning = true
    this.lesson = lesson
    this.failure = undefined
    this.epoch = undefined
    this.errors = []
    await this.#try(async () => {
      const { signal } = controller
      const onProgress = (report: DigitReport) => {
        if ('what' in report) this.progress = report
        else this.#take(report)
      }
      await this.rewind(seed)
      await this.#calls.call('learn', { ...this.source, ...lesson }, { onProgress, signal })
    })
    this.progress = undefined
    this.learning = false
  }

  stopLearning(): void {
    this.#controller?.abort()
  }

  /** A test digit as bits; undefined if there is none of that number. */
  async digit(digit: number): Promise<Uint8Array | undefined> {
    let bits: Uint8Array | undefined
    await this.#try(async () => {
      bits = await this.#calls.call('digit', { ...this.source, digit })
    })
    return bits
  }

  /** The chains begin again at the noise of a seed. */
  async rewind(seed: number): Promise<void> {
    this.walking = false
    await this.#try(async () => {
      this.pictures = await this.#calls.call('begin', { count: CHAINS, seed })
      this.sweeps = 0
    })
  }

  async sweep(): Promise<void> {
    await this.#try(async () => {
      this.pictures = await this.#calls.call('sweep', undefined)
      this.sweeps++
    })
  }

  async walk(): Promise<void> {
    const walk = ++this.#walk
    this.walking = true
    while (this.walking && walk === this.#walk && !this.failure) {
      await this.sweep()
      await new Promise(resolve => setTimeout(resolve, SWEEP))
    }
    if (walk === this.#walk) this.walking = false
  }

  pause(): void {
    this.walking = false
  }

  checkpoint(): Promise<Uint8Array> {
    return this.#calls.call('checkpoint', undefined)
  }

  table(): Promise<Uint8Array> {
    return this.#calls.call('table', undefined)
  }

  /** Ends the worker. */
  stop(): void {
    this.walking = false
    this.#calls.stop()
  }

  #take(epoch: DigitEpoch): void {
    this.progress = undefined
    this.epoch = epoch
    this.errors = [...this.errors, epoch.error]
  }

  async #try(work: () => Promise<void>): Promise<void> {
    try {
      await work()
    } catch (failure) {
      if (failure !== cancelled) this.failure = failure as Failure
    }
  }
}
