import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { Activation, Mode } from '../dist/compute/kernels.js'
import { Workspace } from '../dist/compute/workspace.js'
import { Images } from '../dist/data/images.js'
import { activationNames, activations, columnSums } from './reference/kernels.js'
import { noise } from './reference/noise.js'

const EPSILON = 2 ** -24 // the largest relative error of one rounding to float32
const GUARD = 12345.5
const round = Math.fround

const workspace = new Workspace()
const { kernels } = workspace
const [x, y, mask, out] = Array.from({ length: 4 }, () => workspace.floats(5000)) as [
  Float32Array,
  Float32Array,
  Float32Array,
  Float32Array,
]
const at = (view: Float32Array, index = 0) => view.byteOffset + 4 * index

const length = fc.nat(70)

/** Fills all vectors with noise, the result with the guard. */
function fill(seed: number) {
  const random = noise(seed)
  for (const view of [x, y, mask]) for (let i = 0; i < view.length; i++) view[i] = random()
  out.fill(GUARD)
}

/** The first n elements must be these bits exactly; the next must be untouched. */
function expectExactly(
  found: Float32Array,
  n: number,
  after: number,
  value: (i: number) => number,
) {
  for (let i = 0; i < n; i++)
    if (!Object.is(found[i], value(i))) expect.fail(`[${i}] is ${found[i]}, not ${value(i)}`)
  expect(found[n]).toBe(after)
}

describe('elementwise kernels round each operation once, and touch n elements', () => {
  const property = (check: (n: number, alpha: number) => void) =>
    fc.assert(
      fc.property(length, fc.float({ noNaN: true }), fc.integer(), (n, alpha, seed) => {
        fill(seed)
        check(n, alpha)
      }),
    )

  test('scale', () =>
    property((n, alpha) => {
      const before = x.slice()
      kernels.scale(at(x), alpha, n)
      expectExactly(x, n, before[n]!, i => round(alpha * before[i]!))
    }))

  test('scaleRows', () =>
    property(n => {
      const [before, rows] = [x.slice(), 7]
      kernels.scaleRows(at(x), at(y), rows, n)
      expectExactly(x, rows * n, before[rows * n]!, i => round(y[Math.floor(i / n)]! * before[i]!))
    }))

  test('addScaled', () =>
    property((n, alpha) => {
      const before = y.slice()
      kernels.addScaled(at(y), at(x), alpha, n)
      expectExactly(y, n, before[n]!, i => round(before[i]! + round(alpha * x[i]!)))
    }))

  test('blend', () =>
    property(n => {
      kernels.blend(at(out), at(x), at(y), at(mask), n)
      const other = (i: number) => round(1 - mask[i]!)
      expectExactly(out, n, GUARD, i => round(round(x[i]! * other(i)) + round(y[i]! * mask[i]!)))
    }))

  test('addToDoubles', () => {
    const doubles = new Float64Array(workspace.memory.buffer, workspace.floats(160).byteOffset, 80)
    property(n => {
      for (let i = 0; i < 80; i++) doubles[i] = i / 3
      kernels.addToDoubles(doubles.byteOffset, at(x), n)
      for (let i = 0; i < 80; i++) expect(doubles[i]).toBe(i < n ? i / 3 + x[i]! : i / 3)
    })
  })
})

test('blend takes the bits of one side where the mask is 0 or 1, whatever the other side is', () => {
  const awkward = [0, -0, 1, -1, Infinity, -Infinity, NaN, 3e38, 1e-45]
  const pairs = awkward.flatMap(a => awkward.map(b => [a, b] as const))
  for (const m of [0, -0, 1]) {
    pairs.forEach(([a, b], i) => {
      x[i] = a
      y[i] = b
      mask[i] = m
    })
    out.fill(GUARD)
    kernels.blend(at(out), at(x), at(y), at(mask), pairs.length)
    expectExactly(out, pairs.length, GUARD, i => round(pairs[i]![m === 1 ? 1 : 0]))
  }
})

test('bytesToFloats gives every byte its own number, from any offset', () => {
  const bytes = workspace.bytes(300)
  for (let p = 0; p < 256; p++) bytes[p + 3] = p
  for (const n of [256, 253]) {
    out.fill(GUARD)
    kernels.bytesToFloats(at(out), bytes.byteOffset + 3, n)
    expectExactly(out, n, GUARD, p => p)
  }
})

test('expandBytes gives every byte the value that Images gives it, from any offset', () => {
  const bytes = workspace.bytes(300)
  for (let p = 0; p < 256; p++) bytes[p + 3] = p
  out.fill(GUARD)
  kernels.expandBytes(at(out), bytes.byteOffset + 3, 256)
  const expected = new Images(
    1,
    16,
    16,
    Uint8Array.from({ length: 256 }, (_, p) => p),
  ).matrix()
  expectExactly(out, 256, GUARD, p => expected.data[p]!)
  expect(out[0]).toBe(-1)
  expect(out[255]).toBe(1)
})

