import fc from 'fast-check'
import { lossNames } from 'lacuna'
import { describe, expect, test } from 'vitest'
import * as complete from '../src/complete/settings.js'
import * as duel from '../src/duel/settings.js'
import { readAddress, rooms, writeAddress } from '../src/frame/address.js'
import { nextSeed, seeds } from '../src/frame/seed.js'
import { noPoints, type OwnPoints, STEPS } from '../src/mixture/own-points.js'
import * as mixture from '../src/mixture/settings.js'
import { packLevels, packMask, unpackLevels, unpackMask } from '../src/pixels/compact.js'
import { PIXELS } from '../src/pixels/grid.js'

const bytes = (max: number) =>
  fc
    .array(fc.oneof({ weight: 3, arbitrary: fc.constant(0) }, fc.nat({ max })), {
      minLength: PIXELS,
      maxLength: PIXELS,
    })
    .map(values => Uint8Array.from(values))

describe('pictures and masks in a link', () => {
  test('come back as they were', () => {
    fc.assert(
      fc.property(bytes(255), bytes(1), (levels, mask) => {
        expect(unpackLevels(packLevels(levels))).toEqual(levels)
        expect(unpackMask(packMask(mask))).toEqual(mask)
      }),
    )
  })

  test('that are damaged are none', () => {
    for (const text of [
      '',
      '%',
      'AAAA',
      packMask(new Uint8Array(PIXELS)).slice(4),
      '*'.repeat(131),
    ])
      expect(unpackMask(text)).toBeUndefined()
    const levels = packLevels(new Uint8Array(PIXELS).fill(7, 100, 300))
    for (const text of ['', '!', levels.slice(8), `${levels}AAAA`.replace(/^.{4}/, '')])
      expect(unpackLevels(text)).toBeUndefined()
    fc.assert(
      fc.property(fc.string(), text => {
        expect(unpackLevels(text)?.length ?? PIXELS).toBe(PIXELS)
        expect(unpackMask(text)?.length ?? PIXELS).toBe(PIXELS)
      }),
    )
  })
})

const whole = (min: number, max: number) => fc.integer({ min, max })

/** What a room's settings are after a way through the address bar. */
function throughAddress(room: (typeof rooms)[number], settings: Record<string, string>) {
  const address = readAddress(new URL(writeAddress(room, settings), 'http://x/').hash)
  expect(address.room).toBe(room)
  return address.settings
}

