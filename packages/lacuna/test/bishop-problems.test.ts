import { describe, expect, test } from 'vitest'
import {
  handPositions,
  inverseProblem,
  inverseProblemLimits,
  inverseProblemLogDensity,
  robotArm,
} from '../dist/data/bishop-problems.js'

describe('the inverse problem', () => {
  test('is what its equation says: x − t − 0.3 sin 2πt is uniform over ±0.1', () => {
    const n = 20_000
    const { x, t } = inverseProblem(n, 1)
    const noise = x.data.map(
      (value, i) => value - t.data[i]! - 0.3 * Math.sin(2 * Math.PI * t.data[i]!),
    )
    for (const [values, low, high] of [
      [t.data, 0, 1],
      [noise, -0.1, 0.1],
    ] as const) {
      expect(Math.min(...values)).toBeGreaterThan(low - 1e-6)
      expect(Math.max(...values)).toBeLessThan(high + 1e-6)
      const width = high - low
      const mean = values.reduce((a, b) => a + b) / n
      const variance = values.reduce((sum, v) => sum + (v - mean) ** 2, 0) / n
      expect(Math.abs(mean - (low + high) / 2)).toBeLessThan(4 * width * Math.sqrt(1 / 12 / n))
      expect(Math.abs(variance / width ** 2 - 1 / 12)).toBeLessThan(4 * Math.sqrt(1 / 180 / n))
    }
  })

  test('has the density of a uniform strip: 1 over t at every x, entropy −1.2823 nats', () => {
    for (const x of [0.05, 0.2, 0.5, 0.71, 0.95]) {
      let total = 0
      for (let i = 0; i < 4000; i++)
        total += Math.exp(inverseProblemLogDensity(x, (i + 0.5) / 4000)) / 4000
      // The cells at the ends of what is possible count whole or not at all; densities stay under 15.
      expect(Math.abs(total - 1)).toBeLessThan(15 / 4000)
    }
    let entropy = 0
    for (let i = 0; i < 400; i++)
      for (let j = 0; j < 20; j++) {
        const t = (i + 0.5) / 400
        const u = 0.2 * ((j + 0.5) / 20) - 0.1
        const x = t + 0.3 * Math.sin(2 * Math.PI * t) + u
        entropy -= inverseProblemLogDensity(x, t) / 400 / 20
      }
    const { nll, components } = inverseProblemLimits.at(-1)!
    expect([nll, components]).toEqual([-1.2823, undefined])
    expect(Math.abs(entropy - nll)).toBeLessThan(1e-3) // 5·10⁻⁴ of it is the grid's
    expect(inverseProblemLogDensity(0.5, 0.9)).toBe(-Infinity)
    expect(inverseProblemLogDensity(1.05, 1.01)).toBe(-Infinity)
  })

  test('keeps one Gaussian at every x above −0.655: the mean of ½ log 2πe·Var[t|x]', () => {
    const [columns, rows] = [1600, 500]
    let error = 0
    let mass = 0
    for (let i = 0; i < columns; i++) {
      const x = -0.1 + (1.2 * (i + 0.5)) / columns
      const possible = Array.from({ length: rows }, (_, k) => (k + 0.5) / rows).filter(
        t => Math.abs(x - t - 0.3 * Math.sin(2 * Math.PI * t)) < 0.1,
      )
      if (possible.length === 0) continue
      const mean = possible.reduce((sum, t) => sum + t, 0) / possible.length
      const between = possible.reduce((sum, t) => sum + (t - mean) ** 2, 0) / possible.length
      const variance = between + 1 / rows ** 2 / 12 // and that within a cell
      // x has the density ℓ(x)/0.2, and ℓ(x) is how much of (0, 1) is possible.
      error += (possible.length * Math.log(2 * Math.PI * Math.E * variance)) / 2
      mass += possible.length
    }
    const [one] = inverseProblemLimits
    expect(one!.components).toBe(1)
    expect(Math.abs(error / mass - one!.nll)).toBeLessThan(1e-3)
  })

  test('has answers far from one another, and none between', () => {
    const possible = [0.04, 0.13, 0.4, 0.68, 0.8].map(
      t => inverseProblemLogDensity(0.35, t) > -Infinity,
    )
    expect(possible).toEqual([false, true, false, true, false])
  })
})

describe('the robot arm', () => {
  test('has its hand where trigonometry says, angles in range', () => {
    const { x, t } = robotArm(5000, 1)
    for (let i = 0; i < t.rows; i++) {
      const [a, b] = [t.row(i)[0]!, t.row(i)[1]!]
      expect(a >= 0.3 - 1e-6 && a < 1.2 + 1e-6).toBe(true)
      expect(b >= Math.PI / 2 - 1e-6 && b < 1.5 * Math.PI + 1e-6).toBe(true)
      expect(Math.abs(x.row(i)[0]! - 0.8 * Math.cos(a) + 0.2 * Math.cos(a + b))).toBeLessThan(1e-6)
      expect(Math.abs(x.row(i)[1]! - 0.8 * Math.sin(a) + 0.2 * Math.sin(a + b))).toBeLessThan(1e-6)
    }
    const spread = (k: number) => {
      const values = Array.from({ length: t.rows }, (_, i) => t.row(i)[k]!)
      return Math.max(...values) - Math.min(...values)
    }
    expect(spread(0)).toBeGreaterThan(0.89)
    expect(spread(1)).toBeGreaterThan(3.13)
    expect(handPositions(t).data.map(Math.fround)).toEqual(Float64Array.from(x.data))
  })
})

test('a seed gives the same examples, another seed others, and sizes out of range are refused', () => {
  for (const problem of [inverseProblem, robotArm]) {
    expect(problem(50, 3)).toEqual(problem(50, 3))
    expect(problem(50, 3).x.data).toEqual(problem(60, 3).x.slice(0, 50).data)
    expect(problem(50, 3)).not.toEqual(problem(50, 4))
    for (const n of [-1, 0.5, NaN, 1e9]) expect(() => problem(n, 1)).toThrow(/LACUNA_E_OPTION/)
    expect(() => problem(5, -1)).toThrow(/LACUNA_E_OPTION/)
  }
})
