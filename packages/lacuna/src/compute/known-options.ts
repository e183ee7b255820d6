import { LacunaError } from '../errors.js'

/** Of the known options as many are named as come nearest. */
const NAMED = 3

/**
 * Checks that options are an object without keys that nobody reads, such as a misspelt one.
 * @param of whose options they are, for the message
 * @param known all keys that there are
 * @throws LACUNA_E_OPTION naming the key and the known ones that are most like it
 *
 * @example
 * ```ts
 * requireKnown('vis10', { sacle: 2 }, ['height', 'width', 'scale']) // 'sacle' …: scale, width, height
 * ```
 */
export function requireKnown<Options extends object>(
  of: string,
  options: Options,
  known: readonly (keyof Options & string)[],
): void {
  if (typeof options !== 'object' || options === null)
    throw new LacunaError(
      'LACUNA_E_OPTION',
      `the options of ${of} are ${options}`,
      `Give an object, of ${known.join(', ')}.`,
    )
  for (const key of Object.keys(options)) {
    if ((known as readonly string[]).includes(key)) continue
    const nearest = known
      .map(name => ({ name, distance: editDistance(key.toLowerCase(), name.toLowerCase()) }))
      .sort((a, b) => a.distance - b.distance)
      .slice(0, NAMED)
      .map(({ name }) => name)
    throw new LacunaError(
      'LACUNA_E_OPTION',
      `${of} has no option '${key}'`,
      `Nearest are: ${nearest.join(', ')}.`,
    )
  }
}

/** How many letters must be put in, left out or exchanged to make b of a (Levenshtein 1966). */
export function editDistance(a: string, b: string): number {
  let row = Array.from({ length: b.length + 1 }, (_, j) => j)
  for (let i = 0; i < a.length; i++) {
    const next = [i + 1]
    for (let j = 0; j < b.length; j++)
      next.push(Math.min(next[j]! + 1, row[j + 1]! + 1, row[j]! + (a[i] === b[j] ? 0 : 1)))
    row = next
  }
  return row[b.length]!
}
