import { printable } from './printable.js'

type Stream = Pick<NodeJS.WriteStream, 'isTTY' | 'columns'> & { write(text: string): unknown }

/** What a live line shows: `label ━━━━━─── detail`. */
export type Status = {
  readonly label: string
  /** The share that is done, from 0 to 1; left out, no bar is drawn. */
  readonly fraction?: number
  readonly detail: string
}

/** Milliseconds between the plain lines that stand for the live line where there is no terminal. */
const PLAIN_INTERVAL = 10_000

/**
 * What the command says while it works: lines that stay, and one live line below them.
 *
 * Results go to standard output; the live line and remarks go to standard error, so that standard
 * output stays clean. On a terminal the live line is redrawn in place; elsewhere it becomes a plain
 * line now and then, without control characters.
 */
export class Progress {
  readonly #results: Stream
  readonly #remarks: Stream
  readonly #live: boolean
  readonly #colour: boolean
  #status: Status | undefined
  #lastPlain = -Infinity
  #lastLabel = ''

  /**
   * @param options `json`: standard output is for one JSON document, so results go to standard error
   * @param output standard output, and `errors` standard error, but for tests
   */
  constructor(
    options: { json?: boolean },
    output: Stream = process.stdout,
    errors: Stream = process.stderr,
  ) {
    this.#results = options.json ? errors : output
    this.#remarks = errors
    this.#live = errors.isTTY === true && process.env.TERM !== 'dumb'
    this.#colour = this.#live && !process.env.NO_COLOR
  }

  /** Prints a line of the result. */
  print(line: string): void {
    this.#stay(this.#results, line)
  }

  /** Prints a remark on how the work goes. */
  note(line: string): void {
    this.#stay(this.#remarks, line)
  }

  /** Shows how far the work is. */
  update(status: Status): void {
    this.#status = status
    if (this.#live) {
      this.#draw()
      return
    }
    const now = performance.now()
    if (status.label === this.#lastLabel && now - this.#lastPlain < PLAIN_INTERVAL) return
    this.#lastPlain = now
    this.#lastLabel = status.label
    this.#remarks.write(`${status.label}: ${status.detail}\n`)
  }

  /** Takes the live line away. */
  clear(): void {
    const shown = this.#live && this.#status
    this.#status = undefined
    if (shown) this.#remarks.write('\r\u001b[K')
  }

  #stay(stream: Stream, line: string): void {
    const status = this.#status
    if (this.#live && status) this.#remarks.write('\r\u001b[K')
    stream.write(`${printable(line)}\n`)
    if (this.#live && status) this.#draw()
  }

  #draw(): void {
    const { label, fraction, detail } = this.#status!
    const columns = (this.#remarks.columns || 80) - 1
    const room = columns - label.length - detail.length - 4
    const bar = fraction === undefined || room < 8 ? '' : this.#bar(fraction, Math.min(room, 30))
    const text =
      bar === '' ? `${label}  ${detail}`.slice(0, columns) : `${label}  ${bar}  ${detail}`
    this.#remarks.write(`\r${text}\u001b[K`)
  }

  #bar(fraction: number, width: number): string {
    const full = Math.round(Math.min(Math.max(fraction, 0), 1) * width)
    const [done, rest] = ['━'.repeat(full), '─'.repeat(width - full)]
    return this.#colour ? `\u001b[36m${done}\u001b[2m${rest}\u001b[0m` : done + rest
  }
}

/** A length of time in words, such as `45 s`, `3 min 20 s` or `2 h 5 min`. */
export function duration(milliseconds: number): string {
  const seconds = Math.max(0, Math.round(milliseconds / 1000))
  if (seconds < 60) return `${seconds} s`
  const minutes = Math.floor(seconds / 60)
  if (minutes < 60) return `${minutes} min ${seconds % 60} s`
  return `${Math.floor(minutes / 60)} h ${minutes % 60} min`
}
