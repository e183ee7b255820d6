import fc from 'fast-check'
import { Matrix, MixtureDensityNetwork } from 'lacuna'
import { inverseProblemLimits, inverseProblemLogDensity } from 'lacuna/verification'
import { describe, expect, test } from 'vitest'
import { spread } from '../src/chart/labels.js'
import { linear } from '../src/chart/scale.js'
import { bishopLattice } from '../src/mixture/bishop-lattice.js'
import { heightsOf, judged } from '../src/mixture/error-heights.js'
import { nearAnswer } from '../src/mixture/near-answer.js'
import {
  examplesOf,
  MOST_POINTS,
  noPoints,
  type OwnPoints,
  type Place,
  packPlaces,
  STEPS,
  strokeOf,
  unitRange,
  unpackPlaces,
  withoutNear,
  withPlaces,
} from '../src/mixture/own-points.js'
import { claimedColour, densityPixels } from '../src/mixture/paint.js'
import { decimals } from '../src/mixture/plane.js'
import { readCsv, shortestFloat, writeCsv } from '../src/mixture/points-csv.js'
import { profileOf, truthOver } from '../src/mixture/profile.js'
import { COLUMNS, middles, ROWS, scan } from '../src/mixture/scan.js'

const step = fc.integer({ min: 0, max: STEPS })
const places = fc.array(fc.record<Place>({ x: step, t: step }), { maxLength: MOST_POINTS })
const range = { x: [-1, 3], t: [0, 2] } as const

describe('own points', () => {
  test('come back from a link as they were, and damaged ones are none', () => {
    fc.assert(
      fc.property(places, all => {
        expect(unpackPlaces(packPlaces(all))).toEqual(all)
      }),
    )
    for (const text of ['A', '%', packPlaces([{ x: 1, t: 2 }]).slice(1), 'A'.repeat(4 * 801)])
      expect(unpackPlaces(text)).toBeUndefined()
    expect(unpackPlaces(packPlaces([{ x: 4095, t: 0 }]))).toBeUndefined() // beyond the map
  })

  test('are drawn up to the edge and to the number that a link holds, and erased', () => {
    const drawn = withPlaces(noPoints, [
      { x: -5, t: 12.4 },
      { x: STEPS + 0.7, t: 50 },
    ])
    expect(drawn.places).toEqual([
      { x: 0, t: 12 },
      { x: STEPS, t: 50 },
    ])
    expect(withoutNear(drawn, { x: 30, t: 12 }, 31).places).toEqual([{ x: STEPS, t: 50 }])
    expect(withoutNear(drawn, { x: 30, t: 12 }, 29)).toBe(drawn)
    const many = withPlaces(
      drawn,
      Array.from({ length: 900 }, () => ({ x: 7, t: 7 })),
    )
    expect(many.places.length).toBe(MOST_POINTS)
    expect(withPlaces(many, [{ x: 1, t: 1 }])).toBe(many)
    const { x, t } = examplesOf({ range, places: [{ x: 1000, t: STEPS }] })
    expect([...x, ...t]).toEqual([0, 2])
  })

  test('of a stroke lie along it, apart', () => {
    const stroke = strokeOf({ x: 0, t: 100 }, { x: 600, t: 100 }, () => 0.5)
    expect(stroke.map(({ x }) => x)).toEqual([60, 120, 180, 240, 300, 360, 420, 480, 540, 600])
    expect(stroke.every(({ t }) => t === 100)).toBe(true)
    expect(strokeOf({ x: 0, t: 0 }, { x: 30, t: 40 }, Math.random)).toEqual([])
    const scattered = strokeOf({ x: 0, t: 0 }, { x: 6000, t: 0 }, Math.random)
    for (const { t } of scattered) expect(Math.abs(t)).toBeLessThanOrEqual(1.5 * 70)
  })
})

