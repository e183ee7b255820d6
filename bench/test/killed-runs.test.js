import { expect, test } from 'vitest'
import { killedRuns } from '../killed-runs.js'

// node bench/killed-runs.js does it 300 times, with all families.
test('a training that is killed at 20 random moments goes on to the same bits', async () => {
  const found = await killedRuns({ seed: 10, kills: 20, families: ['mixture'] })
  expect(found).toEqual([{ family: 'mixture', compared: expect.any(Number), different: [] }])
  expect(found[0].compared).toBeGreaterThan(0)
}, 180_000)
