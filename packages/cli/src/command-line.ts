/**
 * The words of a command as a line for a shell, in which every word stays one.
 * @param program what it begins with, which is taken as it is
 */
export function commandLine(words: readonly string[], program = 'lacuna'): string {
  const quoted = words.map(word =>
    /^[\w,.:/=+-]+$/.test(word) ? word : `'${word.replaceAll("'", `'\\''`)}'`,
  )
  return [program, ...quoted].join(' ')
}