describe('activate', () => {
  for (const name of activationNames)
    test(`applies ${name} in place`, () => {
      fc.assert(
        fc.property(length, fc.integer(), (n, seed) => {
          fill(seed)
          const before = x.slice()
          kernels.activate(at(x), n, Activation[name])
          for (let i = 0; i < n; i++) {
            const exact = activations[name].value(before[i]!)
            // tanh and sigmoid are within 3 units in the last place, the others rounded once.
            const bound = 6 * EPSILON * Math.abs(exact)
            if (!(Math.abs(x[i]! - exact) <= bound)) expect.fail(`${before[i]} gives ${x[i]}`)
          }
          expect(x[n]).toBe(before[n])
        }),
      )
    })
})

describe('activationGradient', () => {
  for (const name of activationNames)
    test(`multiplies δ by the slope of ${name} at its output`, () => {
      fc.assert(
        fc.property(length, fc.integer(), (n, seed) => {
          fill(seed)
          // Outputs at and beyond the corners too: −1, 0, 1 and a little more.
          for (let i = 0; i < n; i += 3) y[i] = [-1, 0, 1, 1.25, -1.25][i % 5]!
          const before = x.slice()
          kernels.activationGradient(at(x), at(y), n, Activation[name])
          for (let i = 0; i < n; i++) {
            const slope = activations[name].slope(y[i]!)
            const error = Math.abs(x[i]! - before[i]! * slope)
            // Three roundings, the first of 1 − y² or 1 − y, in which y's size may exceed the slope's.
            const bound = 3 * EPSILON * Math.abs(before[i]!) * Math.max(Math.abs(slope), 2)
            if (!(error <= bound)) expect.fail(`δ[${i}] is off by ${error} at y = ${y[i]}`)
          }
          expect(x[n]).toBe(before[n])
        }),
      )
    })

  test('of Hardtanh is exactly 0 from |y| = 1 on and exactly δ within', () => {
    const inside = 1 - EPSILON
    y.set([1, -1, inside, -inside, 0, 2])
    x.fill(0.3, 0, 6)
    kernels.activationGradient(at(x), at(y), 6, Activation.hardtanh)
    expect([...x.subarray(0, 6)]).toEqual([0, 0, round(0.3), round(0.3), round(0.3), 0])
  })

  test('is the slope of the activation: finite differences', () => {
    const h = 1e-5
    for (const name of activationNames)
      for (const point of [-2.3, -0.7, 0.4, 0.9, 1.8]) {
        const { value } = activations[name]
        x[0] = 1
        y[0] = value(point)
        kernels.activationGradient(at(x), at(y), 1, Activation[name])
        const slope = (value(point + h) - value(point - h)) / (2 * h)
        expect(Math.abs(x[0] - slope)).toBeLessThan(1e-6)
      }
  })
})

test('sum adds in float64, in four lanes', () => {
  fc.assert(
    fc.property(length, fc.integer(), (n, seed) => {
      fill(seed)
      const lanes = [0, 1, 2, 3].map(lane =>
        x.slice(0, n).reduce((total, value, i) => (i % 4 === lane ? total + value : total), 0),
      )
      expect(kernels.sum(at(x), n)).toBe(lanes[0]! + lanes[2]! + (lanes[1]! + lanes[3]!))
    }),
  )
})

describe('columnSums', () => {
  test('stores or adds alpha times the sums of the columns', () => {
    fc.assert(
      fc.property(
        length,
        length,
        fc.constantFrom<keyof typeof Mode>('store', 'accumulate'),
        fc.float({ min: -2, max: 2, noNaN: true }),
        fc.integer(),
        (rows, cols, mode, alpha, seed) => {
          fill(seed)
          kernels.columnSums(at(out), at(x), cols, rows, cols, Mode[mode], alpha)
          const { sums, sizes } = columnSums(rows, cols, x)
          for (let j = 0; j < cols; j++) {
            const [start, factor] = mode === 'store' ? [0, 1] : [GUARD, alpha]
            const size = sizes[j]! * Math.abs(factor)
            const error = Math.abs(out[j]! - (start + factor * sums[j]!))
            const bound = (rows + 2) * EPSILON * size + EPSILON * start
            if (!(error <= bound)) expect.fail(`column ${j} is off by ${error}, more than ${bound}`)
          }
          expect(out[cols]).toBe(GUARD)
        },
      ),
    )
  })

  test('adds rows from first to last, so that the columns of a call do not matter', () => {
    fill(7)
    kernels.columnSums(at(out), at(x), 70, 60, 70, Mode.store, 1)
    for (let j = 0; j < 70; j++) {
      let sum = 0
      for (let i = 0; i < 60; i++) sum = round(sum + x[i * 70 + j]!)
      expect(out[j]).toBe(sum)
    }
  })
})
