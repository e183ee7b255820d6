import { duration, type Progress } from './progress.js'

/** How many epochs back the time left is judged by. */
const RECENT = 10

/** The live line of a training: how far it is, its error, and how long it will take at most. */
export class EpochProgress {
  readonly #progress: Progress
  readonly #epochs: number
  readonly #label: string
  /** When the last epochs ended; the first one is when the training began. */
  #ends = [performance.now()]

  /** @param begun epochs behind a run that goes on */
  constructor(progress: Progress, begun: number, epochs: number, label = 'training') {
    this.#progress = progress
    this.#epochs = epochs
    this.#label = label
    this.#show(begun, '', '')
  }

  /** Notes the end of an epoch. */
  end(done: number, error: string): void {
    this.#ends = [...this.#ends, performance.now()].slice(-RECENT - 1)
    const each = (this.#ends.at(-1)! - this.#ends[0]!) / (this.#ends.length - 1)
    const left = done < this.#epochs ? `${duration(each * (this.#epochs - done))} left` : ''
    this.#show(done, error, left)
  }

  #show(done: number, ...details: string[]): void {
    const parts = [`epoch ${done}/${this.#epochs}`, ...details]
    const detail = parts.filter(part => part !== '').join('  ')
    this.#progress.update({ label: this.#label, fraction: done / this.#epochs, detail })
  }
}
