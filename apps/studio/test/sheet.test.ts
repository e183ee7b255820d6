import { readFileSync } from 'node:fs'
import fc from 'fast-check'
import { GaussianMixture, Matrix, Random } from 'lacuna'
import { boltzmannIdentities, inpaintingIdentities, mixtureIdentities } from 'lacuna/verification'
import { describe, expect, test } from 'vitest'
import { findDeclaration } from '../build/declaration.js'
import { readSheet } from '../build/sheet-plugin.js'
import { TheoryPage } from '../build/theory.js'
import { typesetTex } from '../build/typeset.js'
import { differenceOf, holds } from '../src/sheet/comparison.js'
import {
  asWritten,
  compareLoss,
  compareSlopes,
  ENERGY,
  lossSlips,
} from '../src/sheet/loss-point.js'
import {
  COUPLING,
  coupled,
  drawMachine,
  flipped,
  type MachinePoint,
  MachineView,
} from '../src/sheet/machine-point.js'
import {
  compareMixture,
  drawMixture,
  mixtureSlips,
  moved,
  ranges,
  valuesAt,
} from '../src/sheet/mixture-point.js'
import { scientific, sixDigits } from '../src/sheet/number-text.js'
import {
  readLink,
  reseeded,
  reset,
  type SheetSettings,
  settingsOf,
  WEIGHT,
  writeLink,
} from '../src/sheet/settings.js'
import { sheetCommand, verifyCommand } from '../src/sheet/sheet-command.js'
import { printedLosses } from '../src/sheet/sheet-losses.js'
import { judgeAnswer, slipsAt } from '../src/sheet/slips.js'
import { holePixels } from '../src/sheet/small-hole.js'
import { smallStep } from '../src/sheet/small-step.js'
import { statements } from '../src/sheet/statements.js'

const inRange = ([low, high]: readonly [number, number]) =>
  fc.integer({ min: Math.ceil(100 * low), max: Math.floor(100 * high) }).map(value => value / 100)

const many = (count: number, range: readonly [number, number]) =>
  fc.array(inRange(range), { minLength: count, maxLength: count })

const mixtures = fc.record({
  z: many(3, ranges.z),
  mu: many(6, ranges.mu),
  sigma: many(3, ranges.sigma),
  t: many(2, ranges.t),
})

const machines = fc.record<MachinePoint>({
  couplings: many(12, [-COUPLING, COUPLING]),
  bits: fc.array(fc.integer({ min: 0, max: 1 }), { minLength: 7, maxLength: 7 }),
})

const energies = fc.record({
  eTrue: inRange([-ENERGY, ENERGY]),
  eContrastive: inRange([-ENERGY, ENERGY]),
})

describe('the text of the sheet, made at build', () => {
  const { text, proofs } = readSheet()

  test('has for every equation a proof, a check in `lacuna verify` and a place in the source', () => {
    const random = (step: number) => new Random(1, 0, step)
    const checks = [
      ...mixtureIdentities(random(0), 2),
      ...boltzmannIdentities(random(1)),
      ...inpaintingIdentities(random(2)),
    ]
    for (const { id, identities } of statements) {
      const { equation, code, slips } = text.sections[id]
      expect(equation, id).toMatch(/katex-display.*<math /s)
      expect(proofs[id].proof, id).toMatch(/<em>Proof\.<\/em>.*(∎|■)/s)
      expect(proofs[id].slips.length, id).toBe(slips)
      expect(code.length, id).toBeGreaterThan(0)
      for (const { first, line, last } of code) expect(first <= line && line <= last, id).toBe(true)
      for (const name of identities)
        expect(checks.filter(({ identity }) => identity.startsWith(name)).length, name).toBe(1)
    }
  })

  test('lists as many wrong answers as the room evaluates', () => {
    const settings = settingsOf(1)
    for (const { id } of statements) {
      const slips = slipsAt(settings, new MachineView(settings.machine), id)
      if (slips) expect(slips.wrong.length, id).toBe(proofs[id].slips.length)
    }
  })

  test('leaves no TeX, no Markdown and no link to a file', () => {
    const all = JSON.stringify({ text, proofs }).replace(/<annotation.*?<\/annotation>/g, '')
    expect(all).not.toMatch(/\$|\*\*|katex-error|<a |<img/)
  })

  test('is not made of what is missing or unknown', () => {
    const page = (body: string) => new TheoryPage('p', `# P\n\n## S: $a = b$\n\n${body}`)
    const proof = '*Proof.* So. ∎\n\nCode: [`f`](../../f.ts).\n'
    expect(page(proof).result('S').code).toEqual([{ name: 'f', path: 'f.ts' }])
    expect(() => page(proof).result('T')).toThrow(/p\.md has not one heading .*“T”/)
    expect(() => page('No proof.').result('S')).toThrow(/a proof under “S”/)
    expect(() => page('*Proof.* So. ∎').result('S')).toThrow(/a function that implements “S”/)
    expect(() => page('*Proof.* $\\nosuch$ ∎\n\nCode: [`f`](f.ts).').result('S')).toThrow(/nosuch/)
    expect(() => new TheoryPage('p', '# P\n\nno table').introduction()).toThrow(/table of symbols/)
    expect(() => typesetTex('a ∎', true)).toThrow(/∎|unicode/i)
  })
})

