/** A word as a POSIX shell reads it back: in quotes unless it is plain. */
export function shellWord(word: string): string {
  return /^[\w@%+=:,./-]+$/.test(word) ? word : `'${word.replaceAll("'", "'\\''")}'`
}

/** A command line of words, such as `npx lacuna complete picture.png`. */
export function commandLine(words: readonly (string | number)[]): string {
  return ['npx', 'lacuna', ...words].map(word => shellWord(String(word))).join(' ')
}
