import { execFileSync } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { expect, test } from 'vitest'
import { errorsPage } from '../scripts/errors-page.js'

const root = fileURLToPath(new URL('../../', import.meta.url))

test('errors.md is the table of error codes (if not: npm run docs:errors)', () => {
  expect(readFileSync(`${root}docs/errors.md`, 'utf8')).toBe(errorsPage())
})

test('every code in the source stands in the table, and every code of the table in the source', () => {
  const listed = execFileSync(
    'git',
    ['ls-files', '-co', '--exclude-standard', 'packages/*/src/*.ts', 'apps/service/src/*.ts'],
    { cwd: root },
  ).toString()
  const used = new Set()
  for (const file of listed.trim().split('\n')) {
    if (file === 'packages/lacuna/src/errors.ts') continue
    for (const [code] of readFileSync(root + file, 'utf8').matchAll(/LACUNA_E_[A-Z_]+/g))
      used.add(code)
  }
  const table = [...errorsPage().matchAll(/^\| `(\w+)` \|/gm)].map(([, code]) => code)
  // Where a message is read, a code may stand as a pattern: LACUNA_E_ alone.
  expect([...used].filter(code => !table.includes(code) && code !== 'LACUNA_E_')).toEqual([])
  expect(table.filter(code => !used.has(code))).toEqual([])
})