describe('a declaration', () => {
  const file = [
    "import { g } from 'g'",
    '/** What f does. */',
    'export function f() {',
    '  return 1',
    '}',
    'function hidden() {}',
    'export class A {',
    '  /** m */',
    '  m() {}',
    '}',
    'export const table = {',
    '  log: 1,',
    '}',
  ].join('\n')

  test('is found by its name, with its comment', () => {
    expect(findDeclaration('a.ts', file, 'f')).toEqual({ first: 2, line: 3, last: 5 })
    expect(findDeclaration('a.ts', file, 'A')).toEqual({ first: 7, line: 7, last: 10 })
    expect(findDeclaration('a.ts', file, 'A.m')).toEqual({ first: 8, line: 9, last: 9 })
    expect(findDeclaration('a.ts', file, 'table.log')).toEqual({ first: 12, line: 12, last: 12 })
  })

  test('that is not exported, or not there, is an error', () => {
    for (const name of ['hidden', 'g', 'F', 'A.n', 'f.m', 'table.exp'])
      expect(() => findDeclaration('a.ts', file, name)).toThrow(`a.ts exports no ${name}`)
  })
})

describe('the live checks', () => {
  test('of the mixture hold wherever the point is', () => {
    fc.assert(
      fc.property(mixtures, fc.constantFrom('1ai', '1aii', '1b', '1s'), (point, statement) => {
        const rows = compareMixture(point, statement)
        expect(rows.length).toBe(statement === '1aii' ? 6 : 3)
        for (const row of rows) {
          expect(holds(row), `${row.name} ${differenceOf(row)} ${row.bound}`).toBe(true)
          expect(row.bound).toBeLessThan(2e-3) // with t at 28σ; near the components see below
        }
      }),
      { numRuns: 60 },
    )
  })

  test('of the mixture are those of the library, and the wrong answers are wrong as they are said to be', () => {
    const point = drawMixture(3)
    const row = (values: readonly number[]) =>
      new Matrix(1, values.length, Float64Array.from(values))
    const mixture = GaussianMixture.fromLogits(row(point.z), row(point.mu), row(point.sigma))
    const { weights, means, scales, logits } = mixture.gradients(row(point.t))
    const { alpha, phi, pi, error } = valuesAt(point)
    expect(alpha.reduce((sum, a, i) => sum + a * phi[i]!, 0)).toBeCloseTo(Math.exp(-error), 12)
    expect(compareMixture(point, '1aii')[3]!.closed).toBe(means.data[3])
    for (const statement of ['1ai', '1aii', '1b', '1s'] as const)
      for (const { bound } of compareMixture(point, statement)) expect(bound).toBeLessThan(1e-7)
    expect(mixtureSlips(point, '1ai', 1)[0]).toBeCloseTo(-weights.data[1]!, 12)
    expect(mixtureSlips(point, '1aii', 2)[0]).toBeCloseTo(-means.data[4]!, 12)
    expect(mixtureSlips(point, '1aii', 2)[1]! * pi[2]!).toBeCloseTo(means.data[4]!, 12)
    expect(mixtureSlips(point, '1b', 0)[0]).toBeCloseTo(-logits.data[0]!, 12)
    expect(mixtureSlips(point, '1s', 0)[3]).toBeCloseTo(-scales.data[0]!, 12)
  })

  test('of the machine hold for every state', () => {
    fc.assert(
      fc.property(machines, fc.constantFrom('2ai', '2aii', '2b'), (point, statement) => {
        for (const row of new MachineView(point).compare(statement)) {
          expect(holds(row), row.name).toBe(true)
          expect(row.bound).toBeLessThan(1e-11)
        }
      }),
      { numRuns: 60 },
    )
  })

  test('of the machine show the terms that are summed, and answers that are wrong', () => {
    const view = new MachineView(drawMachine(4))
    const [F] = view.compare('2b')
    const sum = view.terms('2b').reduce((total, { energy }) => total + Math.exp(-energy), 0)
    expect(view.terms('2b').map(({ bits }) => bits)).toContain('1 0 1')
    expect(-Math.log(sum)).toBeCloseTo(F!.closed, 12)
    expect(view.slips('2b')[2]).toBeCloseTo(-F!.closed, 12)
    expect(view.slips('2ai')[0]).toBeCloseTo(1 - view.hidden[0]!, 12)
    expect(view.slips('2aii')[1]).toBeCloseTo(1 - view.outputs[0]!, 12)
  })

  test('of the loss hold for all energies, and what is written overflows', () => {
    fc.assert(
      fc.property(energies, point => {
        for (const row of [...compareLoss(point), ...compareSlopes(point)])
          expect(holds(row), `${row.name} ${differenceOf(row)}`).toBe(true)
      }),
    )
    expect(asWritten(800)).toEqual({ d: 800, written: Infinity, computed: 800 })
    expect(asWritten(-40).written).toBe(0)
    expect(asWritten(-40).computed).toBeCloseTo(Math.exp(-40), 25)
    expect(lossSlips({ eTrue: 1, eContrastive: 1 }, '3s')).toEqual([0.5, 0.5, 0.25])
  })

  test('of the step hold for every hole, and a weight that is moved', () => {
    for (let place = 0; place < 9; place++) {
      const hole = holePixels(place)
      const weights = place % 2 ? { energy: 1.25, generator: -0.5 } : undefined
      const step = smallStep({ seed: place, hole, weights })
      if (weights) expect(step.weights).toEqual(weights)
      expect(Math.abs(step.moves.energy + step.slopes.energy)).toBeLessThan(step.tolerance)
      expect(Math.abs(step.moves.generator - step.slopes.generator)).toBeLessThan(step.tolerance)
      expect(Math.max(step.worst.energy, step.worst.generator)).toBeLessThan(step.tolerance)
      step.outputs.forEach((move, pixel) => {
        expect(move === 0).toBe(!hole.includes(pixel))
      })
    }
  })

  test('what is no number does not hold', () => {
    expect(holds({ name: '', closed: Number.NaN, other: 0, bound: 1 })).toBe(false)
    expect(holds({ name: '', closed: Infinity, other: Infinity, bound: 1 })).toBe(false)
  })
})

