import fc from 'fast-check'
import { expect, test } from 'vitest'
import { Minibatches } from '../dist/data/minibatches.js'

test('minibatches have every example at most once an epoch, in an order of their own each', () => {
  const sizes = fc.record({
    count: fc.integer({ min: 1, max: 60 }),
    size: fc.integer({ min: 1, max: 20 }),
  })
  fc.assert(
    fc.property(sizes, fc.nat(1000), ({ count, size }, seed) => {
      const batches = new Minibatches(count, size, seed)
      expect(batches.size).toBe(Math.min(size, count))
      const steps = Math.floor(count / batches.size)
      for (const epoch of [0, 3]) {
        const seen = new Set<number>()
        for (let i = 0; i < steps; i++)
          for (const example of batches.at(epoch * steps + i)) seen.add(example)
        expect(seen.size).toBe(steps * batches.size)
        expect(Math.max(...seen)).toBeLessThan(count)
      }
    }),
  )
})

test('a step’s minibatch depends on the seed and the step alone', () => {
  const batches = new Minibatches(100, 10, 1)
  const all = Array.from({ length: 25 }, (_, step) => [...batches.at(step)])
  expect([...new Minibatches(100, 10, 1).at(17)]).toEqual(all[17])
  expect([...batches.at(3)]).toEqual(all[3])
  expect([...new Minibatches(100, 10, 2).at(17)]).not.toEqual(all[17])
  expect(all.slice(10, 20)).not.toEqual(all.slice(0, 10))
})
