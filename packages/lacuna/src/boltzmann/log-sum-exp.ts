import { exp, log } from '../compute/elementary.js'

/**
 * log Σ e^t over finite numbers t that come one after another, however large or small they are.
 *
 * The terms are added as e^(t − shift), where the shift is the first t and moves only when a term
 * is so much larger that it could overflow; so almost no sum is ever rescaled. Neumaier's
 * compensation keeps the error of the sum at a unit in the last place, whatever the number of terms.
 */
export class LogSumExp {
  #shift = -Infinity
  #sum = 0
  #lost = 0

  add(t: number): void {
    if (t > this.#shift + 500) {
      const scale = exp(this.#shift - t) // 0 at the first term
      this.#sum *= scale
      this.#lost *= scale
      this.#shift = t
    }
    const term = exp(t - this.#shift)
    const sum = this.#sum + term
    this.#lost += this.#sum >= term ? this.#sum - sum + term : term - sum + this.#sum
    this.#sum = sum
  }

  /** log Σ e^t of the terms added so far; −∞ if there are none. */
  get value(): number {
    return this.#sum === 0 ? -Infinity : this.#shift + log(this.#sum + this.#lost)
  }
}