test('an answer of one’s own is right, one of the wrong ones, or another', () => {
  const settings = settingsOf(10)
  const slips = slipsAt(settings, new MachineView(settings.machine), '1b')!
  const own = (value: number) => judgeAnswer(value, slips)
  expect(slips.of).toBe('∂E/∂z₁')
  expect(own(slips.right)).toBe('right')
  expect(own(Number(slips.right.toFixed(3)))).toBe('right')
  expect(slips.wrong.map(own)).toEqual([0, 1, 2, 3])
  expect([17, Number.NaN].map(own)).toEqual([undefined, undefined])
})

describe('a link to the sheet', () => {
  const settings = fc
    .record({
      seed: fc.nat(1000),
      mixture: mixtures,
      machine: machines,
      energies,
      weights: fc.option(
        fc.record({
          energy: inRange([-WEIGHT, WEIGHT]),
          generator: inRange([-WEIGHT, WEIGHT]),
        }),
        { nil: undefined },
      ),
      hole: fc.integer({ min: 0, max: 8 }),
      digit: fc.integer({ min: 0, max: 9 }),
      components: fc.integer({ min: 0, max: 784 }),
      images: fc.integer({ min: 100, max: 10_000 }),
      epochs: fc.integer({ min: 1, max: 1000 }),
    })
    .map(value => value satisfies SheetSettings)

  test('comes back as it was', () => {
    fc.assert(
      fc.property(
        settings,
        fc.subarray(statements.map(({ id }) => id)),
        fc.constantFrom(undefined, 'figures', '2b'),
        (settings, open, at) => {
          const read = readLink(new URLSearchParams(writeLink(settings, open, at, 'strokes')))
          expect(read).toEqual({ settings, open, at, data: 'strokes' })
        },
      ),
    )
  })

  test('says only what differs, and what is damaged is as at the beginning', () => {
    expect(writeLink(settingsOf(7), [], undefined, 'strokes')).toEqual({
      data: 'strokes',
      seed: '7',
    })
    const damaged =
      'seed=x&z=1,2&mu=a&sigma=0,1,1&t=9,9&couplings=&bits=0120000&energies=1&weights=3,0&hole=9&digit=-1&d=785&images=1&epochs=0&at=nowhere&open=4a'
    expect(readLink(new URLSearchParams(damaged))).toEqual({
      settings: settingsOf(10),
      open: [],
      at: undefined,
      data: undefined,
    })
  })

  test('another seed draws points and leaves the rest; reset brings every point back', () => {
    const moved = { ...settingsOf(3), digit: 4, hole: 1, images: 300, mixture: drawMixture(9) }
    expect(reseeded(moved, 5)).toEqual({ ...settingsOf(5), digit: 4, hole: 1, images: 300 })
    expect(reset(moved)).toEqual({ ...settingsOf(3), images: 300 })
  })

  test('points move within their ranges', () => {
    const { mixture, machine } = settingsOf(2)
    expect(moved(mixture, 'sigma', 1, -5).sigma[1]).toBe(ranges.sigma[0])
    expect(moved(mixture, 't', 0, 1.23456).t).toEqual([1.23, mixture.t[1]])
    expect(coupled(machine, 3, 99).couplings[3]).toBe(COUPLING)
    expect(flipped(flipped(machine, 2), 2)).toEqual(machine)
  })
})

