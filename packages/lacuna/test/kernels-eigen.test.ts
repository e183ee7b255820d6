import fc from 'fast-check'
import { expect, test } from 'vitest'
import { Workspace } from '../dist/compute/workspace.js'
import { byteProducts, reflect, rotate, updateAndMultiply } from './reference/kernels.js'
import { noise } from './reference/noise.js'

const EPSILON = 2 ** -53 // the largest relative error of one rounding to float64
const GUARD = 12345.5

const workspace = new Workspace()
const { kernels } = workspace

/** n doubles between −1 and 1 in the workspace, the guard behind them. */
function filled(n: number, random: () => number): Float64Array {
  const view = workspace.doubles(n + 1)
  for (let i = 0; i < n; i++) view[i] = random()
  view[n] = GUARD
  return view.subarray(0, n)
}

/** The double behind a view. */
const behind = (view: Float64Array) =>
  new Float64Array(view.buffer, view.byteOffset + 8 * view.length, 1)[0]

function expectClose(found: ArrayLike<number>, exact: ArrayLike<number>, most: number): void {
  for (let i = 0; i < exact.length; i++)
    if (!(Math.abs(found[i]! - exact[i]!) <= most))
      expect.fail(`[${i}] is ${found[i]}, not ${exact[i]} ± ${most}`)
}

test('updateAndMultiply: A − vwᵀ − wvᵀ in the upper triangle, and its product with u', () => {
  const property = fc.property(fc.nat(40), fc.nat(3), fc.integer(), (n, further, seed) => {
    const random = noise(seed)
    const aRow = n + further
    const a = filled(n * aRow, random)
    const before = a.slice()
    const vectors = [filled(n, random), filled(n, random), filled(n, random)] as const
    const y = filled(n, random)
    const [v, w, u] = vectors.map(view => view.byteOffset) as [number, number, number]
    kernels.updateAndMultiply(y.byteOffset, a.byteOffset, aRow, n, v, w, u)
    const upper = (i: number, j: number) => before[Math.min(i, j) * aRow + Math.max(i, j)]!
    const exact = updateAndMultiply(n, upper, vectors)
    for (let i = 0; i < n; i++) {
      const row = a.subarray(i * aRow, (i + 1) * aRow)
      expectClose(row.subarray(i, n), exact.updated.subarray(i * n + i, (i + 1) * n), 4 * EPSILON)
      expect(row.subarray(0, i)).toEqual(before.subarray(i * aRow, i * aRow + i))
      expect(row.subarray(n)).toEqual(before.subarray(i * aRow + n, (i + 1) * aRow))
    }
    expectClose(y, exact.y, 3 * n * (n + 4) * EPSILON) // n terms of at most 3, each in n additions
    expect([behind(y), behind(a)]).toEqual([GUARD, GUARD])
  })
  fc.assert(property)
})

test('reflect: X − τ v(vᵀX) for eight columns', () => {
  const property = fc.property(fc.nat(40), fc.integer(), (n, seed) => {
    const random = noise(seed)
    const [x, v] = [filled(8 * n, random), filled(n, random)]
    const exact = reflect(x, v, 0.7)
    kernels.reflect(x.byteOffset, n, v.byteOffset, 0.7)
    expectClose(x, exact, n * (n + 6) * EPSILON)
    expect(behind(x)).toBe(GUARD)
  })
  fc.assert(property)
})

test('rotate: neighbouring rows one after the other, to the bit', () => {
  const property = fc.property(fc.nat(40), fc.integer(), (count, seed) => {
    const random = noise(seed)
    const [x, rotations] = [filled(8 * (count + 1), random), filled(2 * count, random)]
    const exact = rotate(x, 8, rotations)
    kernels.rotate(x.byteOffset, count, rotations.byteOffset)
    expect(x).toEqual(exact)
    expect(behind(x)).toBe(GUARD)
  })
  fc.assert(property)
})

test('addByteProducts: the exact sums of the products of all pairs of columns', () => {
  const shape = fc.record({
    panels: fc.integer({ min: 1, max: 5 }),
    density: fc.constantFrom(0, 0.02, 0.2, 1),
    seed: fc.integer(),
    before: fc.constantFrom(0, 77, 2 ** 32 - 1), // the last, as sums are modulo 2³²
  })
  const property = fc.property(shape, ({ panels, density, seed, before }) => {
    const random = noise(seed)
    const cols = 8 * panels
    const bytes = workspace.bytes(128 * cols)
    for (let i = 0; i < bytes.length; i++)
      bytes[i] = Math.abs(random()) < density ? Math.floor(128 + 128 * random()) : 0
    const sums = workspace.words(cols * cols).fill(before)
    const scratch = workspace.bytes(258 * cols + 1)
    scratch[258 * cols] = 77
    kernels.addByteProducts(sums.byteOffset, bytes.byteOffset, cols, scratch.byteOffset)
    const exact = byteProducts(bytes, cols)
    for (let i = 0; i < cols; i++)
      for (let j = i; j < cols; j++)
        expect(sums[i * cols + j]).toBe((before + exact[i * cols + j]!) % 2 ** 32)
    expect(scratch[258 * cols]).toBe(77)
  })
  fc.assert(property)
})

test('addByteProducts holds the sums of the brightest 65,536 rows', () => {
  const bytes = workspace.bytes(128 * 8).fill(255)
  const [sums, scratch] = [workspace.words(64), workspace.bytes(258 * 8)]
  for (let block = 0; block < 512; block++)
    kernels.addByteProducts(sums.byteOffset, bytes.byteOffset, 8, scratch.byteOffset)
  expect(sums.every(sum => sum === 65_536 * 255 * 255)).toBe(true)
})
