import { expect, test } from 'vitest'
import { fuzz } from '../fuzz.js'

// node bench/fuzz.js reads 100,000 inputs of each kind.
test.each([
  ['idx', 2000],
  ['png', 2000],
  ['safetensors', 3000],
  ['checkpoint', 1000],
  ['state', 1000],
  ['csv', 1000],
  ['configuration', 1000],
  ['options', 2000],
  ['bodies', 1000],
  ['addresses', 1000],
])('%s: %i hostile inputs are read or refused with a code', async (name, count) => {
  const { [name]: result } = await fuzz({ seed: 7, count, only: [name] })
  expect(result.faults).toEqual([])
  const refused = Object.values(result.refused).reduce((sum, n) => sum + n, 0)
  expect(result.read + refused).toBe(count)
  expect(Math.min(result.read, refused)).toBeGreaterThan(count / 100)
})
