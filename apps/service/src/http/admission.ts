import { type Readable, Transform } from 'node:stream'
import { LacunaError } from 'lacuna'

/** What a service takes on at a time. */
export interface Room {
  readonly requests: number
  /** Of bodies and answers, all together. */
  readonly bytes: number
}

/** The place of a request that was let in. */
export interface Place {
  /** Its body, counted as it arrives; it fails with LACUNA_E_BUSY where there is no room for more of it. */
  counted(body: Readable): Readable
  /**
   * Takes room for its answer, which somebody may be slow to read.
   * @throws LACUNA_E_BUSY
   */
  reserve(bytes: number): void
  /** To be called once when the request has been answered. */
  leave(): void
}

/**
 * Lets requests in while there is room for them, so that neither their number nor their bodies can fill the
 * memory. Of a body counts what has arrived: what somebody only announces takes nothing from others. Answers
 * count from before they are computed until they are taken.
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
   * @throws LACUNA_E_BUSY if there is no room
   */
  enter(): Place {
    if (this.#requests >= this.#room.requests || this.#bytes >= this.#room.bytes)
      throw busy(`${this.#requests} requests and ${this.#bytes} bytes are held`)
    this.#requests++
    let own = 0
    const take = (bytes: number) => {
      // One request alone always has room: it has limits of its own.
      if (this.#bytes > own && this.#bytes + bytes > this.#room.bytes)
        throw busy(`${this.#bytes} bytes of requests and answers are held`)
      this.#bytes += bytes
      own += bytes
    }
    return {
      counted: body => passedOn(body, take),
      reserve: take,
      leave: () => {
        this.#requests--
        this.#bytes -= own
      },
    }
  }
}

/** A stream with the pieces of another one, until `take` throws for the length of one. */
function passedOn(body: Readable, take: (bytes: number) => void): Readable {
  const passed = new Transform({
    transform(piece: Buffer, _, done) {
      try {
        take(piece.length)
        done(null, piece)
      } catch (error) {
        done(error as Error)
      }
    },
  })
  body.once('error', error => passed.destroy(error))
  body.once('close', () => {
    if (!body.readableEnded) passed.destroy(new Error('the body ends too early'))
  })
  return body.pipe(passed)
}

function busy(what: string): LacunaError {
  return new LacunaError(
    'LACUNA_E_BUSY',
    `${what} already`,
    'Ask again after the seconds that Retry-After says.',
  )
}
