import type { Identity } from 'lacuna/verification'
import { expect, test } from 'vitest'
import { exitCode, inWords } from '../dist/commands/verify.js'
import { lacuna } from './lacuna-command.js'

test('every identity holds at the points of several seeds, and the JSON says the same', async () => {
  for (const seed of ['1', '2', '9007199254740991']) {
    const { code, stdout, stderr } = await lacuna(['verify', '--json', '--seed', seed])
    expect([code, stderr]).toEqual([0, ''])
    const checks = JSON.parse(stdout) as Identity[]
    for (const check of checks) {
      expect(Object.keys(check)).toEqual(['identity', 'method', 'error', 'tolerance', 'ok'])
      expect(check.error, check.identity).toBeLessThanOrEqual(check.tolerance)
      expect(check.ok).toBe(true)
    }
    const names = checks.map(({ identity }) => identity)
    expect(new Set(names).size).toBe(names.length)
    for (const exercise of ['1(a)(i)', '1(a)(ii)', '1(b)', '2(a)(i) ', '2(b) ', '3 flip'])
      expect(
        names.some(name => name.startsWith(exercise)),
        exercise,
      ).toBe(true)
  }
})

test('the table has a line for each identity', async () => {
  const { code, stdout } = await lacuna(['verify'])
  expect(code).toBe(0)
  const [heading, ...lines] = stdout.trimEnd().split('\n')
  expect(heading).toMatch(/^identity +method +worst error +tolerance +verdict$/)
  const sum = lines.pop()
  expect(lines.pop()).toBe('')
  for (const line of lines) expect(line).toMatch(/ \d\.\de[+-]\d+ +\d\.\de[+-]\d+ +holds$/)
  expect(sum).toBe(`All ${lines.length} hold.`)
})

test('one identity that fails, or none at all, makes the exit code 1', () => {
  const right = { identity: 'a', method: 'm', error: 0, tolerance: 1, ok: true }
  const wrong = { identity: 'b', method: 'm', error: 2, tolerance: 1, ok: false }
  expect(exitCode([right])).toBe(0)
  expect(exitCode([right, wrong, right])).toBe(1)
  expect(exitCode([])).toBe(1)
  expect(inWords([right, wrong])).toMatch(/^b +m +2\.0e\+0 +1\.0e\+0 +FAILS\n\n1 of 2 fail\.\n$/m)
})
