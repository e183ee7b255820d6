import { spawnSync } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import { expect, test } from 'vitest'

const script = fileURLToPath(new URL('../run.js', import.meta.url))

/** Runs the benchmark where no peer in Python is to be found. */
const bench = (...options) =>
  spawnSync(process.execPath, [script, ...options], {
    encoding: 'utf8',
    env: { ...process.env, PATH: '' },
  })

test('prints an array of lines, with the ratios of the peers that are present', () => {
  const { status, stdout, stderr } = bench('--only', 'matrix-product', '--quick', '--json')
  expect(status).toBe(0)
  expect(stderr).toMatch(/Peers that need torch are skipped\. To install it, .*python3-torch/)
  const lines = JSON.parse(stdout)
  const limits = lines.filter(({ peer }) => peer === 'limit of WebAssembly SIMD')
  expect(limits.map(({ unit }) => unit)).toEqual([
    'µs/product, 100×784×256',
    'µs/product, 512×512×512',
  ])
  for (const { ratio, ...line } of lines) {
    expect(line).toEqual({
      task: 'matrix-product',
      peer: expect.any(String),
      build: 'strict, 1 thread',
      ours: expect.any(Number),
      theirs: expect.any(Number),
      unit: expect.any(String),
      command: 'npm run bench -- --only matrix-product --quick',
    })
    expect(Object.keys(ratio)).toEqual(['median', 'min', 'max'])
    expect(ratio.min).toBeLessThanOrEqual(ratio.median)
    expect(ratio.median).toBeLessThanOrEqual(ratio.max)
  }
})

test('names the tasks if asked for another', () => {
  const { status, stdout, stderr } = bench('--only', 'nothing')
  expect(status).toBe(1)
  expect(stdout).toBe('')
  expect(stderr).toMatch(/There is no task 'nothing': inpainting-step, sheet, /)
})
