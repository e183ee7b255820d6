import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { dirname, resolve } from 'node:path'
import { fileURLToPath } from 'node:url'
import { describe, expect, test } from 'vitest'

const root = fileURLToPath(new URL('../../..', import.meta.url))
const pages = [
  ...readdirSync(root),
  ...readdirSync(`${root}/docs`, { recursive: true }).map(name => `docs/${name}`),
  ...readdirSync(`${root}/packages`).map(name => `packages/${name}/README.md`),
].filter(name => name.endsWith('.md') && existsSync(resolve(root, name)))

/** A page without its code and formulas, in which brackets mean other things. */
function proseOf(page: string): string {
  return readFileSync(resolve(root, page), 'utf8')
    .replace(/^```.*?^```/gms, '')
    .replace(/`[^`\n]*`/g, 'code')
    .replace(/\$\$.*?\$\$/gs, '')
    .replace(/(?<!\\)\$[^$\n]*\$/g, '')
}

describe.each(pages)('%s', page => {
  const prose = proseOf(page)
  const definitions = new Map(
    [...prose.matchAll(/^\[([^\]]+)\]: (\S+)$/gm)].map(([, name, target]) => [name!, target!]),
  )

  test('every reference of a link is defined', () => {
    const used = [
      ...[...prose.matchAll(/\]\[([^\]]+)\]/g)].map(([, name]) => name!),
      ...[...prose.matchAll(/(?<!\])\[([a-z0-9.-]+\.test)\](?!\[|:|\()/g)].map(([, name]) => name!),
    ]
    expect(used.filter(name => !definitions.has(name))).toEqual([])
  })

  test('every file that a link names is there', () => {
    const targets = [
      ...definitions.values(),
      ...[...prose.matchAll(/\]\(([^)\s]+)\)/g)].map(([, target]) => target!),
    ]
    const files = targets
      .filter(target => !/^(https?:|#)/.test(target))
      .map(target => target.replace(/#.*$/, ''))
    expect(files.filter(file => !existsSync(resolve(root, dirname(page), file)))).toEqual([])
  })
})
