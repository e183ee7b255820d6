/** Images or rows of a table in one request. */
export const MOST_EXAMPLES = 256

/** Pixels of an image. */
export const MOST_PIXELS = 65_536

/** Numbers in one answer, and the bytes that one takes in JSON. */
export const MOST_NUMBERS = 2 ** 20
export const BYTES_OF_NUMBER = 20

/** What a service takes on; each has a default that suits a machine of a few cores. */
export interface Limits {
  /** Bytes of a request's body; default 8 MiB. */
  readonly body: number
  /** Requests that are read or answered at a time; default 256. */
  readonly concurrency: number
  /** Examples that wait for a thread; default 1,024. */
  readonly queue: number
  /** Requests that one address may send in a second; default 1,000. */
  readonly rate: number
  /** Seconds from a request's arrival to its answer, and from there until it is taken; default 30. */
  readonly timeout: number
  /** Seconds for a request to arrive whole; default 10. */
  readonly patience: number
  /** Seconds in which what was accepted is finished at the end; default 10. */
  readonly grace: number
}

export const defaultLimits: Limits = {
  body: 8 * 2 ** 20,
  concurrency: 256,
  queue: 1024,
  rate: 1000,
  timeout: 30,
  patience: 10,
  grace: 10,
}

/** What has arrived of bodies, and what their answers may take, in bytes all together. */
export const MOST_HELD_BYTES = 128 * 2 ** 20

/** Connections that are open at a time; more are closed at once. */
export const MOST_CONNECTIONS = 1024
