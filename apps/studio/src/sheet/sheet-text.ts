import type { StatementId, TheoryPage } from './statements.js'

/** Where code stands: a path from the root of the repository, and lines from 1. */
export interface SourcePlace {
  readonly name: string
  readonly path: string
  /** The first line of its comment. */
  readonly first: number
  /** Its own first line. */
  readonly line: number
  readonly last: number
}

/** What stands on the page of an equation from the beginning. */
export interface SectionText {
  readonly equation: string
  readonly statement: string
  readonly code: readonly SourcePlace[]
  /** How many wrong answers are listed. */
  readonly slips: number
}

/** What is fetched when it is asked for. */
export interface ProofText {
  readonly proof: string
  readonly remarks: string
  /** Wrong answers, and what is wrong with each. */
  readonly slips: readonly string[]
}

/** The text of the room, as the build makes it from docs/theory; all of it is HTML. */
export interface SheetText {
  /** Symbols and definitions of each exercise. */
  readonly introductions: Readonly<
    Record<TheoryPage, { readonly symbols: string; readonly definitions: string }>
  >
  /** What is said before an equation that is not the first of its section. */
  readonly openings: Readonly<Partial<Record<StatementId, string>>>
  readonly sections: Readonly<Record<StatementId, SectionText>>
}

/** The proof of each equation. */
export type Proofs = Readonly<Record<StatementId, ProofText>>
