import fc from 'fast-check'
import { ConditionalRbm, Images, Matrix, Random } from 'lacuna'
import { describe, expect, test } from 'vitest'
import { bitsOfImages, filtersOf, noInputs, picturesOf } from '../src/boltzmann/large/digit-bits.js'
import { DigitChains } from '../src/boltzmann/large/digit-chains.js'
import { digitTable } from '../src/boltzmann/large/digit-table.js'
import { digitsCommand } from '../src/boltzmann/large/digits-command.js'
import { fillGap } from '../src/boltzmann/large/fill-gap.js'
import { howLikely } from '../src/boltzmann/large/how-likely.js'
import {
  type DigitSettings,
  firstDigits,
  gapAt,
  hiddenChoices,
  LAST_DIGIT,
  maskOf,
  rateChoices,
  readDigitLink,
  writeDigitLink,
} from '../src/boltzmann/large/settings.js'
import { seeds } from '../src/frame/seed.js'
import { missing, PIXELS } from '../src/pixels/grid.js'

/** A machine over the pixels with couplings and biases drawn at random. */
function randomMachine(hidden: number, scale: number): ConditionalRbm {
  const random = new Random(7)
  const normal = (count: number) => Float64Array.from({ length: count }, () => random.normal())
  return ConditionalRbm.from({
    W: new Matrix(0, hidden, new Float64Array(0)),
    U: new Matrix(
      PIXELS,
      hidden,
      normal(PIXELS * hidden).map(u => scale * u),
    ),
    outputBias: normal(PIXELS),
    hiddenBias: normal(hidden),
  })
}

const bits = Uint8Array.from({ length: PIXELS }, (_, at) => (at % 5 === 0 ? 1 : 0))

describe('a gap', () => {
  const machine = randomMachine(6, 0.3)
  /** Four pixels that are missing, and the probabilities of their 16 fillings, one by one. */
  const places = [100, 101, 300, 700]
  const mask = Uint8Array.from({ length: PIXELS }, (_, at) => (places.includes(at) ? 1 : 0))
  const all = Array.from({ length: 16 }, (_, state) => {
    const y = Float64Array.from(bits)
    for (const [i, at] of places.entries()) y[at] = (state >>> i) & 1
    return y
  })
  const free = all.map(y => machine.freeEnergy(noInputs(1), new Matrix(1, PIXELS, y))[0]!)
  const least = Math.min(...free)
  const sum = free.reduce((total, F) => total + Math.exp(least - F), 0)
  const p = free.map(F => Math.exp(least - F) / sum)
  const levels = (y: ArrayLike<number>) => Uint8Array.from(y, bit => 255 * bit)

  test('is filled in the likeliest ways, each with its probability', () => {
    const { likeliest, drawn, truth, mean } = fillGap(machine, bits, mask, 6, new Random(1))
    const order = [...p.keys()].sort((a, b) => p[b]! - p[a]!)
    expect(likeliest.map(filling => filling.levels)).toEqual(
      order.slice(0, 6).map(state => levels(all[state]!)),
    )
    for (const [i, filling] of likeliest.entries()) {
      expect(filling.logP).toBeCloseTo(Math.log(p[order[i]!]!), 11)
      expect(filling.logRatio).toBeCloseTo(Math.log(p[order[i]!]! / p[order[0]!]!), 11)
    }
    for (const filling of [...drawn, truth]) {
      const state = all.findIndex(y => levels(y).join() === filling.levels.join())
      expect(filling.logP).toBeCloseTo(Math.log(p[state]!), 11)
    }
    expect(truth.levels).toEqual(levels(bits))
    for (const [i, at] of places.entries()) {
      const on = p.reduce((total, each, state) => total + ((state >>> i) & 1) * each, 0)
      expect(mean[at]).toBe(Math.round(255 * on))
    }
  })

  test('of a machine too large to sum up is judged by ratios alone, and the same seed repeats it', () => {
    const large = randomMachine(24, 0.2)
    const wide = maskOf({ row: 5, column: 9, side: 6 })
    const answer = () => fillGap(large, bits, wide, 3, new Random(4))
    const { likeliest, drawn, truth } = answer()
    expect(likeliest[0]!.logRatio).toBeCloseTo(0, 11)
    for (const { logP, logRatio, levels } of [...likeliest, ...drawn, truth]) {
      expect(logP).toBeUndefined()
      expect(logRatio).toBeLessThanOrEqual(1e-9)
      levels.forEach((level, at) => {
        if (!wide[at]) expect(level).toBe(255 * bits[at]!)
      })
    }
    expect(answer()).toEqual({ likeliest, drawn, truth, mean: expect.anything() })
  })
})

