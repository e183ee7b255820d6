import { duration, type Progress } from './progress.js'

/** How many reports back the time left is judged by. */
const RECENT = 10

/** The live line of a training: how far it is, its error, and how long it will take at most. */
export class EpochProgress {
  readonly #progress: Progress
  readonly #epochs: number
  readonly #label: string
  readonly #unit: string
  /** When the last reports came and how far they were; the first one is when the training began. */
  #ends: { time: number; done: number }[]

  /**
   * @param begun epochs behind a run that goes on
   * @param unit what is counted, if it is not epochs
   */
  constructor(
    progress: Progress,
    begun: number,
    epochs: number,
    label = 'training',
    unit = 'epoch',
  ) {
    this.#progress = progress
    this.#epochs = epochs
    this.#label = label
    this.#unit = unit
    this.#ends = [{ time: performance.now(), done: begun }]
    this.#show(begun, '', '')
  }

  /** Notes the end of an epoch, or of several. */
  end(done: number, error: string): void {
    this.#ends = [...this.#ends, { time: performance.now(), done }].slice(-RECENT - 1)
    const [first, last] = [this.#ends[0]!, this.#ends.at(-1)!]
    const each = (last.time - first.time) / (last.done - first.done)
    const left = done < this.#epochs ? `${duration(each * (this.#epochs - done))} left` : ''
    this.#show(done, error, left)
  }

  #show(done: number, ...details: string[]): void {
    const [now, all] = [done, this.#epochs].map(n => n.toLocaleString('en'))
    const parts = [`${this.#unit} ${now}/${all}`, ...details]
    const detail = parts.filter(part => part !== '').join('  ')
    this.#progress.update({ label: this.#label, fraction: done / this.#epochs, detail })
  }
}
