import { expect, test } from 'vitest'
import { diverged } from '../dist/network/divergence.js'

const tensors = (...values: number[][]) =>
  values.map((data, i): [string, { data: Float32Array }] => [
    `t${i}`,
    { data: Float32Array.from(data) },
  ])

test.each([
  [tensors([1, 2], [3, Number.NaN, Infinity]), 'tensor t1 holds NaN at 1'],
  [tensors([1, -Infinity], [Number.NaN]), 'tensor t0 holds -Infinity at 1'],
  [tensors([1, -8], [3, 7]), 'the largest value, -8, is in tensor t0'],
])('names the tensor that has left the range, else the largest value', (given, what) => {
  const error = diverged('the loss is NaN at step 3', given, 'Try less.')
  expect([error.code, error.message, error.hint]).toEqual([
    'LACUNA_E_DIVERGED',
    `LACUNA_E_DIVERGED: the loss is NaN at step 3; ${what}`,
    'Try less.',
  ])
})
