import fc from 'fast-check'
import { type ConditionalRbm, type M64, Random } from 'lacuna'
import { contrastiveBias } from 'lacuna/verification'
import { describe, expect, test } from 'vitest'
import {
  allFree,
  type Clamp,
  nextClamp,
  readClamps,
  resizedClamps,
  writeClamps,
} from '../src/boltzmann/small/clamps.js'
import { bitsOf, Exact, stateOf } from '../src/boltzmann/small/exact.js'
import { GibbsChain } from '../src/boltzmann/small/gibbs-chain.js'
import { learnCommand } from '../src/boltzmann/small/learn-command.js'
import {
  firstMachine,
  limits,
  type Machine,
  machineOf,
  parameterCount,
  parameterName,
  parametersOf,
  rbmOf,
  resized,
  type Sizes,
  unitName,
  units,
  visibleUnits,
  withParameter,
} from '../src/boltzmann/small/machine.js'
import {
  examplesOf,
  firstPatterns,
  leastError,
  type Pattern,
  patternsCsv,
  readPatterns,
  resizedPatterns,
  writePatterns,
} from '../src/boltzmann/small/patterns.js'
import {
  firstLesson,
  readSmallLink,
  type SmallSettings,
  writeSmallLink,
} from '../src/boltzmann/small/settings.js'
import { summands, writtenSum } from '../src/boltzmann/small/sums.js'
import { distanceOfIndependentDraws, Visits } from '../src/boltzmann/small/visits.js'
import { readAddress, writeAddress } from '../src/frame/address.js'
import { seeds } from '../src/frame/seed.js'

const within = ([min, max]: readonly [number, number]) => fc.integer({ min, max })

const anySizes: fc.Arbitrary<Sizes> = fc.record({
  inputs: within(limits.inputs),
  outputs: within(limits.outputs),
  hidden: within(limits.hidden),
})

const anyMachine: fc.Arbitrary<Machine> = anySizes.chain(sizes =>
  fc
    .array(fc.integer({ min: -40, max: 40 }), {
      minLength: parameterCount(sizes),
      maxLength: parameterCount(sizes),
    })
    .map(tenths => ({ sizes, parameters: Float32Array.from(tenths, t => t / 10) })),
)

const anyClamps = (sizes: Sizes) =>
  fc.array(fc.constantFrom<Clamp[]>(0, 1, undefined), {
    minLength: units(sizes),
    maxLength: units(sizes),
  })

const sigmoid = (t: number) => 1 / (1 + Math.exp(-t))

describe('a small machine', () => {
  test('is the library’s machine, and comes back from it as it was', () => {
    fc.assert(
      fc.property(anyMachine, machine => {
        expect(machineOf(rbmOf(machine))).toEqual(machine)
      }),
    )
  })

  test('names its units and parameters, each otherwise', () => {
    const { sizes } = firstMachine
    expect(Array.from({ length: 8 }, (_, unit) => unitName(sizes, unit)).join(' ')).toBe(
      'x₁ x₂ y₁ y₂ y₃ h₁ h₂ h₃',
    )
    const parameters = parametersOf(sizes)
    const names = parameters.map(parameter => parameterName(sizes, parameter))
    expect(new Set(names).size).toBe(23)
    expect(names.slice(0, 4)).toEqual(['x₁–h₁', 'x₁–h₂', 'x₁–h₃', 'x₂–h₁'])
    expect(names.slice(-2)).toEqual(['bias of h₂', 'bias of h₃'])
    for (const parameter of parameters) {
      const { W, U, inputBias, outputBias, hiddenBias } = rbmOf(
        withParameter({ sizes, parameters: new Float32Array(23) }, parameter.index, 1),
      )
      const biases = [...inputBias, ...outputBias, ...hiddenBias]
      const set =
        parameter.hidden === undefined
          ? biases[parameter.unit]
          : [...W.data, ...U.data][3 * parameter.unit + parameter.hidden - 5]
      expect(set).toBe(1)
    }
  })

  test('of other sizes keeps what both have, and gets zeros for the rest', () => {
    fc.assert(
      fc.property(anyMachine, anySizes, (machine, sizes) => {
        const named = (m: Machine) =>
          new Map(
            parametersOf(m.sizes).map(p => [parameterName(m.sizes, p), m.parameters[p.index]]),
          )
        const before = named(machine)
        for (const [name, value] of named(resized(machine, sizes)))
          expect(value).toBe(before.get(name) ?? 0)
        expect(resized(machine, machine.sizes)).toEqual(machine)
      }),
    )
  })
})

