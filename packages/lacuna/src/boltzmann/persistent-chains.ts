/**
 * The hidden bits of chains that persist (Tieleman 2008). Where nothing is clamped any chain may
 * serve any example, and there is one for each row of a batch. Where x is clamped a chain is one of
 * p(y,h|x), so each example has a chain of its own, which moves once an epoch.
 */
export class PersistentChains {
  /** One chain a row, a byte a bit. */
  readonly bits: Uint8Array
  readonly #batch: Uint8Array
  readonly #hidden: number
  readonly #own: boolean
  readonly #firstSteps: number

  /**
   * @param batch where the chains of a batch walk, one a row
   * @param own how many examples have a chain each; 0 if a chain belongs to a row of a batch
   * @param firstSteps in how many steps of a run chains begin
   */
  constructor(batch: Uint8Array, hidden: number, own: number, firstSteps: number) {
    this.bits = own > 0 ? new Uint8Array(own * hidden) : batch
    this.#batch = batch
    this.#hidden = hidden
    this.#own = own > 0
    this.#firstSteps = firstSteps
  }

  /**
   * Fetches the chains for a batch of these examples.
   * @returns whether there are any, or they have yet to begin
   */
  recall(examples: Uint32Array, step: number): boolean {
    const K = this.#hidden
    for (let i = 0; i < examples.length && this.#own; i++) {
      const from = K * examples[i]!
      this.#batch.set(this.bits.subarray(from, from + K), i * K)
    }
    return step >= this.#firstSteps
  }

  /** Keeps where the chains of that batch are now. */
  keep(examples: Uint32Array): void {
    const K = this.#hidden
    for (let i = 0; i < examples.length && this.#own; i++)
      this.bits.set(this.#batch.subarray(i * K, (i + 1) * K), K * examples[i]!)
  }
}
