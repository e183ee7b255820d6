/** The words of a command of Lacuna's as a line for a shell, in which every word stays one. */
export function commandLine(words: readonly string[]): string {
  const quoted = words.map(word =>
    /^[\w,.:/=+-]+$/.test(word) ? word : `'${word.replaceAll("'", `'\\''`)}'`,
  )
  return ['lacuna', ...quoted].join(' ')
}