describe('exact probabilities', () => {
  test('agree with the library’s sums, with whatever is held', () => {
    fc.assert(
      fc.property(
        anyMachine.chain(machine => fc.tuple(fc.constant(machine), anyClamps(machine.sizes))),
        ([machine, clamps]) => {
          const exact = new Exact(machine)
          const { sizes } = machine
          const D = visibleUnits(sizes)
          const patterns = Array.from({ length: exact.visibleStates }, (_, s) => bitsOf(s, D))
          const { x, y } = examplesOf(patterns, sizes)
          const [joint, conditional] = [
            exact.rbm.logProbability(x, y),
            exact.rbm.conditionalLogProbability(y, x),
          ]
          for (let s = 0; s < exact.visibleStates; s++) {
            expect(exact.visible[s]).toBeCloseTo(Math.exp(joint[s]!), 12)
            expect(exact.conditional[s]).toBeCloseTo(Math.exp(conditional[s]!), 12)
          }
          // By hand from p(x,y,h): those states that agree with what is held, and their share.
          const agrees = (s: number) =>
            clamps.every((clamp, unit) => clamp === undefined || ((s >>> unit) & 1) === clamp)
          const sums = new Map<number, number>()
          let held = 0
          exact.joint.forEach((p, s) => {
            if (!agrees(s)) return
            held += p
            const v = s % exact.visibleStates
            sums.set(v, (sums.get(v) ?? 0) + p)
          })
          const given = exact.visibleGiven(clamps)
          expect(new Set(given.map(({ state }) => state))).toEqual(new Set(sums.keys()))
          for (const { state, p } of given) expect(p).toBeCloseTo(sums.get(state)! / held, 10)
        },
      ),
      { numRuns: 40 },
    )
  })
})

/**
 * The chain of x and y, p(v → v′) = Σ_h p(h|v) p(v′|h), for what is held among them: its matrix in the
 * basis in which it is symmetric, √(p(v)/p(v′)) p(v → v′), and the largest eigenvalue but 1 of that.
 */
function secondEigenvalue(exact: Exact, clamps: readonly Clamp[]): number {
  const { sizes } = exact.machine
  const [D, K] = [visibleUnits(sizes), sizes.hidden]
  const states = exact.visibleGiven(clamps)
  const product = (bits: readonly number[], p: ArrayLike<number>, free: (i: number) => boolean) =>
    bits.reduce((total, bit, i) => (free(i) ? total * (bit ? p[i]! : 1 - p[i]!) : total), 1)
  const { x, y } = examplesOf(
    states.map(({ state }) => bitsOf(state, D)),
    sizes,
  )
  const up = exact.rbm.hiddenGiven(x, y)
  const h = Array.from({ length: 2 ** K }, (_, s) => bitsOf(s, K))
  const rows: M64 = examplesOf(h, { inputs: 0, outputs: K, hidden: 1 }).y
  const [toX, toY] = [exact.rbm.inputGiven(rows), exact.rbm.outputGiven(rows)]
  const symmetric = states.map((from, i) =>
    states.map(to => {
      const sum = h.reduce((total, bits, k) => {
        const down = [...toX.row(k), ...toY.row(k)]
        const back = product(bitsOf(to.state, D), down, unit => clamps[unit] === undefined)
        return total + product(bits, up.row(i), () => true) * back
      }, 0)
      return Math.sqrt(from.p / to.p) * sum
    }),
  )
  // By power iteration, orthogonally to √p, whose eigenvalue is 1. All of them are from 0 to 1.
  const root = states.map(({ p }) => Math.sqrt(p))
  let vector = states.map((_, i) => Math.sin(i + 1))
  let value = 0
  for (let turn = 0; turn < 500; turn++) {
    const along = vector.reduce((sum, v, i) => sum + v * root[i]!, 0)
    vector = vector.map((v, i) => v - along * root[i]!)
    vector = symmetric.map(row => row.reduce((sum, s, j) => sum + s * vector[j]!, 0))
    value = Math.sqrt(vector.reduce((sum, v) => sum + v * v, 0))
    vector = vector.map(v => v / value)
  }
  return value
}

