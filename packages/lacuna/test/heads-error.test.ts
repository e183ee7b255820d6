import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { Random } from '../dist/compute/random.js'
import { headsError, headWeights } from '../dist/inpainting/heads-error.js'

const weights = { reconstruction: 3, best: 0.95, choice: 0.3 }

/** Answers that are one number everywhere, for one window whose truth is 0. */
function flatHeads(levels: number[], logits: number[], some = weights) {
  const heads = levels.length
  const stride = heads * 36 + (heads > 1 ? heads : 0)
  const answers = Float32Array.from({ length: heads * 36 }, (_, j) => levels[Math.floor(j / 36)]!)
  const outputs = new Float32Array(stride)
  outputs.set(logits, heads * 36)
  const slopes = new Float32Array(stride)
  const truth = new Float32Array(36)
  return { ...headsError(answers, outputs, truth, 1, heads, stride, some, slopes), slopes }
}

describe('the error of several heads', () => {
  test('is the one worked out by hand', () => {
    // MSE 1, 0.25 and 4: the second is the best. softmax(log 2, log 5, log 3) = 0.2, 0.5, 0.3.
    const { error, best, slopes } = flatHeads([1, -0.5, 2], [2, 5, 3].map(Math.log))
    expect(best).toBe(0.25)
    const mean = (1 + 0.25 + 4) / 3
    expect(error).toBeCloseTo(3 * (0.95 * 0.25 + 0.05 * mean) + 0.3 * Math.log(2), 6)
    const each = (share: number, level: number) => (3 * share * 2 * level) / 36
    for (const [k, [share, level]] of [
      [0.05 / 3, 1],
      [0.95 + 0.05 / 3, -0.5],
      [0.05 / 3, 2],
    ].entries())
      for (let j = 0; j < 36; j++) expect(slopes[k * 36 + j]).toBeCloseTo(each(share!, level!), 7)
    expect([...slopes.subarray(108)].map(s => s / 0.3)).toEqual([
      expect.closeTo(0.2, 6),
      expect.closeTo(-0.5, 6),
      expect.closeTo(0.3, 6),
    ])
  })

  test('of one head is λ times its mean squared error, whatever ρ and χ are', () => {
    const { error, best, slopes } = flatHeads([0.5], [])
    expect([error, best]).toEqual([0.75, 0.25])
    expect(slopes.length).toBe(36)
    expect(slopes[7]).toBeCloseTo((3 * 2 * 0.5) / 36, 7)
    expect(flatHeads([0.5], [], { reconstruction: 3, best: 0, choice: 0 }).error).toBe(0.75)
  })

  test('has the slopes of finite differences, of the mean over a batch', () => {
    const [n, heads] = [4, 3]
    const stride = heads * 37
    const random = new Random(1)
    const noise = (count: number) => Float32Array.from({ length: count }, () => random.normal())
    const [answers, outputs, truth] = [noise(n * heads * 36), noise(n * stride), noise(n * 36)]
    const slopes = new Float32Array(n * stride)
    const at = (into = new Float32Array(n * stride)) =>
      headsError(answers, outputs, truth, n, heads, stride, weights, into).error
    at(slopes)
    const h = 2 ** -10
    const difference = (x: Float32Array, i: number) => {
      const value = x[i]!
      x[i] = value + h
      const [above, up] = [at(), x[i]!]
      x[i] = value - h
      const [below, down] = [at(), x[i]!]
      x[i] = value
      return (above - below) / (up - down)
    }
    for (let i = 0; i < n; i++) {
      for (let j = 0; j < heads * 36; j += 5) {
        const slope = difference(answers, i * heads * 36 + j)
        expect(Math.abs(slopes[i * stride + j]! - slope)).toBeLessThan(1e-6)
      }
      for (let k = 0; k < heads; k++) {
        const at = i * stride + heads * 36 + k
        expect(Math.abs(slopes[at]! - difference(outputs, at))).toBeLessThan(1e-6)
      }
    }
  })
})

test('the weights of heads are softmax, also of large logits', () => {
  fc.assert(
    fc.property(
      fc.array(fc.float({ min: -300, max: 300, noNaN: true }), { minLength: 1, maxLength: 6 }),
      logits => {
        const found = headWeights(Float32Array.of(7, ...logits), 1, logits.length)
        const largest = Math.max(...logits)
        const exps = logits.map(a => Math.exp(a - largest))
        const sum = exps.reduce((a, b) => a + b)
        for (const [k, e] of exps.entries()) expect(found[k]).toBeCloseTo(e / sum, 12)
      },
    ),
  )
})
