import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { type Divisible, type Division, divisions } from '../dist/compute/division.js'
import { Activation, type Kernels, Mode } from '../dist/compute/kernels.js'
import { Random } from '../dist/compute/random.js'
import { Workspace } from '../dist/compute/workspace.js'

const workspace = new Workspace()
const SIZE = 30_000
/** What a kernel may leave anything in. It lies before the vectors, as does what `product` packs. */
const room = workspace.floats(4000).byteOffset
/** Three vectors of random floats; sparse rows of up to four entries in columns below ten. */
const vectors = [1, 2, 3].map(() => workspace.floats(SIZE))
const [out, x, y] = vectors.map(vector => vector.byteOffset) as [number, number, number]
const bytes = workspace.bytes(SIZE)
/** A thousand bits, and the lists of the first thirty. */
const bits = workspace.bytes(1000)
const lists = workspace.words(9).byteOffset
const listEnds = workspace.words(3).byteOffset
const starts = workspace.words(100)
const ends = workspace.words(100)
const columns = workspace.words(400)
/** As many rows, each a group of its own, and a definite matrix of ten columns to solve with. */
const firsts = workspace.words(101)
firsts.set(firsts.map((_, i) => i))
const distinct = workspace.words(400)
distinct.set(distinct.map((_, e) => ((e >> 2) + 3 * (e & 3)) % 10))
const definite = workspace.floats(100)
definite.set(
  definite.map((_, at) => (at % 11 === 0 ? 3 : 1 / (1 + (at % 10) + Math.floor(at / 10)))),
)

function fill(seed: number): void {
  // A quarter of the floats are 0.
  for (const [stream, vector] of vectors.entries()) {
    workspace.kernels.randomUniform(vector.byteOffset, SIZE, seed, 0, stream, 0, -1, 3)
    workspace.kernels.activate(vector.byteOffset, SIZE, Activation.relu)
  }
  workspace.kernels.randomBits(bytes.byteOffset, SIZE / 4, seed, 0, 3, 0, 0)
  const random = new Random(seed)
  for (let i = 0; i < 100; i++) {
    starts[i] = 4 * i
    ends[i] = 4 * i + random.integer(0, 5)
    for (let l = 0; l < 10; l++) bits[10 * i + l] = random.integer(0, 2)
    for (let e = 0; e < 4; e++) columns[4 * i + e] = random.integer(0, 10)
  }
  workspace.kernels.listBits(lists, listEnds, bits.byteOffset, 3, 10, 10, 1)
}

