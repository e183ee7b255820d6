import { expect, test } from 'vitest'
import { boltzmannIdentities } from '../dist/boltzmann/identities.js'
import { JointTable } from '../dist/boltzmann/joint-table.js'
import { Random } from '../dist/compute/random.js'
import { jointTable, logP, rbmOf, same } from './reference/boltzmann.js'

test('the sheet’s identities hold at random parameters, to what rounding leaves', () => {
  const checks = [1, 2].flatMap(seed => boltzmannIdentities(new Random(seed)))
  expect(new Set(checks.map(({ identity }) => identity)).size).toBe(12)
  for (const { identity, error, tolerance, ok } of checks) {
    expect(error, identity).toBeLessThanOrEqual(tolerance)
    expect(ok).toBe(true)
    expect(tolerance).toBeLessThan(identity.startsWith('∂') ? 5e-8 : 1e-11)
  }
})

test('the joint table is the one that a table written from E alone gives', () => {
  const machine = {
    W: [
      [0.5, -1],
      [2, 0.25],
    ],
    U: [[-0.75, 1.5]],
    a: [0.1, -0.2],
    b: [0.3],
    q: [-0.4, 0.6],
  }
  const { table, logZ } = jointTable(machine)
  const own = new JointTable(rbmOf(machine))
  expect(own.logPartition).toBeCloseTo(logZ, 13)
  const [logPxy, pY] = [
    own.logProbability(own.masks.x | own.masks.y),
    own.probabilityGiven(0b100, own.masks.x),
  ]
  for (let s = 0; s < 32; s++) {
    const [x, y] = [[...own.x.row(s)], [...own.y.row(s)]]
    const givenX = table.filter(entry => same(entry.x, x))
    expect(logPxy[s]).toBeCloseTo(
      logP(givenX, entry => same(entry.y, y)),
      13,
    )
    const on = logP(givenX, entry => entry.y[0] === 1)
    expect(pY[s]).toBeCloseTo(Math.exp(on - logP(givenX, () => true)), 13)
  }
})
