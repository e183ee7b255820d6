import type { Token, Tokens } from 'marked'
import { readMarkdown, typeset, typesetInline, typesetTex } from './typeset.js'

/** A function that a page names as what implements a result. */
export interface CodeName {
  /** As it is exported; a member stands behind a point: `ConditionalRbm.freeEnergy`. */
  readonly name: string
  /** The file, from the root of the repository. */
  readonly path: string
}

/** A result of the theory: every text is HTML. */
export interface TheorySection {
  /** The equation that is proved, by itself. */
  readonly equation: string
  /** What is said before the proof. */
  readonly statement: string
  readonly proof: string
  /** What is said after it. */
  readonly remarks: string
  /** Wrong answers, and what is wrong with each. */
  readonly slips: readonly string[]
  readonly code: readonly CodeName[]
}

/** How a page begins: its table of symbols, and what it takes from the sheet. */
export interface Introduction {
  readonly symbols: string
  readonly definitions: string
}

/** A page of docs/theory, from which sections are taken by how their headings begin. */
export class TheoryPage {
  readonly #name: string
  readonly #blocks: readonly Token[]

  /** @param name of the page, for errors: what is missing is an error of the build */
  constructor(name: string, text: string) {
    this.#name = name
    this.#blocks = readMarkdown(text).filter(({ type }) => type !== 'space' && type !== 'def')
  }

  /** What stands before the first section. */
  introduction(): Introduction {
    const end = this.#blocks.findIndex((block, at) => at > 0 && block.type === 'heading')
    const blocks = this.#blocks.slice(1, end)
    const table = blocks.findIndex(({ type }) => type === 'table')
    if (table < 0) throw this.#lacks('a table of symbols')
    return {
      symbols: typeset([blocks[table]!]),
      definitions: typeset(blocks.slice(table + 1).filter(block => !isCode(block))),
    }
  }

  /** What a section says before its first part. */
  opening(heading: string): string {
    return typeset(this.#section(heading).body.filter(block => !isCode(block)))
  }

  /** A result with its proof, which begins with “Proof.” and ends with ∎. */
  result(heading: string): TheorySection {
    const { title, body } = this.#section(heading)
    const proof = body.findIndex(block => beginsWith(block, 'Proof.'))
    const length = body.slice(proof).findIndex(({ raw }) => /∎|\\blacksquare/.test(raw)) + 1
    if (proof < 0 || length === 0) throw this.#lacks(`a proof under “${heading}”`)
    const rest = body.slice(proof + length)
    const slips = rest.findIndex(block => beginsWith(block, 'Where it goes wrong'))
    const remarks = rest.filter((block, at) => !isCode(block) && !(slips >= 0 && at >= slips))
    const code = body.filter(isCode).flatMap(block => codeNames(block as Tokens.Paragraph))
    if (code.length === 0) throw this.#lacks(`a function that implements “${heading}”`)
    const { tex, before } = equationOf(title, body.slice(0, proof))
    if (!tex) throw this.#lacks(`an equation under “${heading}”`)
    return {
      equation: typesetTex(`\\displaystyle ${tex}`, true),
      statement: typeset(before),
      proof: typeset(body.slice(proof, proof + length)),
      remarks: typeset(remarks),
      slips:
        slips < 0 ? [] : (rest[slips + 1] as Tokens.List).items.map(item => inlineOf(item.tokens)),
      code,
    }
  }

  /** The section under a heading, up to the next heading of any depth. */
  #section(heading: string): { title: Tokens.Heading; body: Token[] } {
    const starts = this.#blocks.flatMap((block, at) =>
      block.type === 'heading' && block.text.startsWith(heading) ? [at] : [],
    )
    if (starts.length !== 1) throw this.#lacks(`one heading that begins with “${heading}”`)
    const after = this.#blocks.slice(starts[0]! + 1)
    const end = after.findIndex(({ type }) => type === 'heading')
    const title = this.#blocks[starts[0]!] as Tokens.Heading
    return { title, body: end < 0 ? after : after.slice(0, end) }
  }

  #lacks(what: string): Error {
    return new Error(`docs/theory/${this.#name}.md has not ${what}, which the studio shows`)
  }
}

/** The equation of a result: in its heading, or else the first that stands by itself. */
function equationOf(
  title: Tokens.Heading,
  statement: Token[],
): { tex: string | undefined; before: Token[] } {
  const inHeading = title.tokens.find(({ type }) => type === 'math') as Tokens.Generic | undefined
  if (inHeading) return { tex: inHeading.tex, before: statement }
  const at = statement.findIndex(({ type }) => type === 'displayMath')
  const tex = (statement[at] as Tokens.Generic | undefined)?.tex.replace(/\s*[.,]$/, '')
  return { tex, before: statement.toSpliced(at, 1) }
}

function beginsWith(block: Token, words: string): boolean {
  return block.type === 'paragraph' && block.raw.replace(/^\*+/, '').startsWith(words)
}

function isCode(block: Token): boolean {
  return block.type === 'paragraph' && /^(Code|Tests?): /.test(block.raw)
}

/** The functions behind “Code:”, up to the end of that line. */
function codeNames(paragraph: Tokens.Paragraph): CodeName[] {
  if (!paragraph.raw.startsWith('Code: ')) return []
  const end = paragraph.tokens.findIndex(({ type }) => type === 'br')
  const line = end < 0 ? paragraph.tokens : paragraph.tokens.slice(0, end)
  return line.flatMap(token => {
    if (token.type !== 'link') return []
    const { href, tokens } = token as Tokens.Link
    const path = href.replace(/^(\.\.\/)+/, '')
    return tokens.flatMap(part => (part.type === 'codespan' ? [{ name: part.text, path }] : []))
  })
}

/** An item of a list, whose only block is text. */
function inlineOf(blocks: Token[]): string {
  return blocks.map(block => typesetInline((block as Tokens.Text).tokens ?? [block])).join('')
}