describe('the Gibbs chain', () => {
  test.each([
    ['free', '--------'],
    ['with x held', '01------'],
    ['with an output held', '--1-----'],
  ])('visits states as often as they are probable: %s', (_, held) => {
    const exact = new Exact(firstMachine)
    const clamps = readClamps(held, firstMachine.sizes)!
    const states = exact.visibleGiven(clamps)
    const visits = new Visits(exact.visibleStates, states)
    const chain = new GibbsChain(exact.rbm, clamps, new Random(5))
    const n = 20_000
    for (let sweep = 0; sweep < 200; sweep++) chain.sweep()
    for (let sweep = 0; sweep < n; sweep++) {
      chain.sweep()
      visits.add(stateOf(chain.bits.subarray(0, 5)))
    }
    // The variance of a share of n visits is at most (1 + λ)/(1 − λ) times that of n independent draws,
    // λ being the second eigenvalue (reversible chains; all eigenvalues are at least 0 here). So the mean
    // distance is at most √((1 + λ)/(1 − λ)) that of independent draws, up to √(π/2) as a mean absolute
    // deviation is at most a standard deviation. A change of one visit changes it by 1/n: it lies close
    // to its mean, and twice that is far beyond.
    const lambda = secondEigenvalue(exact, clamps)
    expect(lambda).toBeLessThan(0.99)
    const mean =
      Math.sqrt((Math.PI / 2) * ((1 + lambda) / (1 - lambda))) *
      distanceOfIndependentDraws(states, n)
    const { distance, counts } = visits.soFar()
    expect(distance).toBeLessThan(2 * mean)
    expect(mean).toBeLessThan(0.1)
    // No state is visited that disagrees with what is held.
    const possible = new Set(states.map(({ state }) => state))
    counts.forEach((count, state) => {
      if (!possible.has(state)) expect(count).toBe(0)
    })
  })

  test('without weights is coins: χ² over the 32 states', () => {
    const zero = { ...firstMachine, parameters: new Float32Array(23) }
    const exact = new Exact(zero)
    const chain = new GibbsChain(exact.rbm, allFree(zero.sizes), new Random(3))
    const counts = new Float64Array(32)
    const n = 16_000
    for (let sweep = 0; sweep < n; sweep++) {
      chain.sweep()
      counts[stateOf(chain.bits.subarray(0, 5))]!++
    }
    const chi2 = counts.reduce((sum, count) => sum + (count - n / 32) ** 2 / (n / 32), 0)
    // 31 degrees of freedom: between the quantiles 10⁻⁴ and 1 − 10⁻⁴.
    expect(chi2).toBeGreaterThan(9.6)
    expect(chi2).toBeLessThan(66.6)
  })

  test('takes half steps that tell how each bit was drawn; held units stay', () => {
    fc.assert(
      fc.property(
        anyMachine.chain(machine =>
          fc.tuple(fc.constant(machine), anyClamps(machine.sizes), fc.nat()),
        ),
        ([machine, clamps, seed]) => {
          const D = visibleUnits(machine.sizes)
          const chain = new GibbsChain(rbmOf(machine), clamps, new Random(seed))
          const again = new GibbsChain(rbmOf(machine), clamps, new Random(seed))
          for (let half = 0; half < 6; half++) {
            const before = chain.bits.slice()
            const layer = chain.next
            const draws = chain.halfStep()
            expect(draws.map(({ unit }) => unit)).toEqual(
              Array.from(before.keys()).filter(unit => unit >= D === (layer === 'hidden')),
            )
            for (const { unit, p, u, bit } of draws) {
              const t = summands(machine, unit, before).reduce((sum, term) => sum + term, 0)
              expect(p).toBeCloseTo(sigmoid(t), 12)
              expect(chain.bits[unit]).toBe(bit)
              if (clamps[unit] === undefined) expect(bit).toBe(u! < p ? 1 : 0)
              else expect([bit, u]).toEqual([clamps[unit], undefined])
            }
            again.halfStep()
          }
          expect(chain.bits).toEqual(again.bits)
        },
      ),
      { numRuns: 60 },
    )
  })
})

