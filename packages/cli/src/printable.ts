/**
 * A text for a terminal, on which names and contents of files, whoever made them, must not act:
 * control characters become their pictures (U+2400 and following), line ends and tabs stay.
 */
export function printable(text: string): string {
  return pictured(text, /(?![\n\t])\p{Cc}/gu)
}

/** The same on one line. */
export function printableLine(text: string): string {
  return pictured(text, /\p{Cc}/gu)
}

function pictured(text: string, characters: RegExp): string {
  return text.replace(characters, character => {
    const code = character.charCodeAt(0)
    return code < 0x20 ? String.fromCharCode(0x2400 + code) : '\u2421'
  })
}
