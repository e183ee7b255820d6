import { describe, expect, test } from 'vitest'
import { Workspace } from '../dist/compute/workspace.js'
import { sigmoid, softplus } from './reference/kernels.js'

const workspace = new Workspace()
const COUNT = 1 << 16
const x = workspace.floats(COUNT)
const y = workspace.floats(COUNT + 1)
const bits = new Uint32Array(x.buffer, x.byteOffset, COUNT)

type Name = 'exp' | 'log' | 'tanh' | 'sigmoid' | 'softplus'

function apply(name: Name, values: ArrayLike<number>): number[] {
  x.set(values)
  workspace.kernels[name](y.byteOffset, x.byteOffset, values.length)
  return [...y.subarray(0, values.length)]
}

const exponent = new DataView(new ArrayBuffer(8))

/** Distance of a float32 from the true value in units in the last place of float32. */
function ulps(value: number, truth: number): number {
  const rounded = Math.fround(truth)
  if (value === rounded || (Number.isNaN(value) && Number.isNaN(rounded))) return 0
  exponent.setFloat64(0, Math.max(Math.abs(truth), 2 ** -126))
  return Math.abs(value - truth) / 2 ** ((exponent.getInt32(0) >> 20) - 1023 - 23)
}

const functions = [
  { name: 'exp', truth: Math.exp, tolerance: 1 },
  { name: 'log', truth: Math.log, tolerance: 1 },
  { name: 'tanh', truth: Math.tanh, tolerance: 3 },
  { name: 'sigmoid', truth: sigmoid, tolerance: 3 },
  { name: 'softplus', truth: softplus, tolerance: 3 },
] as const

describe('elementary functions of vectors', () => {
  for (const { name, truth, tolerance } of functions) {
    test(`${name} is within ${tolerance} ulp for every 4099th float, NaN and infinities included`, () => {
      let worst = 0
      for (let first = 0; first < 2 ** 32; first += COUNT * 4099) {
        for (let i = 0; i < COUNT; i++) bits[i] = first + i * 4099
        workspace.kernels[name](y.byteOffset, x.byteOffset, COUNT)
        for (let i = 0; i < COUNT; i++) worst = Math.max(worst, ulps(y[i]!, truth(x[i]!)))
      }
      expect(worst).toBeLessThanOrEqual(tolerance)
    })

    test(`${name} is within ${tolerance} ulp where arguments usually lie, from −20 to 20`, () => {
      let worst = 0
      for (let i = 0; i < COUNT; i++) x[i] = (40 * i) / COUNT - 20
      workspace.kernels[name](y.byteOffset, x.byteOffset, COUNT)
      for (let i = 0; i < COUNT; i++) worst = Math.max(worst, ulps(y[i]!, truth(x[i]!)))
      expect(worst).toBeLessThanOrEqual(tolerance)
    })

    test(`${name} gives an element the same bits wherever it stands, and touches n elements`, () => {
      const values = Array.from({ length: 23 }, (_, i) => Math.fround(i / 3 + 0.1))
      const whole = apply(name, values)
      for (let n = 0; n <= values.length; n++) {
        y.fill(7)
        expect(apply(name, values.slice(0, n))).toEqual(whole.slice(0, n))
        expect(y[n]).toBe(7)
        expect(apply(name, values.slice(n))).toEqual(whole.slice(n))
      }
    })
  }

  test('zeros, infinities, NaN and the ends of the range', () => {
    const special = [0, -0, Infinity, -Infinity, NaN]
    expect(apply('exp', special)).toEqual([1, 1, Infinity, 0, NaN])
    expect(apply('log', special)).toEqual([-Infinity, -Infinity, Infinity, NaN, NaN])
    expect(apply('tanh', special)).toEqual([0, -0, 1, -1, NaN])
    expect(apply('sigmoid', special)).toEqual([0.5, 0.5, 1, 0, NaN])
    const log2 = Math.fround(Math.LN2)
    expect(apply('softplus', special)).toEqual([log2, log2, Infinity, 0, NaN])

    const smallest = 2 ** -149
    expect(apply('exp', [88.72284, 88.7228, -103.97, -103.98, 1e30, -1e30])).toEqual([
      Infinity,
      expect.closeTo(Math.exp(Math.fround(88.7228)), -32),
      smallest,
      0,
      Infinity,
      0,
    ])
    expect(apply('log', [1, -1, -smallest])).toEqual([0, NaN, NaN])
    expect(apply('tanh', [smallest, -smallest, 9.02, -1e30])).toEqual([smallest, -smallest, 1, -1])
    expect(apply('sigmoid', [1e30, -1e30, 20])).toEqual([1, 0, 1])
    expect(apply('softplus', [1e30, -1e30, 100])).toEqual([Math.fround(1e30), 0, 100])
  })
})
