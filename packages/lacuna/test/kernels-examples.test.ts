import fc from 'fast-check'
import { expect, test } from 'vitest'
import { permutation } from '../dist/compute/permutation.js'
import { Random } from '../dist/compute/random.js'
import { Workspace } from '../dist/compute/workspace.js'
import { noise } from './reference/noise.js'

const workspace = new Workspace()
const { kernels } = workspace

test('shuffle gives the order that `permutation` gives', () => {
  const order = workspace.words(3001)
  const words = fc.integer({ min: 0, max: 2 ** 32 - 1 })
  fc.assert(
    fc.property(fc.nat(3000), fc.maxSafeNat(), words, words, (n, seed, stream, step) => {
      order.fill(7)
      const [low, high] = [seed >>> 0, Math.floor(seed / 2 ** 32)]
      kernels.shuffle(order.byteOffset, n, low, high, stream, step)
      expect(order.slice(0, n)).toEqual(permutation(n, new Random(seed, stream, step)))
      expect(order[n]).toBe(7)
    }),
    { numRuns: 50 },
  )
})

test('gatherRows takes the rows that are listed, in their order', () => {
  const [x, out, rows] = [workspace.floats(40 * 20), workspace.floats(1001), workspace.words(50)]
  fc.assert(
    fc.property(
      fc.nat(20),
      fc.array(fc.nat(39), { maxLength: 50 }),
      fc.integer(),
      (cols, list, seed) => {
        x.set(Float32Array.from(x, noise(seed)))
        rows.set(list)
        out.fill(7)
        const n = list.length
        kernels.gatherRows(out.byteOffset, x.byteOffset, rows.byteOffset, n, cols)
        const expected = list.flatMap(row => [...x.slice(row * cols, (row + 1) * cols)])
        expect([...out.slice(0, n * cols + 1)]).toEqual([...expected, 7])
      },
    ),
  )
})
