import { duration, type Progress } from './progress.js'

/** The live line of several pieces of work, one after the other: how far each is, and its time left. */
export class TimeLeft {
  readonly #progress: Progress
  #work = ''
  #begun = 0

  constructor(progress: Progress) {
    this.#progress = progress
  }

  /**
   * @param label, phase the piece of work; the time of another one is reckoned anew
   * @param fraction the share that is done, from 0 to 1
   */
  show(label: string, phase: string, fraction: number, detail = ''): void {
    const now = performance.now()
    if (`${label} ${phase}` !== this.#work) {
      this.#work = `${label} ${phase}`
      this.#begun = now
    }
    const spent = now - this.#begun
    const left =
      fraction > 0 && fraction < 1 ? `${duration((spent / fraction) * (1 - fraction))} left` : ''
    const parts = [phase, detail, left].filter(part => part !== '')
    this.#progress.update({ label, fraction, detail: parts.join('  ') })
  }
}
