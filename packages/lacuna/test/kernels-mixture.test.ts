import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { Workspace } from '../dist/compute/workspace.js'
import { type Layout, mixtureError } from './reference/mixture-error.js'
import { noise } from './reference/noise.js'

const GUARD = 12345.5
/** What float32 arithmetic may lose below its normal numbers, after a multiplication by 1,000. */
const UNDERFLOW = 1e-34

/** Outputs of a network for n examples and their targets, in a workspace; guards behind what is written. */
class Batch {
  readonly layout: Layout
  readonly n: number
  readonly width: number
  readonly z: Float32Array
  readonly t: Float32Array
  readonly errors: Float32Array
  readonly slopes: Float32Array
  readonly #workspace = new Workspace()
  readonly #room: Float32Array

  constructor(layout: Layout, n: number, z: () => number, t: () => number) {
    const { m, c, shared } = layout
    const scales = (m * c) / shared
    const floats = (count: number) => this.#workspace.floats(count)
    this.layout = layout
    this.n = n
    this.width = m + m * c + scales
    this.z = floats(n * this.width)
    this.t = floats(n * c)
    for (let i = 0; i < this.z.length; i++) this.z[i] = z()
    for (let i = 0; i < this.t.length; i++) this.t[i] = t()
    this.errors = floats(n + 1).fill(GUARD)
    this.slopes = floats(n * this.width + 1).fill(GUARD)
    this.#room = floats(4 * Math.ceil(n / 4) * (this.width + m + scales + c + 2) + 1).fill(GUARD)
  }

