/**
 * The header of a safetensors file, JSON of one fixed form:
 *
 *     {"__metadata__": {key: text, …}, name: {"dtype": …, "shape": […], "data_offsets": […]}, …}
 *
 * It is read by hand, because JSON.parse drops duplicate keys silently (the format forbids them) and
 * builds whatever else a hostile file may hold, however deep, before anybody can refuse it.
 */
import { LacunaError } from '../errors.js'

/** What the header says of a tensor; the offsets count from the end of the header. */
export type TensorEntry = {
  name: string
  dtype: string
  shape: number[]
  begin: number
  end: number
}

/** More dimensions than any tensor has; a list that goes on longer is refused there. */
const MOST_DIMENSIONS = 64

/** Throws the error of this format. */
export function refuse(
  problem: string,
  hint = 'The file is damaged or was not written as safetensors: write or fetch it again.',
): never {
  throw new LacunaError('LACUNA_E_SAFETENSORS', problem, hint)
}

/** Text from the file as messages show it: quoted, and cut if it is long. */
export function quote(text: string): string {
  return JSON.stringify(text.length > 60 ? `${text.slice(0, 60)}…` : text)
}

/**
 * @param bytes the header alone
 * @param offset where it starts in the file, for messages
 * @returns the tensors in the order of the header, and the metadata in an object without prototype
 * @throws LACUNA_E_SAFETENSORS naming the byte at which something else was expected
 */
export function readHeader(
  bytes: Uint8Array,
  offset: number,
): { entries: TensorEntry[]; metadata: Record<string, string> } {
  const reader = new HeaderReader(decodeText(bytes, offset), offset)
  const entries: TensorEntry[] = []
  const metadata: Record<string, string> = Object.create(null)
  for (const name of reader.object()) {
    if (name !== '__metadata__') entries.push(readEntry(reader, name))
    else for (const key of reader.object()) metadata[key] = reader.string()
  }
  reader.end()
  return { entries, metadata }
}

function decodeText(bytes: Uint8Array, offset: number): string {
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes)
  } catch {
    return refuse(`the header at byte ${offset} is not valid UTF-8`)
  }
}

function readEntry(reader: HeaderReader, name: string): TensorEntry {
  let dtype: string | undefined
  let shape: number[] | undefined
  let offsets: number[] | undefined
  for (const key of reader.object())
    if (key === 'dtype') dtype = reader.string()
    else if (key === 'shape') shape = reader.wholeNumbers(MOST_DIMENSIONS)
    else if (key === 'data_offsets') offsets = reader.wholeNumbers(2)
    else refuse(`tensor ${quote(name)} has the unknown property ${quote(key)}`)
  if (dtype === undefined || shape === undefined || offsets?.length !== 2)
    refuse(`tensor ${quote(name)} lacks its dtype, its shape or its two data_offsets`)
  return { name, dtype, shape, begin: offsets[0]!, end: offsets[1]! }
}

/** Reads JSON from left to right: objects, strings and lists of whole numbers, nothing else. */
class HeaderReader {
  readonly #text: string
  readonly #offset: number
  #at = 0

  constructor(text: string, offset: number) {
    this.#text = text
    this.#offset = offset
  }

  /** Where the character at this index lies in the file. */
  #byte(index: number): number {
    return this.#offset + new TextEncoder().encode(this.#text.slice(0, index)).length
  }

  #fail(expected: string): never {
    const found = this.#text.slice(this.#at, this.#at + 1)
    const problem = found ? `is ${quote(found)}` : 'the header ends'
    refuse(`at byte ${this.#byte(this.#at)} there ${problem} instead of ${expected}`)
  }

  #skipSpace(): void {
    for (;;) {
      const c = this.#text.charCodeAt(this.#at)
      if (c !== 0x20 && c !== 0x09 && c !== 0x0a && c !== 0x0d) return
      this.#at++
    }
  }

  /** Goes past the character if it comes next, and says whether it did. */
  #skip(character: string): boolean {
    this.#skipSpace()
    const found = this.#text[this.#at] === character
    if (found) this.#at++
    return found
  }

  #take(character: string): void {
    if (!this.#skip(character)) this.#fail(character)
  }

  /** Checks that nothing but space is left. */
  end(): void {
    this.#skipSpace()
    if (this.#at < this.#text.length) this.#fail('its end')
  }

  /** The keys of an object, one by one; whoever takes a key must then read its value. */
  *object(): Generator<string, void, undefined> {
    const keys = new Set<string>()
    this.#take('{')
    if (this.#skip('}')) return
    do {
      const key = this.string()
      if (keys.has(key))
        refuse(`the key ${quote(key)} stands twice, again before byte ${this.#byte(this.#at)}`)
      keys.add(key)
      this.#take(':')
      yield key
    } while (this.#skip(','))
    this.#take('}')
  }

  string(): string {
    this.#take('"')
    const start = this.#at - 1
    while (this.#text[this.#at] !== '"') {
      if (this.#at >= this.#text.length) this.#fail('the end of a string')
      this.#at += this.#text[this.#at] === '\\' ? 2 : 1
    }
    this.#at++
    let text: string | undefined
    try {
      text = JSON.parse(this.#text.slice(start, this.#at))
    } catch {}
    if (text === undefined || /\p{Surrogate}/u.test(text))
      refuse(`the string at byte ${this.#byte(start)} is not valid JSON or not valid Unicode`)
    return text
  }

  /** A list of at most so many whole numbers. */
  wholeNumbers(most: number): number[] {
    const numbers: number[] = []
    this.#take('[')
    if (this.#skip(']')) return numbers
    do numbers.push(this.#wholeNumber())
    while (numbers.length < most && this.#skip(','))
    this.#take(']')
    return numbers
  }

  #wholeNumber(): number {
    this.#skipSpace()
    const start = this.#at
    while (/\d/.test(this.#text.charAt(this.#at))) this.#at++
    if (this.#at === start) this.#fail('a whole number')
    const digits = this.#text.slice(start, this.#at)
    const value = Number(digits)
    if (!Number.isSafeInteger(value) || String(value) !== digits)
      refuse(
        `the number ${quote(digits)} at byte ${this.#byte(start)} is too large or begins with 0`,
      )
    return value
  }
}