test('numbers are written so that two of them can be compared', () => {
  expect([0, 1.5e-11, -2e9, Infinity, -Infinity, Number.NaN].map(scientific)).toEqual([
    '0',
    '1.5·10⁻¹¹',
    '−2.0·10⁹',
    '∞',
    '−∞',
    'no number',
  ])
  expect([0, -0.25, 12345.5, 1e-5, 123456, Infinity].map(sixDigits)).toEqual([
    '0.000000',
    '−0.250000',
    '12345.500000',
    '1.0·10⁻⁵',
    '1.2·10⁵',
    '∞',
  ])
})

test('what the sheet printed is what docs/theory says it printed', () => {
  const page = readFileSync(new URL('../../../docs/theory/inpainting.md', import.meta.url), 'utf8')
  const [, table] = page.split('The sheet prints the error')
  const errors = /\| err \|(.*)\|/.exec(table!)![1]!.split('|').map(Number)
  expect([...printedLosses.values()]).toEqual(errors)
})

test('the commands do the same in a terminal', () => {
  expect(sheetCommand(settingsOf(3), 'mnist')).toBe(
    'npx lacuna sheet --data mnist --train-size 2000 --epochs 50 --seed 3 --out runs/sheet',
  )
  expect(verifyCommand(settingsOf(3))).toBe('npx lacuna verify --seed 3')
})
