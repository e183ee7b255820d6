import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { distinctAnswers } from '../dist/inpainting/distinct-answers.js'

/** Heads that paint one number everywhere: their mean squared difference is that of the numbers. */
const painted = (levels: number[]) =>
  Float32Array.from({ length: 1 + levels.length * 36 }, (_, j) =>
    j === 0 ? 99 : levels[Math.floor((j - 1) / 36)]!,
  )
const answersOf = (levels: number[], weights: number[]) =>
  distinctAnswers(painted(levels), 1, Float64Array.from(weights))

describe('distinct answers', () => {
  test('are the heads, likeliest first, where they differ enough', () => {
    expect(answersOf([0, 0.5, 1], [0.2, 0.5, 0.3])).toEqual([
      { head: 1, weight: 0.5 },
      { head: 2, weight: 0.3 },
      { head: 0, weight: 0.2 },
    ])
  })

  test('merge with the likeliest that is nearer than 0.1, which then may come first', () => {
    // 0.3² = 0.09 is near, 0.4² = 0.16 is not.
    expect(answersOf([0, 0.3, 1.5], [0.25, 0.35, 0.4])).toEqual([
      { head: 1, weight: 0.6 },
      { head: 2, weight: 0.4 },
    ])
    expect(answersOf([0, 0.4, 1.5], [0.25, 0.35, 0.4])).toHaveLength(3)
  })

  test('less likely than 0.1 are dropped, after merging', () => {
    expect(answersOf([0, 1, 2], [0.85, 0.09, 0.06])).toEqual([{ head: 0, weight: 0.85 }])
    expect(answersOf([0, 1, 1.1], [0.85, 0.09, 0.06])).toEqual([
      { head: 0, weight: 0.85 },
      { head: 1, weight: 0.09 + 0.06 },
    ])
  })

  test('are never none, differ pairwise, descend, and have no more than all the weight', () => {
    fc.assert(
      fc.property(
        fc.array(fc.tuple(fc.double({ min: 0, max: 2, noNaN: true }), fc.nat({ max: 100 })), {
          minLength: 1,
          maxLength: 12,
        }),
        heads => {
          const levels = heads.map(([level]) => level)
          const sum = heads.reduce((total, [, weight]) => total + weight + 1, 0)
          const found = answersOf(
            levels,
            heads.map(([, weight]) => (weight + 1) / sum),
          )
          expect(found.length).toBeGreaterThan(0)
          for (const [i, { head, weight }] of found.entries()) {
            expect(weight).toBeLessThanOrEqual(found[i - 1]?.weight ?? 1 + 1e-12)
            for (const other of found.slice(0, i))
              expect((levels[head]! - levels[other.head]!) ** 2).toBeGreaterThan(0.1 - 1e-6)
          }
          expect(found.reduce((total, { weight }) => total + weight, 0)).toBeLessThan(1 + 1e-12)
        },
      ),
    )
  })
})
