import katex from 'katex'
import { Marked, type Token, type Tokens, type TokensList } from 'marked'

/**
 * TeX as HTML for the eye and MathML for screen readers.
 * @throws if KaTeX does not know a command, or warns of one: nothing half-set reaches the page
 */
export function typesetTex(tex: string, displayMode: boolean): string {
  return katex.renderToString(tex, {
    displayMode,
    output: 'htmlAndMathml',
    throwOnError: true,
    strict: 'error',
  })
}

/** Formulas in running text, or such that stand by themselves, as an extension of Markdown. */
const math = (display: boolean, level: 'block' | 'inline', pattern: RegExp, start: string) => ({
  name: display ? 'displayMath' : 'math',
  level,
  start: (text: string) => {
    const at = text.indexOf(start)
    return at < 0 ? undefined : at
  },
  tokenizer(text: string) {
    const match = pattern.exec(text)
    return match
      ? { type: display ? 'displayMath' : 'math', raw: match[0], tex: match[1]!.trim() }
      : undefined
  },
  renderer: ({ tex }: Tokens.Generic) =>
    display ? `<div class="display">${typesetTex(tex, true)}</div>\n` : typesetTex(tex, false),
})

/** Markdown as the theory is written in: with TeX, and with links that lead nowhere in the studio. */
const markdown = new Marked({
  extensions: [
    math(true, 'block', /^\$\$([\s\S]+?)\$\$(?:\n|$)/, '$$'),
    math(false, 'inline', /^\$([^$\n]+)\$/, '$'),
  ],
  renderer: {
    // Files of the repository are not beside the page, so that of a link its text remains.
    link({ tokens }) {
      return this.parser.parseInline(tokens)
    },
    table({ header, rows }) {
      const cells = (row: Tokens.TableCell[], tag: string) =>
        row.map(({ tokens }) => `<${tag}>${this.parser.parseInline(tokens)}</${tag}>`).join('')
      const head = header.some(({ text }) => text)
        ? `<thead><tr>${cells(header, 'th')}</tr></thead>`
        : ''
      const body = rows.map(row => `<tr>${cells(row, 'td')}</tr>`).join('')
      return `<div class="scroll-x"><table>${head}<tbody>${body}</tbody></table></div>\n`
    },
    image: () => '',
  },
})

/** The blocks of a page, with the definitions of its links. */
export function readMarkdown(text: string): TokensList {
  return markdown.lexer(text)
}

/** Blocks as HTML. */
export function typeset(blocks: Token[]): string {
  return markdown.parser(blocks)
}

/** What stands inside of a block as HTML. */
export function typesetInline(tokens: Token[]): string {
  return markdown.Parser.parseInline(tokens, markdown.defaults)
}