describe('points as CSV', () => {
  const float = fc.float({ noNaN: true, noDefaultInfinity: true })

  test('float32 is written so short that it is still read as the same bits', () => {
    expect([0.1, -2.5, 1 / 3, 1e-7].map(Math.fround).map(shortestFloat)).toEqual([
      '0.1',
      '-2.5',
      '0.33333334',
      '1e-7',
    ])
    fc.assert(
      fc.property(float, value => {
        expect(Math.fround(Number(shortestFloat(value)))).toBe(value === 0 ? 0 : value)
      }),
    )
  })

  test('what is written is read as the same points, to the nearest step', () => {
    const points: OwnPoints = { range: unitRange, places: [] }
    fc.assert(
      fc.property(
        fc.array(fc.record<Place>({ x: step, t: step }), { minLength: 2, maxLength: 50 }),
        places => {
          const { x, t } = examplesOf({ ...points, places })
          const read = readCsv(writeCsv({ x, t })).points
          const back = examplesOf(read)
          const fine = ([low, high]: readonly [number, number]) => (0.51 * (high - low)) / STEPS
          for (const k of places.keys()) {
            expect(Math.abs(back.x[k]! - x[k]!)).toBeLessThanOrEqual(fine(read.range.x) + 1e-6)
            expect(Math.abs(back.t[k]! - t[k]!)).toBeLessThanOrEqual(fine(read.range.t) + 1e-6)
          }
        },
      ),
      { numRuns: 30 },
    )
  })

  test('headings, other separators, more columns and long files are understood', () => {
    for (const text of ['x,t\n1,2\n3,4\n', '1;2;9\r\n3;4;9', '"a b"\t"c"\n1\t2\n\n3\t4']) {
      const { points, note } = readCsv(text)
      expect(points.places.length).toBe(2)
      expect(points.range).toEqual({ x: [0.9, 3.1], t: [1.9, 4.1] })
      expect(note).toBe('Values are rounded to 1/4000 of the width of the map.')
    }
    const long = readCsv(Array.from({ length: 2000 }, (_, k) => `${k},1`).join('\n'))
    expect(long.points.places.length).toBe(667)
    expect(long.points.range.t).toEqual([0.5, 1.5])
    expect(readCsv('1234567,5e-9\n1234767,1e-9').points.range).toEqual({
      x: [1234557, 1234777],
      t: [8e-10, 5.2e-9],
    })
    expect(long.note).toMatch(/^Of 2000 rows it shows 667\./)
  })

  test.each([
    ['x,t\n1,2\n3,four', 'Line 3 does not begin with two numbers.'],
    ['x\n1\n2', 'Line 2 does not begin with two numbers.'],
    ['1,1e39\n2,3', 'Line 1 does not begin with two numbers.'],
    ['NaN,inf\n1,2\n3,4', 'Line 1 does not begin with two numbers.'],
    [
      '1234567,1\n1234569,2',
      'The column of x varies by less than 1/16,000 of its size, which float32 blurs.',
    ],
    ['x,t\n1,2', 'The file has fewer than two rows of numbers.'],
    ['', 'The file has fewer than two rows of numbers.'],
  ])('%j is refused', (text, what) => {
    expect(() => readCsv(text)).toThrow(expect.objectContaining({ what }))
  })
})

describe('what is drawn of a mixture', () => {
  const network = MixtureDensityNetwork.create({ seed: 3, inputs: 1, components: 4 })
  const leastSquares = MixtureDensityNetwork.create({ seed: 3, inputs: 1, components: 1, floor: 1 })
  const scanned = scan(network, leastSquares, range)

  test('is p(t|x) = Σ αφ, as the library has it', () => {
    const [xs, ts] = [middles(range.x, COLUMNS), middles(range.t, ROWS)]
    expect([xs[0], xs.at(-1)]).toEqual([-1 + 2 / COLUMNS, 3 - 2 / COLUMNS])
    const mixture = network.predict(new Matrix(COLUMNS, 1, xs))
    for (const row of [0, 50, ROWS - 1]) {
      const t = new Matrix(COLUMNS, 1, new Float64Array(COLUMNS).fill(ts[row]!))
      for (const [column, logDensity] of mixture.logDensity(t).entries()) {
        const p = Math.exp(logDensity)
        expect(Math.abs(scanned.density[row * COLUMNS + column]! - p)).toBeLessThan(1e-6 * p)
      }
    }
    for (const [i, column] of [
      [0, 0],
      [3, 77],
    ] as const) {
      const at = i * COLUMNS + column
      expect(scanned.weights[at]).toBe(Math.fround(mixture.weights.row(column)[i]!))
      expect(scanned.means[at]).toBe(Math.fround(mixture.means.row(column)[i]!))
      expect(scanned.scales[at]).toBe(Math.fround(mixture.scales.row(column)[i]!))
    }
  })

  test('is opaque where it is dense, the greatest t above', () => {
    const density = new Float32Array(ROWS * COLUMNS)
    density[(ROWS - 1) * COLUMNS + 5] = 9
    density[3] = 0.5
    const pixels = densityPixels({ density, top: 2 }, [1, 2, 3])
    expect([...pixels.slice(20, 24)]).toEqual([1, 2, 3, 240])
    const faint = pixels[4 * ((ROWS - 1) * COLUMNS + 3) + 3]!
    expect(faint).toBeGreaterThan(60)
    expect(faint).toBeLessThan(150)
    expect(pixels[3]).toBe(0)
  })

  test('over one x it has every mode, the asked mass, and the components that add up to it', () => {
    for (const interval of ['highest', 'central'] as const) {
      const cut = { x: 0.4, interval, mass: 0.8 }
      const profile = profileOf(network, leastSquares, range, cut)
      const mixture = network.predict(new Matrix(1, 1, Float64Array.of(0.4)))
      const at = (t: number) => new Matrix(1, 1, Float64Array.of(t))
      for (const k of [0, 40, profile.t.length - 1]) {
        const p = Math.exp(mixture.logDensity(at(profile.t[k]!))[0]!)
        expect(profile.density[k]).toBeCloseTo(p, 12)
        const sum = profile.parts.reduce((total, part) => total + part[k]!, 0)
        expect(sum).toBeCloseTo(p, 12)
      }
      expect([...profile.t].sort((a, b) => a - b)).toEqual([...profile.t])
      const mass = profile.intervals.reduce(
        (sum, { lower, upper }) => sum + mixture.cdf(at(upper))[0]! - mixture.cdf(at(lower))[0]!,
        0,
      )
      expect(mass).toBeCloseTo(0.8, 9)
      expect(profile.modes.reduce((sum, { weight }) => sum + weight, 0)).toBeCloseTo(1, 12)
      expect(profile.leastSquares).toBe(leastSquares.predict(at(0.4)).mean().data[0])
    }
  })

  test('a point has the colours of those that claim it', () => {
    const colours = [
      [200, 0, 0],
      [0, 100, 40],
    ] as const
    expect(claimedColour(Float32Array.of(1, 0), colours)).toEqual([200, 0, 0])
    expect(claimedColour(Float32Array.of(0.25, 0.75), colours)).toEqual([50, 75, 30])
  })
})

