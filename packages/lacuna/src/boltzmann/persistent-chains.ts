/**
 * The hidden bits of chains that persist (Tieleman 2008). Where nothing is clamped any chain may
 * serve any example, and there is one for each row of a batch. Where x is clamped a chain is one of
 * p(y,h|x), so each example has a chain of its own, which moves once an epoch.
 */
export class PersistentChains {
  /** One chain a row, a byte a bit. */
  readonly bits: Uint8Array
  readonly #hidden: number
  readonly #own: boolean

  /**
   * @param count of chains
   * @param own whether chain i belongs to example i, or just to row i of a batch
   */
  constructor(count: number, hidden: number, own: boolean) {
    this.bits = new Uint8Array(count * hidden)
    this.#hidden = hidden
    this.#own = own
  }

  /** Whether these examples' chains have yet to begin. */
  fresh(epoch: number, step: number): boolean {
    return epoch === 0 && (this.#own || step === 0)
  }

  /** Writes the chains for a batch of these examples. */
  recall(examples: Uint32Array, into: Float32Array): void {
    const K = this.#hidden
    for (let i = 0; i < examples.length; i++) {
      const from = K * (this.#own ? examples[i]! : i)
      for (let k = 0; k < K; k++) into[i * K + k] = this.bits[from + k]!
    }
  }

  /** Keeps where the chains of that batch are now. */
  keep(examples: Uint32Array, from: Float32Array): void {
    const K = this.#hidden
    for (let i = 0; i < examples.length; i++) {
      const to = K * (this.#own ? examples[i]! : i)
      for (let k = 0; k < K; k++) this.bits[to + k] = from[i * K + k]!
    }
  }
}