describe('visits', () => {
  test('count, and know how far off they are', () => {
    const exact = [
      { state: 0, p: 0.25 },
      { state: 2, p: 0.75 },
    ]
    const visits = new Visits(4, exact)
    expect(visits.soFar()).toMatchObject({ sweeps: 0, distance: undefined, curve: [] })
    for (const state of [2, 2, 0, 0]) visits.add(state)
    const { sweeps, distance, counts, curve } = visits.soFar()
    expect([sweeps, distance, [...counts]]).toEqual([4, 0.25, [2, 0, 2, 0]])
    expect(curve.map(point => point.distance)).toEqual(
      [0.25, 0.25, (2 / 3 - 0.75) / -1, 0.25].map(d => expect.closeTo(d, 12)),
    )
    for (let n = 0; n < 10_000; n++) visits.add(0)
    expect(visits.soFar().curve.length).toBeLessThan(100)
    expect(visits.soFar().counts).not.toBe(counts)
  })

  test('independent draws come as near as foretold', () => {
    const exact = new Exact(firstMachine).visibleGiven(allFree(firstMachine.sizes))
    let sum = 0
    const sums = exact.map(({ p }, i) => {
      sum += p
      return i < exact.length - 1 ? sum : 1
    })
    const random = new Random(1)
    const n = 2000
    const distances = Array.from({ length: 60 }, () => {
      const visits = new Visits(32, exact)
      for (let draw = 0; draw < n; draw++) {
        const u = random.uniform()
        visits.add(exact[sums.findIndex(sum => u < sum)]!.state)
      }
      return visits.soFar().distance!
    })
    const mean = distances.reduce((sum, d) => sum + d, 0) / distances.length
    expect(mean / distanceOfIndependentDraws(exact, n)).toBeCloseTo(1, 1)
  })
})

describe('patterns', () => {
  test('cannot be learnt better than their answers allow', () => {
    const { sizes } = firstMachine
    // Of five patterns two share their x: for each of these two log 2 is left.
    expect(leastError(firstPatterns, sizes)).toBeCloseTo((2 * Math.LN2) / 5, 12)
    expect(leastError(firstPatterns.slice(0, 3), sizes)).toBe(0)
    expect(leastError([firstPatterns[0]!, firstPatterns[0]!], sizes)).toBe(0)
    const alone = { inputs: 0, outputs: 2, hidden: 1 }
    const pairs: Pattern[] = [
      [0, 1],
      [1, 0],
      [1, 0],
      [1, 1],
    ]
    expect(leastError(pairs, alone)).toBeCloseTo(1.5 * Math.LN2, 12)
  })

  test('keep the bits of units that remain', () => {
    const { sizes } = firstMachine
    const fewer = { inputs: 1, outputs: 2, hidden: 3 }
    expect(resizedPatterns([[0, 1, 1, 0, 1]], sizes, fewer)).toEqual([[0, 1, 0]])
    expect(resizedPatterns([[0, 1, 0]], fewer, sizes)).toEqual([[0, 0, 1, 0, 0]])
  })

  test('as a table, and the command that learns it', () => {
    expect(patternsCsv(firstPatterns.slice(0, 2), firstMachine.sizes)).toBe(
      'x1,x2,y1,y2,y3\n0,0,1,0,0\n0,1,0,1,0\n',
    )
    expect(learnCommand(firstMachine.sizes, firstLesson)).toBe(
      'npx lacuna train boltzmann patterns.csv --inputs x1,x2 --outputs y1,y2,y3 --hidden 3 --method exact --learning-rate 0.5 --epochs 300 --seed 1',
    )
    expect(
      learnCommand({ inputs: 0, outputs: 2, hidden: 1 }, { ...firstLesson, method: 'cd' }),
    ).toBe(
      'npx lacuna train boltzmann patterns.csv --outputs y1,y2 --hidden 1 --method cd --sweeps 5 --learning-rate 0.5 --epochs 300 --seed 1',
    )
  })
})