describe('what is known of Bishop’s problem', () => {
  test('the true density over an x has mass 1, where it is possible', () => {
    for (const x of [0.05, 0.35, 0.5, 0.9]) {
      const { stretches, density } = truthOver(x)
      const length = stretches.reduce((sum, { lower, upper }) => sum + upper - lower, 0)
      expect(Math.abs(length * density - 1)).toBeLessThan(6 / 2000 / length)
      for (const { lower, upper } of stretches)
        expect(inverseProblemLogDensity(x, (lower + upper) / 2)).toBeCloseTo(Math.log(density), 12)
    }
    expect(truthOver(0.35).stretches.length).toBe(2)
    expect(truthOver(0.5).stretches.length).toBe(1)
    expect(truthOver(1.3)).toEqual({ stretches: [], density: 0 })
  })

  test('over the lattice the true density has the error that nothing is below', () => {
    const { x, t } = bishopLattice()
    const error = -x.data.reduce((sum, x, k) => sum + inverseProblemLogDensity(x, t.data[k]!), 0)
    expect(Math.abs(error / x.rows - inverseProblemLimits.at(-1)!.nll)).toBeLessThan(3e-3)
  })
})

test('of the points near an x, how many lie near an answer', () => {
  const x = Float32Array.of(0, 0.01, 0.02, 0.5)
  const t = Float32Array.of(0, 1, 1.02, 1)
  const unit = { x: [0, 1], t: [0, 1] } as const
  expect(nearAnswer({ x, t }, unit, 0, 1)).toEqual({ points: 3, hits: 2 })
  expect(nearAnswer({ x, t }, unit, 0, 0.5)).toEqual({ points: 3, hits: 0 })
})

describe('the chart of errors', () => {
  const error = (trained: number, held = Number.NaN, fresh = Number.NaN) => ({
    trained,
    held,
    fresh,
  })

  test('is judged by the whole problem, or by points kept aside if there are any', () => {
    expect(judged(error(1, 2, 3), true)).toBe(3)
    expect(judged(error(1, 2), false)).toBe(2)
    expect(judged(error(1), false)).toBeUndefined()
    expect(judged(undefined, true)).toBeUndefined()
  })

  test('goes from the least error to nearly the greatest, with what is known of Bishop’s in it', () => {
    const [low, high] = heightsOf([error(0.5), error(-1.1, -1)], true)
    for (const { nll } of inverseProblemLimits) expect(nll > low && nll < high).toBe(true)
    const wild = Array.from({ length: 50 }, (_, k) => error(k === 7 ? 1e6 : -k))
    const [least, most] = heightsOf(wild, false)
    expect(least).toBeLessThan(-49)
    expect(most).toBeLessThan(10)
    expect(heightsOf([], false)).toEqual([-1, 1])
    expect(heightsOf([error(2)], false)).toEqual([1.5, 2.5])
  })
})

test('a scale goes straight from one range to another', () => {
  const y = linear([-1, 3], [200, 0])
  expect([-1, 1, 3].map(y)).toEqual([200, 100, 0])
})

test('figures have the digits that their range needs', () => {
  const ranges = [
    [-0.1, 1.1],
    [0, 1e-4],
    [0, 40],
    [1000, 9000],
  ] as const
  expect(ranges.map(decimals)).toEqual([2, 6, 1, 0])
})

test('labels stand apart, in their order, and inside, where there is room', () => {
  expect(spread([10, 12, 50], 8, [0, 100])).toEqual([10, 18, 50])
  expect(spread([90, 97, 99], 8, [0, 100])).toEqual([84, 92, 100])
  expect(spread([-3, 40], 8, [0, 100])).toEqual([0, 40])
  fc.assert(
    fc.property(fc.array(fc.double({ min: -20, max: 120, noNaN: true }), { maxLength: 9 }), all => {
      const sorted = all.toSorted((a, b) => a - b)
      const moved = spread(sorted, 10, [0, 100])
      for (let k = 1; k < moved.length; k++)
        expect(moved[k]! - moved[k - 1]!).toBeGreaterThan(10 - 1e-9)
      for (const place of moved) expect(place > -1e-9 && place < 100 + 1e-9).toBe(true)
    }),
  )
})
