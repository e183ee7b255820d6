import { readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import type { Plugin } from 'vite'
import type {
  Proofs,
  ProofText,
  SectionText,
  SheetText,
  SourcePlace,
} from '../src/sheet/sheet-text.js'
import { statements, theoryPages } from '../src/sheet/statements.js'
import { findDeclaration } from './declaration.js'
import { type CodeName, TheoryPage } from './theory.js'

const root = new URL('../../../', import.meta.url)

const fileOf = (path: string) => fileURLToPath(new URL(path, root))

const read = (path: string) => readFileSync(fileOf(path), 'utf8')

const pathOf = (page: string) => `docs/theory/${page}.md`

/**
 * The sheet as the room shows it, made from docs/theory: what is missing there, TeX that KaTeX does
 * not know, or code that is not where a page says, is an error of the build.
 */
export function readSheet(): { text: SheetText; proofs: Proofs } {
  const pages = Object.fromEntries(
    theoryPages.map(page => [page, new TheoryPage(page, read(pathOf(page)))]),
  )
  const sections: Record<string, SectionText> = {}
  const proofs: Record<string, ProofText> = {}
  for (const { id, page, heading } of statements) {
    const { equation, statement, proof, remarks, slips, code } = pages[page]!.result(heading)
    sections[id] = { equation, statement, code: code.map(place), slips: slips.length }
    proofs[id] = { proof, remarks, slips }
  }
  const introductions = Object.fromEntries(
    theoryPages.map(page => [page, pages[page]!.introduction()]),
  )
  const openings = {
    '3p': pages.inpainting!.opening('2. Completion by principal components'),
    '3l': pages.inpainting!.opening('4. The error'),
  }
  return { text: { introductions, openings, sections } as SheetText, proofs: proofs as Proofs }
}

function place({ name, path }: CodeName): SourcePlace {
  return { name, path, ...findDeclaration(path, read(path), name) }
}

/** What was made last; made anew when a page or a source changes. */
let made: ReturnType<typeof readSheet> | undefined

function sheet() {
  made ??= readSheet()
  return made
}

/** The files that implement something of the sheet. */
function sourcePaths(): string[] {
  const { sections } = sheet().text
  return [...new Set(Object.values(sections).flatMap(({ code }) => code.map(({ path }) => path)))]
}

/** The modules that are made, each with a chunk of its own where it is imported on demand. */
const modules: Readonly<Record<string, () => string>> = {
  'virtual:sheet-text': () => `export const text = ${JSON.stringify(sheet().text)}`,
  'virtual:sheet-proofs': () => `export const proofs = ${JSON.stringify(sheet().proofs)}`,
  'virtual:sheet-sources': () => {
    const entries = sourcePaths().map(
      path => `${JSON.stringify(path)}: () => import(${JSON.stringify(`${fileOf(path)}?raw`)}),\n`,
    )
    return `export const sources = {\n${entries.join('')}}`
  },
}

/** Gives the room the sheet's text, its proofs, and the source of what implements them. */
export const sheetPlugin: Plugin = {
  name: 'sheet',
  enforce: 'pre',
  resolveId(id) {
    return Object.hasOwn(modules, id) ? `\0${id}` : undefined
  },
  watchChange() {
    made = undefined
  },
  load(id) {
    const make = modules[id.slice(1)]
    if (!make) return undefined
    for (const path of [...theoryPages.map(pathOf), ...sourcePaths()])
      this.addWatchFile(fileOf(path))
    return make()
  },
  transform(code, id) {
    // Every browser that can run the studio reads woff2: the other formats would only fill the build.
    if (!id.endsWith('katex.min.css')) return undefined
    return code.replace(/,url\([^)]+\.(?:woff|ttf)\) format\("(?:woff|truetype)"\)/g, '')
  },
}
