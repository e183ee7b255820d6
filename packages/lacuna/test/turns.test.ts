import { expect, test } from 'vitest'
import { byTurns } from '../dist/compute/turns.js'

test('goes through all rows once, in order, and others have their turn between', async () => {
  const ranges: [number, number][] = []
  let turns = 0
  const timer = setInterval(() => turns++)
  await byTurns(5000, 128, (start, end) => ranges.push([start, end]))
  clearInterval(timer)
  expect(ranges).toEqual([
    [0, 1024],
    [1024, 2048],
    [2048, 3072],
    [3072, 4096],
    [4096, 5000],
  ])
  expect(turns).toBeGreaterThan(0)
})

test('rows wider than a piece are gone through one by one, and no rows not at all', async () => {
  const ranges: [number, number][] = []
  await byTurns(2, 2 ** 21, (start, end) => ranges.push([start, end]))
  await byTurns(0, 3, (start, end) => ranges.push([start, end]))
  expect(ranges).toEqual([
    [0, 1],
    [1, 2],
  ])
})