const [s, e, j] = [starts.byteOffset, ends.byteOffset, columns.byteOffset]
const { store, accumulate } = Mode
const { hardtanh, identity } = Activation
/** Calls of every kernel that can be divided, of n columns, rows or elements. */
const calls: Record<Divisible, (n: number) => number[][]> = {
  product: n => [
    [out, n + 3, 7, n, 13, x, 13, 1, y, n, 1, store, 1, y, hardtanh],
    [out, n, 7, n, 13, x, 1, 7, y, 1, 13, accumulate, -0.3, 0, identity],
  ],
  sparseProduct: n => [
    [out, 20, n % 100, 19, s, e, j, x, y, 19, store, 1, y, hardtanh],
    [out, 20, n % 100, 19, s, e, j, x, y, 19, accumulate, -0.3, 0, identity],
  ],
  listRows: n => [[s, e, j, out, x, 0, n % 100, 4]],
  rowDots: n => [[out, x, y, y, 21, s, e, j, n % 100, hardtanh]],
  solveSubmatrices: n => [
    [x, s, e, distinct.byteOffset, firsts.byteOffset, n % 100, definite.byteOffset, 10, out],
  ],
  columnSums: n => [
    [out, x, n + 1, 11, n, store, 1],
    [out, x, n, 11, n, accumulate, -0.3],
  ],
  classScores: n => [
    [out, out + 4000, x, y, y + 400, n % 100, 4, 9],
    [out, 0, x, y, y + 400, n % 100, 4, 9],
  ],
  mixtureErrors: n => [
    [out, out + 400, x, y, n % 100, 3, 2, 2, -1, 0.01, room],
    [out, out + 400, x, y, n % 100, 2, 3, 1, -1, 0.01, room],
    [out, 0, x, y, n % 100, 1, 1, 1, -1, 0.01, room],
  ],
  gatherRows: n => [[out, x, j, n % 100, 7]],
  // Three rows of ten bits, in three groups each.
  bitProduct: n => [
    [out, n + 3, 3, n, 10, lists, listEnds, x, n, 1, 0.5, 0, y, 0, hardtanh],
    [out, n, 3, n, 10, lists, listEnds, x, 1, 10, 1, -0.3, y, y, identity],
  ],
  listBits: n => [
    [out, out + 4000, bits.byteOffset, n % 100, 9, 9, 1],
    [out, out + 4000, bits.byteOffset, n % 100, 9, 1, n % 100],
  ],
  centreRows: n => [[out, y, 0.5, n % 100, 21]],
  bernoulli: n => [[out, x, n, 1, 2, 3, 4, 5]],
  expandBytes: n => [[out, bytes.byteOffset + 1, n]],
  bytesToFloats: n => [[out, bytes.byteOffset + 1, n]],
  activate: n => [[out, n, hardtanh]],
  activationGradient: n => [[out, x, n, Activation.tanh]],
  scale: n => [[out, -0.3, n]],
  scaleRows: n => [[out, x, n % 100, 19]],
  addScaled: n => [[out, x, -0.3, n]],
  blend: n => [[out, x, y, x, n]],
  exp: n => [[out, x, n]],
  log: n => [[out, x, n]],
  tanh: n => [[out, x, n]],
  sigmoid: n => [[out, x, n]],
  softplus: n => [[out, x, n]],
  momentumStep: n => [[out, x, y, n, 0.1, 0.9]],
  adamStep: n => [[out, x, y, x, n, 0.1, 0.9, 0.99, 1e-8]],
  averageStep: n => [[out, x, n, 0.9]],
}

describe('a call in parts, in any order, gives the bits of the whole', () => {
  test.each(Object.keys(divisions) as Divisible[])('%s', name => {
    const { units, part, work } = divisions[name] as Division
    const run = (call: readonly number[]) =>
      (workspace.kernels[name] as (...call: readonly number[]) => void)(...call)
    const everything = () => Buffer.from(new Uint8Array(workspace.memory.buffer).slice(out))
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 2000 }), fc.integer(), fc.nat(), (n, cut, seed) => {
        for (const call of calls[name](n)) {
          const count = units(call)
          if (count === 0) continue
          expect(work(call)).toBeGreaterThan(0)
          fill(seed)
          run(call)
          const whole = everything()
          fill(seed)
          const middle = Math.abs(cut) % (count + 1)
          const parts = [
            [middle, count],
            [0, middle],
          ] as const
          for (const [from, to] of parts) if (from < to) run(part(call, from, to))
          expect(everything().equals(whole)).toBe(true)
        }
      }),
      { numRuns: 40 },
    )
  })
})

test('every kernel that computes on vectors or matrices is divided, but for the few that are not worth it', () => {
  const whole: (keyof Kernels)[] = [
    ...([
      'addToDoubles',
      'gather',
      'sum',
      'transpose',
      'randomBits',
      'randomUniform',
      'shuffle',
    ] as const),
    ...(['addByteProducts', 'updateAndMultiply', 'reflect', 'rotate'] as const),
    ...(['scratchBytes', 'useScratch'] as const),
  ]
  const known = [...Object.keys(divisions), ...whole].sort()
  const exported = Object.keys(workspace.kernels).filter(name => name !== 'memory')
  expect(exported.filter(name => !known.includes(name) && !name.startsWith('multiply'))).toEqual([])
})
