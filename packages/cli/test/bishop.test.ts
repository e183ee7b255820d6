import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { JSDOM } from 'jsdom'
import { expect, test } from 'vitest'
import { learnInverseProblem } from '../dist/bishop/inverse-problem.js'
import { bishopReport, seedErrors } from '../dist/report/bishop-report.js'
import { start, temporaryFolder } from './lacuna-command.js'

const folder = temporaryFolder()

test('a seed reaches what the README says, and nothing is below the entropy', async () => {
  const epochs: number[] = []
  const { result, examples } = await learnInverseProblem(
    1,
    done => epochs.push(done),
    new AbortController().signal,
  )
  expect(examples.x.rows).toBe(5000)
  expect(epochs.at(-1)).toBe(epochs.length)
  expect(result.nll).toBeLessThan(-1.15)
  // The standard error of the mean over 20,000 points is 0.007.
  expect(result.nll).toBeGreaterThan(-1.2823 - 0.03)
  for (const [i, level] of [0.5, 0.8, 0.95].entries())
    expect(Math.abs(result.coverage[i]! - level)).toBeLessThan(0.04)
})

test('the report draws every seed and every line that is known, and stands alone', () => {
  const inverse = [1, 2, 3].map(seed => ({
    seed,
    nll: -1.19 - seed / 100,
    dead: 0,
    coverage: [0.5, 0.8, 0.95],
    crps: 0.097,
  }))
  const robot = [{ seed: 1, mixture: 0.0012, leastSquares: 0.0612 }]
  const errors = seedErrors(inverse)
  const { document } = new JSDOM(errors).window
  expect(document.querySelectorAll('[aria-label="dot"] circle').length).toBe(3)
  expect(document.querySelectorAll('[aria-label="rule"] line').length).toBe(4)
  const html = bishopReport({ inverse, robot, densityMap: '', weightCurves: '', errors })
  expect(html).toContain('<td>−1.2100</td>')
  expect(html).toContain('<td>0.0612</td>')
  expect(html).toContain('lacuna bishop --seeds 3')
  expect(html).not.toMatch(/<script|<link|https?:(?!\/\/www\.w3\.org)/)
})

test('Ctrl-C stops it, and nothing is left behind', async () => {
  const out = join(folder, 'stopped')
  const { child, outcome } = start(['bishop', '--seeds', '2', '--out', out])
  child.stderr!.once('data', () => child.kill('SIGINT'))
  const { code, stderr } = await outcome
  expect([code, stderr]).toEqual([130, expect.stringMatching(/LACUNA_E_ABORTED/)])
  expect(existsSync(out)).toBe(false)
})
