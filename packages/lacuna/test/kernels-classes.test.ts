import fc from 'fast-check'
import { expect, test } from 'vitest'
import { Workspace } from '../dist/compute/workspace.js'
import { sigmoid, softplus } from './reference/kernels.js'
import { noise } from './reference/noise.js'

const EPSILON = 2 ** -23

/** Lays t (n×hidden), u (classes×hidden) and a bias out; scores and states are followed by a guard. */
function layOut(n: number, classes: number, hidden: number, size: number, seed: number) {
  const workspace = new Workspace()
  const random = noise(seed)
  const filled = (length: number) => {
    const view = workspace.floats(length)
    for (let i = 0; i < length; i++) view[i] = size * random()
    return view
  }
  const guarded = (length: number) => workspace.floats(length + 1).fill(12345.5)
  const [t, u, bias] = [filled(n * hidden), filled(classes * hidden), filled(classes)]
  const [scores, states] = [guarded(n * classes), guarded(n * classes * hidden)]
  const run = (into = states.byteOffset) =>
    workspace.kernels.classScores(
      scores.byteOffset,
      into,
      t.byteOffset,
      u.byteOffset,
      bias.byteOffset,
      n,
      classes,
      hidden,
    )
  return { t, u, bias, scores, states, run }
}

test('classScores: bias + Σ log(1 + e^o) and 1/(1 + e^−o)', () => {
  const sizes = fc.record({
    n: fc.nat(3),
    classes: fc.integer({ min: 1, max: 4 }),
    hidden: fc.oneof(fc.nat(20), fc.integer({ min: 250, max: 530 })),
    size: fc.constantFrom(0.1, 3, 60, 1e4),
    seed: fc.integer(),
  })
  fc.assert(
    fc.property(sizes, ({ n, classes, hidden, size, seed }) => {
      const { t, u, bias, scores, states, run } = layOut(n, classes, hidden, size, seed)
      run()
      for (let i = 0; i < n; i++)
        for (let y = 0; y < classes; y++) {
          let [sum, terms] = [bias[y]!, Math.abs(bias[y]!)]
          for (let k = 0; k < hidden; k++) {
            const [t_k, u_k] = [t[i * hidden + k]!, u[y * hidden + k]!]
            sum += softplus(t_k + u_k)
            // o is off by half a rounding, each factor 1 + e^−|o| by about two.
            terms += softplus(t_k + u_k) + Math.abs(t_k + u_k) + 2
            const state = states[(i * classes + y) * hidden + k]!
            const off = Math.abs(state - sigmoid(t_k + u_k))
            expect(off).toBeLessThanOrEqual(EPSILON * (2 + Math.abs(t_k + u_k) / 4))
          }
          const found = scores[i * classes + y]!
          const additions = hidden / 4 + 8
          expect(Math.abs(found - sum)).toBeLessThanOrEqual(EPSILON * (1 + additions / 2) * terms)
        }
      expect(scores[n * classes]).toBe(12345.5)
      expect(states[n * classes * hidden]).toBe(12345.5)
    }),
  )
})

test('classScores gives the same scores where states are not asked for, and writes none', () => {
  const { scores, states, run } = layOut(2, 3, 77, 3, 5)
  run()
  const before = scores.slice()
  scores.fill(0)
  states.fill(7)
  run(0)
  expect([...scores.slice(0, 6)]).toEqual([...before.slice(0, 6)])
  expect(states.every(value => value === 7)).toBe(true)
})

test('classScores of units far out in both directions', () => {
  const { t, u, scores, states, run } = layOut(1, 1, 600, 0, 1)
  t.fill(-3e38)
  run()
  expect([scores[0], states[0]]).toEqual([0, 0])
  t.fill(1000)
  u.fill(500)
  run()
  expect([scores[0], states[599]]).toEqual([900_000, 1])
})