describe('a link is an experiment', () => {
  test('of the room Complete', () => {
    const choices = fc.record<complete.Choices>({
      tool: fc.constantFrom(...complete.tools),
      size: whole(1, 9),
      components: whole(1, PIXELS),
      count: whole(2, 12),
      seed: whole(...seeds),
      kind: fc.constantFrom(...complete.kinds),
      errors: fc.boolean(),
      critic: fc.constantFrom('sheet', 'window'),
    })
    const picture = fc.oneof(
      fc.record({ data: fc.constant('MNIST'), digit: whole(0, 9999), mask: bytes(1) }),
      fc.record({ data: fc.constant('strokes'), levels: bytes(255), mask: bytes(1) }),
    )
    fc.assert(
      fc.property(choices, picture, (choices, picture) => {
        const read = complete.readLink(
          throughAddress('complete', complete.writeLink(choices, picture)),
        )
        expect(read).toEqual({ digit: undefined, levels: undefined, ...choices, ...picture })
      }),
    )
  })

  test('of the room Duel', () => {
    const settings = fc.record<duel.DuelSettings>({
      seed: whole(...seeds),
      images: whole(100, 10_000),
      epochs: whole(1, 10_000),
      loss: fc.constantFrom(...lossNames),
      energyRate: fc.constantFrom(0.001, 0.05, 1, 1e-7),
      generatorRate: fc.constantFrom(0, 0.02, 0.5),
    })
    fc.assert(
      fc.property(settings, settings => {
        const read = duel.readLink(throughAddress('duel', duel.writeLink(settings, 'strokes')))
        expect(read).toEqual({ ...settings, data: 'strokes' })
      }),
    )
  })

  test('of the greatest seed, after which comes the first', () => {
    const [first, last] = seeds
    expect(nextSeed(last)).toBe(first)
    expect(nextSeed(first)).toBe(first + 1)
  })

  test('of the room Mixture', () => {
    const step = whole(0, STEPS)
    const end = fc.double({ min: 1e-3, max: 1e3, noNaN: true })
    const range = fc.record({
      x: end.map(high => [-high, high] as const),
      t: end.map(high => [high / 2, high] as const),
    })
    const own = fc.oneof(
      fc.constant(noPoints),
      fc.record<OwnPoints>({
        range,
        places: fc.array(fc.record({ x: step, t: step }), { minLength: 1, maxLength: 40 }),
      }),
    )
    const settings = fc.record<Omit<mixture.MixtureSettings, 'x'>>({
      data: fc.constantFrom(...mixture.sources),
      components: whole(1, mixture.MOST_COMPONENTS),
      seed: whole(...seeds),
      epochs: whole(1, mixture.MOST_EPOCHS),
      interval: fc.constantFrom(...mixture.intervalKinds),
      mass: fc.constantFrom(...mixture.masses),
      pace: fc.constantFrom(...mixture.paces),
    })
    const share = fc.double({ min: 0, max: 1, noNaN: true })
    fc.assert(
      fc.property(settings, own, share, (chosen, own, share) => {
        const [low, high] = mixture.rangeOf({ ...mixture.defaults, ...chosen }, own).x
        const x = Math.min(high, low + share * (high - low))
        const settings = { ...chosen, x }
        const link = throughAddress('mixture', mixture.writeLink(settings, own))
        expect(mixture.readLink(link)).toEqual({ settings, own })
      }),
    )
    expect(mixture.writeLink(mixture.defaults, noPoints)).toEqual({})
  })

  test('what is not said, or damaged, is as at the beginning', () => {
    const nothing = { data: undefined, digit: undefined, levels: undefined, mask: undefined }
    expect(complete.readLink(new URLSearchParams())).toEqual({ ...complete.defaults, ...nothing })
    const damaged =
      'tool=axe&size=99&d=0&answers=x&seed=-1&kind=&errors=1&energies=me&mask=A&digit=1.5'
    expect(complete.readLink(new URLSearchParams(damaged))).toEqual({
      ...complete.defaults,
      ...nothing,
    })
    const other = 'seed=1e3&images=5&epochs=0&loss=win&energy=-1&generator=NaN'
    expect(duel.readLink(new URLSearchParams(other))).toEqual({ ...duel.defaults, data: undefined })
    expect(duel.readLink(new URLSearchParams('energy=0&generator=0'))).toMatchObject({
      energyRate: 0.05,
      generatorRate: 0,
    })
    const nothingDrawn = { settings: mixture.defaults, own: noPoints }
    for (const text of [
      '',
      'data=mine&components=9&seed=-1&epochs=0&x=2&interval=all&mass=0.7&pace=1&points=A&range=1,2',
    ])
      expect(mixture.readLink(new URLSearchParams(text))).toEqual(nothingDrawn)
    for (const range of ['0,1,2,x', '1,0,0,1', '-1e308,1e308,0,1', '0,1e-320,0,1', '7,7,0,1']) {
      const { own } = mixture.readLink(new URLSearchParams(`points=AAAA&range=${range}`))
      expect(own).toEqual({ range: noPoints.range, places: [{ x: 0, t: 0 }] })
    }
    expect(writeAddress('duel', duel.writeLink(duel.defaults, 'strokes'))).toBe(
      '#/duel?data=strokes',
    )
  })

  test('what names no room is the first', () => {
    for (const hash of ['', '#', '#/', '#/attic', '#/Duel?seed=1'])
      expect(readAddress(hash).room).toBe('complete')
    for (const room of rooms) expect(readAddress(writeAddress(room)).room).toBe(room)
  })
})
