import { describe, expect, test } from 'vitest'
import { ConditionalRbm } from '../dist/boltzmann/conditional-rbm.js'
import { ClampedRbm } from '../dist/completion/clamped-rbm.js'
import { Matrix } from '../dist/compute/matrix.js'
import { Random } from '../dist/compute/random.js'

const [PIXELS, HIDDEN] = [9, 5]
const none = (rows: number) => new Matrix(rows, 0, new Float64Array(0))

/** A machine over nine pixels whose layers depend on one another, but have one mean field. */
function machine(scale = 0.5): ConditionalRbm {
  const random = new Random(3)
  const values = (n: number) => Float64Array.from({ length: n }, () => scale * random.normal())
  return ConditionalRbm.from({
    W: new Matrix(0, HIDDEN, new Float64Array(0)),
    U: new Matrix(PIXELS, HIDDEN, values(PIXELS * HIDDEN)),
    outputBias: values(PIXELS),
    hiddenBias: values(HIDDEN),
  })
}

/** Black and white images with holes of their own; in the holes stands what nobody should look at. */
function trial(rows: number) {
  const random = new Random(4)
  const [z, mask] = [new Matrix(rows, PIXELS), new Matrix(rows, PIXELS)]
  for (let at = 0; at < z.data.length; at++) {
    mask.data[at] = random.integer(0, 2)
    z.data[at] = 2 * random.integer(0, 2) - 1
  }
  const given = new Matrix(
    rows,
    PIXELS,
    Float64Array.from(z.data, (v, at) => (mask.data[at] ? Number.NaN : (v + 1) / 2)),
  )
  return { z, mask, given }
}

describe('a machine whose observed pixels are held', () => {
  test('completes by the mean field of its float64 twin', () => {
    const rbm = machine()
    const { z, mask, given } = trial(40)
    const { marginals, converged } = rbm.meanField(none(40), { given })
    expect(converged).not.toContain(false)
    const completed = new ClampedRbm(rbm).complete(z, mask)
    for (const [at, v] of completed.data.entries())
      expect(Math.abs(v - (2 * marginals.data[at]! - 1))).toBeLessThan(1e-4)
  })

  test('an image is completed the same alone and among others', () => {
    const { z, mask } = trial(501)
    const clamped = new ClampedRbm(machine())
    const all = clamped.complete(z, mask)
    for (const i of [0, 17, 500])
      expect(clamped.complete(z.slice(i, i + 1), mask.slice(i, i + 1)).data).toEqual(all.row(i))
  })

  test('takes levels of gray as probabilities: in between, the field is in between', () => {
    // One hidden unit, coupled to both pixels: τ = sigm(2p) at first, μ₂ = sigm(2τ) at rest.
    const rbm = ConditionalRbm.from({
      W: new Matrix(0, 1, new Float64Array(0)),
      U: new Matrix(2, 1, Float64Array.of(2, 0.001)),
    })
    const sigmoid = (t: number) => 1 / (1 + Math.exp(-t))
    const mask = new Matrix(1, 2, Float32Array.of(0, 1))
    for (const p of [0, 0.25, 1]) {
      const z = new Matrix(1, 2, Float32Array.of(2 * p - 1, 0))
      const μ = (new ClampedRbm(rbm).complete(z, mask).data[1]! + 1) / 2
      expect(μ).toBeCloseTo(sigmoid(0.001 * sigmoid(2 * p + 0.001 * 0.5)), 6)
    }
  })

  test('draws different answers of low free energy, and keeps what is observed', () => {
    const rbm = machine(2)
    const { z, mask } = trial(6)
    const clamped = new ClampedRbm(rbm)
    const all = clamped.completions(z, mask, 3, new Random(5))
    expect(all).toEqual(clamped.completions(z, mask, 3, new Random(5)))
    for (const [i, { completed, scores }] of all.entries()) {
      expect(completed.rows).toBe(scores.length)
      expect([...scores]).toEqual([...scores].sort((a, b) => a - b))
      // Every picture that agrees with what is observed, and the least free energy of them.
      const bits = Float64Array.from(z.row(i), v => (v + 1) / 2)
      const energies = Array.from({ length: 2 ** PIXELS }, (_, s) =>
        Float64Array.from(bits, (_, j) => (s >> j) & 1),
      )
        .filter(picture => picture.every((bit, j) => mask.row(i)[j] || bit === bits[j]))
        .map(picture => rbm.freeEnergy(none(1), new Matrix(1, PIXELS, picture))[0]!)
      for (const score of scores)
        expect(Math.min(...energies.map(energy => Math.abs(energy - score)))).toBeLessThan(1e-9)
      expect(scores[0]).toBeCloseTo(Math.min(...energies), 9)
      for (let k = 0; k < completed.rows; k++)
        for (let j = 0; j < PIXELS; j++)
          if (!mask.row(i)[j]) expect(completed.row(k)[j]).toBe(z.row(i)[j])
    }
    expect(all.some(({ scores }) => scores.length > 1)).toBe(true)
  })

  test('is saved as the machine that it is', () => {
    const rbm = machine()
    expect(ConditionalRbm.load(new ClampedRbm(rbm).save()).U.data).toEqual(rbm.U.data)
  })

  test('refuses machines with inputs, and unfit images', () => {
    const withInputs = ConditionalRbm.create({ seed: 1, inputs: 1, outputs: 4, hidden: 2 })
    expect(() => new ClampedRbm(withInputs)).toThrow(/LACUNA_E_SHAPE/)
    const { z, mask } = trial(2)
    const clamped = new ClampedRbm(machine())
    expect(() => clamped.complete(z, mask.slice(0, 1))).toThrow(/LACUNA_E_SHAPE/)
    expect(() => clamped.completions(z, mask, 0, new Random(1))).toThrow(/LACUNA_E_OPTION/)
    z.data[3] = Number.POSITIVE_INFINITY
    expect(() => clamped.complete(z, mask)).toThrow(/LACUNA_E_NOT_FINITE/)
  })
})
