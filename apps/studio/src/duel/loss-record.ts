/** The losses of all steps so far; they are kept once, however often they are looked at. */
export class LossRecord {
  readonly length: number
  /** Steps of an epoch. */
  readonly steps: number
  readonly #values: Float32Array

  constructor(steps: number, values: Float32Array = new Float32Array(0), length = 0) {
    this.steps = steps
    this.length = length
    this.#values = values
  }

  /** The loss of a step. */
  at(step: number): number {
    return this.#values[step]!
  }

  /** The record with more losses behind; this one remains what it was. */
  with(losses: Float32Array): LossRecord {
    const length = this.length + losses.length
    let values = this.#values
    if (length > values.length) {
      values = new Float32Array(Math.max(1024, 2 * length))
      values.set(this.#values.subarray(0, this.length))
    }
    values.set(losses, this.length)
    return new LossRecord(this.steps, values, length)
  }

  /** Of each finished epoch the loss of the last step, which the sheet prints, and the mean. */
  epochs(): { epoch: number; last: number; mean: number }[] {
    return Array.from({ length: Math.floor(this.length / this.steps) }, (_, epoch) => {
      const end = (epoch + 1) * this.steps
      let sum = 0
      for (let step = end - this.steps; step < end; step++) sum += this.at(step)
      return { epoch, last: this.at(end - 1), mean: sum / this.steps }
    })
  }

  /** Least, mean and greatest loss of successive steps, in at most so many columns. */
  columns(
    most: number,
  ): { from: number; to: number; least: number; mean: number; greatest: number }[] {
    const width = Math.max(1, Math.ceil(this.length / most))
    const columns = []
    for (let from = 0; from < this.length; from += width) {
      const to = Math.min(from + width, this.length)
      let [least, greatest, sum] = [Infinity, -Infinity, 0]
      for (let step = from; step < to; step++) {
        const loss = this.at(step)
        least = Math.min(least, loss)
        greatest = Math.max(greatest, loss)
        sum += loss
      }
      columns.push({ from, to, least, mean: sum / (to - from), greatest })
    }
    return columns
  }
}
