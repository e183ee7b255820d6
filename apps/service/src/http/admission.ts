import { LacunaError } from 'lacuna'

/** What a service takes on at a time. */
export interface Room {
  readonly requests: number
  /** Of bodies, all together. */
  readonly bytes: number
}

/**
 * Lets requests in while there is room for them, so that neither their number nor their bodies can fill the
 * memory: what they say of their length counts before a byte of it is read.
 */
export class Admission {
  readonly #room: Room
  #requests = 0
  #bytes = 0

  constructor(room: Room) {
    this.#room = room
  }

  /** Requests that are in. */
  get requests(): number {
    return this.#requests
  }

  /**
   * Lets a request in.
   * @param bytes how long its body may be
   * @returns what is to be called once when it has been answered
   * @throws LACUNA_E_BUSY if there is no room
   */
  enter(bytes: number): () => void {
    // One request alone always has room, whatever the limits of its body.
    const full =
      this.#requests >= this.#room.requests ||
      (this.#requests > 0 && this.#bytes + bytes > this.#room.bytes)
    if (full)
      throw new LacunaError(
        'LACUNA_E_BUSY',
        `${this.#requests} requests are being answered already`,
        'Ask again after the seconds that Retry-After says.',
      )
    this.#requests++
    this.#bytes += bytes
    return () => {
      this.#requests--
      this.#bytes -= bytes
    }
  }
}
