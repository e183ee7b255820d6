import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { polyline } from '../src/chart/polyline.js'
import { tickLabel, ticks } from '../src/chart/scale.js'
import { histogram } from '../src/duel/histogram.js'
import { LossRecord } from '../src/duel/loss-record.js'
import { leaderBy, rightShare } from '../src/duel/verdict.js'

describe('ticks', () => {
  test('are round, inside the range, and as many as asked for or somewhat fewer', () => {
    expect(ticks(0, 0.75, 4)).toEqual([0, 0.2, 0.4, 0.6000000000000001])
    expect(ticks(-3, 12, 5)).toEqual([0, 5, 10])
    expect(ticks(2, 2, 5)).toEqual([2])
    expect(ticks(-Number.MIN_VALUE, Number.MIN_VALUE, 5)).toHaveLength(1)
    fc.assert(
      fc.property(
        fc.double({ min: -1e4, max: 1e4, noNaN: true }),
        fc.double({ min: 1e-3, max: 1e4, noNaN: true }),
        fc.integer({ min: 2, max: 24 }),
        (low, size, parts) => {
          const found = ticks(low, low + size, parts)
          const slack = 1e-6 * size
          expect(found.length).toBeLessThanOrEqual(parts + 1)
          for (const tick of found) {
            expect(tick).toBeGreaterThanOrEqual(low - slack)
            expect(tick).toBeLessThanOrEqual(low + size + slack)
          }
        },
      ),
    )
  })

  test('are labelled with the digits they need', () => {
    const label = (values: number[]) => values.map(value => tickLabel(value, values))
    expect(label([0, 0.2, 0.4])).toEqual(['0.0', '0.2', '0.4'])
    expect(label([-50, 0, 50])).toEqual(['−50', '0', '50'])
    expect(label([-0.02, 0, 0.02])).toEqual(['−0.02', '0.00', '0.02'])
  })
})

test('a path goes through its points, and one point is a dot', () => {
  expect(
    polyline([
      [0, 1],
      [2.25, 3],
      [4, 5],
    ]),
  ).toBe('M0.0 1.0L2.3 3.0L4.0 5.0')
  expect(polyline([[1, 2]])).toBe('M1.0 2.0h0')
  expect(polyline([])).toBe('')
})

describe('the histogram', () => {
  const energies = fc.array(fc.double({ min: -40, max: 40, noNaN: true }), { minLength: 1 })

  test('counts every energy once, in the bin it lies in', () => {
    fc.assert(
      fc.property(energies, energies, (trueOnes, contrastive) => {
        const bins = histogram({ true: trueOnes, contrastive })
        const sum = (kind: 'true' | 'contrastive') => bins.reduce((n, bin) => n + bin[kind], 0)
        expect([sum('true'), sum('contrastive')]).toEqual([trueOnes.length, contrastive.length])
        for (let k = 1; k < bins.length; k++) expect(bins[k]!.low).toBe(bins[k - 1]!.high)
        for (const bin of bins) {
          const slack = 1e-6 * (bin.high - bin.low)
          const near = trueOnes.filter(e => e > bin.low - slack && e < bin.high + slack).length
          expect(bin.true).toBeLessThanOrEqual(near)
        }
      }),
    )
  })

  test('of nothing, or of what is no number, has no bins', () => {
    expect(histogram({ true: [], contrastive: [] })).toEqual([])
    expect(histogram({ true: [Number.NaN], contrastive: [Infinity] })).toEqual([])
    expect(histogram({ true: [2, 2], contrastive: [2] })).toEqual([
      { low: 2, high: 3, true: 2, contrastive: 1 },
    ])
  })
})

describe('the record of losses', () => {
  test('keeps every loss, whatever the pieces it comes in, and stays what it was', () => {
    fc.assert(
      fc.property(
        fc.array(fc.array(fc.integer(), { maxLength: 900 }), { maxLength: 5 }),
        pieces => {
          let record = new LossRecord(3)
          const before = record.with(Float32Array.of(7))
          for (const piece of pieces) record = record.with(Float32Array.from(piece))
          const all = Float32Array.from(pieces.flat())
          expect(record.length).toBe(all.length)
          all.forEach((loss, step) => {
            expect(record.at(step)).toBe(loss)
          })
          expect([before.length, before.at(0)]).toEqual([1, 7])
        },
      ),
      { numRuns: 30 },
    )
  })

  test('knows its epochs, and the columns of a picture', () => {
    const record = new LossRecord(3).with(Float32Array.of(1, 2, 6, 0, 0, 3, 9))
    expect(record.epochs()).toEqual([
      { epoch: 0, last: 6, mean: 3 },
      { epoch: 1, last: 3, mean: 1 },
    ])
    expect(record.columns(4)).toEqual([
      { from: 0, to: 2, least: 1, mean: 1.5, greatest: 2 },
      { from: 2, to: 4, least: 0, mean: 3, greatest: 6 },
      { from: 4, to: 6, least: 0, mean: 1.5, greatest: 3 },
      { from: 6, to: 7, least: 9, mean: 9, greatest: 9 },
    ])
    expect(record.columns(100).length).toBe(7)
    expect(new LossRecord(3).columns(10)).toEqual([])
  })
})

test('who is ahead: by how often the true image has less energy', () => {
  const energies = (t: number[], c: number[]) => ({
    true: Float64Array.from(t),
    contrastive: Float64Array.from(c),
  })
  expect(rightShare(energies([1, 2, 3, 4], [2, 3, 4, 3]))).toBe(0.75)
  expect(rightShare(energies([1, 1], [1, 1]))).toBe(0.5)
  expect([1, 0.95, 0.75, 0.6, 0.5].map(leaderBy)).toEqual([
    'energy',
    'energy',
    'neither',
    'generator',
    'generator',
  ])
})