test('chains begin as noise, and draw pixels with the probabilities they show', () => {
  const machine = randomMachine(3, 0.1)
  const chains = new DigitChains(40, new Random(2))
  const share = (values: Float64Array) => values.reduce((sum, v) => sum + v, 0) / values.length
  expect(new Set(chains.means.data)).toEqual(new Set([0, 1]))
  expect(Math.abs(share(chains.means.data) - 0.5)).toBeLessThan(4 * Math.sqrt(0.25 / (40 * PIXELS)))
  chains.sweep(machine)
  const again = new DigitChains(40, new Random(2))
  again.sweep(machine)
  expect(again.means.data).toEqual(chains.means.data)
  // What is shown are values that p(y = 1|h) can have for some h of three bits.
  const h = Array.from({ length: 8 }, (_, state) => [state & 1, (state >> 1) & 1, state >> 2])
  const possible = machine.outputGiven(new Matrix(8, 3, Float64Array.from(h.flat())))
  for (let n = 0; n < 40; n++) {
    const row = chains.means.row(n).join()
    expect(h.some((_, state) => possible.row(state).join() === row)).toBe(true)
  }
})

test('pictures become bits, and bits and filters pictures', () => {
  const images = new Images(
    1,
    28,
    28,
    Uint8Array.from({ length: PIXELS }, (_, at) => at % 256),
  )
  const y = bitsOfImages(images)
  expect([y.data[127], y.data[128], y.data[255], y.data[256]]).toEqual([0, 1, 1, 0])
  expect(picturesOf(y)[0]![128]).toBe(255)
  const machine = randomMachine(4, 1)
  const filters = filtersOf(machine)
  for (const [k, filter] of filters.entries()) {
    const weights = Array.from({ length: PIXELS }, (_, j) => machine.U.row(j)[k]!)
    const strongest = weights.reduce((a, b) => (Math.abs(b) > Math.abs(a) ? b : a))
    expect(filter[weights.indexOf(strongest)]).toBe(strongest > 0 ? 255 : 0)
    filter.forEach((level, j) => {
      if (Math.abs(level - 127.5) > 1) expect(Math.sign(level - 127.5)).toBe(Math.sign(weights[j]!))
    })
  }
  const table = new TextDecoder().decode(digitTable(y)).split('\n')
  expect(table[0]!.split(',').slice(0, 2)).toEqual(['p1', 'p2'])
  expect(table.slice(1)).toEqual([y.data.join(','), ''])
})

test('how likely, in words', () => {
  const levels = new Uint8Array(0)
  expect(
    [
      { logP: Math.log(0.1234), logRatio: 0 },
      { logP: Math.log(0.001), logRatio: 0 },
      { logP: Math.log(3e-9), logRatio: 0 },
      { logRatio: 0 },
      { logRatio: Math.log(0.25) },
      { logRatio: Math.log(2e-12) },
      { logRatio: -1000 },
    ].map(each => howLikely({ levels, ...each })),
  ).toEqual(['12.3 %', '0.1 %', '10⁻⁹', '× 1.00', '× 0.25', '× 10⁻¹²', '× 10⁻⁴³⁴'])
})

test('a gap lies inside the picture', () => {
  fc.assert(
    fc.property(
      fc.double({ min: -5, max: 40, noNaN: true }),
      fc.double({ min: -5, max: 40, noNaN: true }),
      fc.integer({ min: 4, max: 14 }),
      (x, y, side) => {
        const gap = gapAt(x, y, side)
        expect(missing(maskOf(gap))).toBe(side * side)
        if (x > side && x < 28 - side)
          expect(Math.abs(gap.column + side / 2 - x)).toBeLessThanOrEqual(0.5)
      },
    ),
  )
})

describe('a link to the digits', () => {
  test('is an experiment; what is damaged is as at the beginning', () => {
    const settings: fc.Arbitrary<DigitSettings> = fc.record({
      lesson: fc.record({
        images: fc.integer({ min: 100, max: 10_000 }),
        hidden: fc.constantFrom(...hiddenChoices),
        epochs: fc.integer({ min: 1, max: 500 }),
        rate: fc.constantFrom(...rateChoices),
        start: fc.integer({ min: seeds[0], max: seeds[1] }),
      }),
      seed: fc.integer({ min: seeds[0], max: seeds[1] }),
      digit: fc.integer({ min: 0, max: LAST_DIGIT }),
      gap: fc.record({
        row: fc.integer({ min: 0, max: 14 }),
        column: fc.integer({ min: 0, max: 14 }),
        side: fc.integer({ min: 4, max: 14 }),
      }),
    })
    fc.assert(
      fc.property(settings, settings => {
        const link = new URLSearchParams(writeDigitLink(settings, 'MNIST'))
        expect(readDigitLink(link)).toEqual(settings)
      }),
    )
    const damaged = 'images=5&hidden=17&epochs=0&rate=1&start=-1&seed=x&digit=1e9&row=27&side=99'
    expect(readDigitLink(new URLSearchParams(damaged))).toEqual(firstDigits)
    expect(readDigitLink(new URLSearchParams('side=14&row=15')).gap).toEqual({
      row: 10,
      column: 10,
      side: 14,
    })
  })

  test('as command', () => {
    expect(digitsCommand(firstDigits.lesson)).toBe(
      'npx lacuna train boltzmann digits.csv --hidden 64 --method pcd --sweeps 1 --learning-rate 0.02 --epochs 20 --seed 1 --out runs/digits',
    )
  })
})