test('the first machine and patterns show what CD-k is: short, off, and better with k', () => {
  const { x, y } = examplesOf(firstPatterns, firstMachine.sizes)
  const rbm: ConditionalRbm = rbmOf(firstMachine)
  const angles = [1, 5, 20].map(k => contrastiveBias(rbm, x, y, k).angle)
  expect(angles[0]).toBeGreaterThan(angles[1]!)
  expect(angles[1]).toBeGreaterThan(angles[2]!)
})

test('a click holds a unit at 1, at 0, and lets it go', () => {
  expect([undefined, 1, 0].map(clamp => nextClamp(clamp as Clamp))).toEqual([1, 0, undefined])
  expect(
    resizedClamps(
      [1, 0, undefined],
      { inputs: 1, outputs: 1, hidden: 1 },
      { inputs: 0, outputs: 2, hidden: 1 },
    ),
  ).toEqual([0, undefined, undefined])
})

test('sums as they are written', () => {
  expect(writtenSum([])).toBe('0')
  expect(writtenSum([3, -1.5, 2])).toBe('3 − 1.5 + 2')
  expect(writtenSum([-0.126])).toBe('−0.13')
})

describe('a link', () => {
  const settings: fc.Arbitrary<SmallSettings> = anyMachine.chain(machine =>
    fc.record({
      machine: fc.constant(machine),
      clamps: anyClamps(machine.sizes),
      seed: fc.integer({ min: seeds[0], max: seeds[1] }),
      patterns: fc.array(
        fc.array(fc.constantFrom<(0 | 1)[]>(0, 1), {
          minLength: visibleUnits(machine.sizes),
          maxLength: visibleUnits(machine.sizes),
        }),
        { maxLength: 8 },
      ),
      lesson: fc.record({
        method: fc.constantFrom('exact', 'cd', 'pcd'),
        sweeps: fc.integer({ min: 1, max: 100 }),
        rate: fc.constantFrom(0.05, 0.5, 2),
        epochs: fc.integer({ min: 1, max: 5000 }),
        start: fc.integer({ min: seeds[0], max: seeds[1] }),
      }),
      compared: fc.integer({ min: 1, max: 20 }),
    }),
  )

  test('is an experiment', () => {
    fc.assert(
      fc.property(settings, settings => {
        const hash = new URL(writeAddress('boltzmann', writeSmallLink(settings)), 'http://x/').hash
        const { room, settings: link } = readAddress(hash)
        expect(room).toBe('boltzmann')
        expect(readSmallLink(link)).toEqual(settings)
      }),
    )
    expect(writeSmallLink(readSmallLink(new URLSearchParams()))).toEqual({})
  })

  test('that is damaged is as at the beginning', () => {
    const first = readSmallLink(new URLSearchParams())
    for (const damaged of [
      'size=9-9-9&weights=AAAA&clamps=2&seed=-1&patterns=01&method=me&sweeps=0&rate=-1&epochs=0&cd=99',
      'size=2-3&weights=%25&clamps=11&patterns=11111.11&rate=NaN&start=1.5',
      'size=2-3-3-1&patterns=1a111',
    ])
      expect(readSmallLink(new URLSearchParams(damaged))).toEqual(first)
    const notFinite = Float32Array.from({ length: 23 }, () => Number.NaN)
    const weights = Buffer.from(notFinite.buffer).toString('base64url')
    expect(readSmallLink(new URLSearchParams({ weights })).machine).toEqual(firstMachine)
    expect(readPatterns('0.1', { inputs: 0, outputs: 1, hidden: 1 })).toEqual([[0], [1]])
    expect(writePatterns([[0], [1]])).toBe('0.1')
    expect(writeClamps([0, undefined, 1])).toBe('0-1')
  })
})
