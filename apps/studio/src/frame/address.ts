/** The rooms of the studio, in the order of the menu. */
export const rooms = ['complete', 'duel', 'mixture', 'boltzmann', 'sheet'] as const

export type Room = (typeof rooms)[number]

/** What an address names: a room and the settings in it. */
export interface Address {
  readonly room: Room
  readonly settings: URLSearchParams
}

/**
 * Reads the part of an address behind `#`: `#/duel?seed=3`. It never leaves the browser, and any host
 * of static files serves it. What is no room is the first.
 */
export function readAddress(hash: string): Address {
  const [path = '', query = ''] = hash.replace(/^#\/?/, '').split('?')
  const room = rooms.find(name => name === path) ?? rooms[0]
  return { room, settings: new URLSearchParams(query) }
}

/** The address of a room with some settings. */
export function writeAddress(room: Room, settings: Readonly<Record<string, string>> = {}): string {
  const query = new URLSearchParams(settings).toString()
  return `#/${room}${query && `?${query}`}`
}

/** A whole number in a range, or what stands for it where the text is none. */
export function wholeNumber(
  text: string | null,
  [least, most]: readonly [number, number],
  otherwise: number,
): number {
  const number = /^\d+$/.test(text ?? '') ? Number(text) : Number.NaN
  return number >= least && number <= most ? number : otherwise
}

/** One of some names, or what stands for it where the text is none. */
export function oneOf<Name extends string>(
  text: string | null,
  names: readonly Name[],
  otherwise: Name,
): Name {
  return names.find(name => name === text) ?? otherwise
}

/** The settings that differ from what they are when nothing is said. */
export function withoutDefaults(
  settings: Readonly<Record<string, string>>,
  defaults: Readonly<Record<string, string>>,
): Record<string, string> {
  return Object.fromEntries(
    Object.entries(settings).filter(([name, value]) => value !== defaults[name]),
  )
}