  run(floor: number, factor = 1, slopes = this.slopes.byteOffset): void {
    const { m, c, shared } = this.layout
    const [E, Z, T, R] = [this.errors, this.z, this.t, this.#room].map(view => view.byteOffset)
    const { kernels } = this.#workspace
    kernels.mixtureErrors(E!, slopes, Z!, T!, this.n, m, c, shared, floor, factor, R!)
    for (const view of [this.errors, this.slopes, this.#room]) expect(view.at(-1)).toBe(GUARD)
  }

  /** Compares everything with the reference. */
  check(floor: number, factor = 1): void {
    const { layout, width, z, t, errors, slopes } = this
    for (let row = 0; row < this.n; row++) {
      const of = z.slice(row * width, (row + 1) * width)
      const targets = t.slice(row * layout.c, (row + 1) * layout.c)
      const truth = mixtureError(layout, of, targets, Math.fround(floor))
      const near = (what: string, found: number, value: number, bound: number) => {
        if (!(Math.abs(found - value) <= bound))
          expect.fail(`${what} of row ${row} is ${found}, not ${value} ± ${bound}`)
      }
      near('the error', errors[row]!, truth.error, truth.bound)
      for (let at = 0; at < width; at++) {
        const found = slopes[row * width + at]! / factor
        near(`slope ${at}`, found, truth.slopes[at]!, 1.001 * truth.bounds[at]! + UNDERFLOW)
      }
    }
  }
}

const layouts = fc
  .record({
    m: fc.integer({ min: 1, max: 6 }),
    c: fc.integer({ min: 1, max: 4 }),
    diagonal: fc.boolean(),
  })
  .map(({ m, c, diagonal }): Layout => ({ m, c, shared: diagonal ? 1 : c }))

describe('mixtureErrors', () => {
  const batches = fc.record({
    layout: layouts,
    n: fc.oneof(fc.integer({ min: 1, max: 9 }), fc.integer({ min: 62, max: 70 })),
    size: fc.constantFrom(0.1, 1, 3, 8),
    distance: fc.constantFrom(1, 30, 3000),
    floor: fc.constantFrom(-14, -7, -1),
    factor: fc.constantFrom(1, 1 / 1000),
    seed: fc.integer(),
  })

  test('Bishop’s error and slopes, within the bound that is stated, near and thousands of σ away', () => {
    fc.assert(
      fc.property(batches, ({ layout, n, size, distance, floor, factor, seed }) => {
        const random = noise(seed)
        const batch = new Batch(
          layout,
          n,
          () => size * random(),
          () => distance * random(),
        )
        batch.run(floor, factor)
        batch.check(floor, factor)
      }),
      { numRuns: 300 },
    )
  })

  test('gives an example the same bits whatever stands beside it', () => {
    fc.assert(
      fc.property(layouts, fc.integer({ min: 1, max: 140 }), fc.integer(), (layout, n, seed) => {
        const [random, targets] = [noise(seed), noise(seed + 1)]
        const whole = new Batch(layout, n, random, targets)
        whole.run(-7)
        const row = Math.abs(seed) % n
        const own = whole.z.slice(row * whole.width, (row + 1) * whole.width).values()
        const target = whole.t.slice(row * layout.c, (row + 1) * layout.c).values()
        const alone = new Batch(
          layout,
          1,
          () => own.next().value!,
          () => target.next().value!,
        )
        alone.run(-7)
        expect(alone.errors[0]).toBe(whole.errors[row])
        const slopes = whole.slopes.slice(row * whole.width, (row + 1) * whole.width)
        expect(alone.slopes.slice(0, -1)).toEqual(slopes)
      }),
    )
  })

  test('gives the same errors where slopes are not asked for, and writes none', () => {
    const batch = new Batch({ m: 3, c: 2, shared: 2 }, 70, noise(1), noise(2))
    batch.run(-7)
    const errors = batch.errors.slice()
    batch.errors.fill(GUARD)
    batch.slopes.fill(GUARD)
    batch.run(-7, 1, 0)
    expect(batch.errors).toEqual(errors)
    expect(batch.slopes.every(value => value === GUARD)).toBe(true)
  })

  test('stays finite where weights and densities leave the range of float32', () => {
    const rows = [
      [-2000, 0, 5, -5, -6, -6], // no weight on the first component
      [0, 0, 1000, -1000, -7, 80], // a million σ from one, at the centre of a flat other
      [3e38, -3e38, 0, 0, 40, -7],
    ]
    const values = rows.flat().values()
    const batch = new Batch(
      { m: 2, c: 1, shared: 1 },
      3,
      () => values.next().value!,
      () => 0.5,
    )
    batch.run(-7)
    expect([...batch.errors.slice(0, 3), ...batch.slopes.slice(0, -1)].every(Number.isFinite)).toBe(
      true,
    )
    batch.check(-7)
  })

  test('what is not a number shows in the error, wherever it stands', () => {
    for (let at = 0; at < 7; at++) {
      const random = noise(at)
      const batch = new Batch({ m: 2, c: 1, shared: 1 }, 5, random, random)
      if (at < 6) batch.z[6 + at] = Number.NaN
      else batch.t[1] = Number.NaN
      batch.run(-7)
      expect(Array.from(batch.errors.slice(0, 5), Number.isNaN)).toEqual([
        ...[false, true, false, false, false],
      ])
    }
  })
})

test('the reference has the slopes of its own finite differences', () => {
  fc.assert(
    fc.property(layouts, fc.integer(), (layout, seed) => {
      const { m, c, shared } = layout
      const random = noise(seed)
      // Multiples of 2⁻¹², so that steps of 2⁻¹⁰ are exact in float32.
      const number = () => Math.round(2 ** 12 * random()) / 2 ** 12
      const z = Float32Array.from({ length: m + m * c + (m * c) / shared }, number)
      const t = Float32Array.from({ length: c }, number)
      const { slopes } = mixtureError(layout, z, t, -7)
      const central = (at: number, h: number) => {
        const [up, down] = [z.slice(), z.slice()]
        up[at]! += h
        down[at]! -= h
        return (
          (mixtureError(layout, up, t, -7).error - mixtureError(layout, down, t, -7).error) /
          (2 * h)
        )
      }
      for (let at = 0; at < z.length; at++) {
        // Richardson's extrapolation takes the cubic term away, which can be 2·10⁻⁴ where σ is small.
        const slope = (4 * central(at, 2 ** -10) - central(at, 2 ** -9)) / 3
        expect(Math.abs(slopes[at]! - slope)).toBeLessThan(1e-5)
      }
    }),
    { numRuns: 50 },
  )
})
