import { expect, test } from 'vitest'
import { judge } from '../dist/compute/identity.js'
import { splitExamples } from '../dist/data/split.js'
import { MixtureDensityNetwork } from '../dist/mixture/mixture-density-network.js'

const shape = { seed: 1, inputs: 2, outputs: 1, components: 2, hidden: [3] }

test('the names of the columns are kept with the model, and a model without them has none', () => {
  const columns = { inputs: ['a', 'ü "b", c'], outputs: ['y'] }
  const named = MixtureDensityNetwork.create({ ...shape, columns })
  expect(MixtureDensityNetwork.load(named.save()).architecture.columns).toEqual(columns)
  const bare = MixtureDensityNetwork.create(shape)
  expect('columns' in MixtureDensityNetwork.load(bare.save()).architecture).toBe(false)
})

test('too few names, and the same name twice, are refused', () => {
  for (const columns of [
    { inputs: ['a'], outputs: ['y'] },
    { inputs: ['a', 'b'], outputs: [] },
    { inputs: ['a', 'a'], outputs: ['y'] },
    { inputs: ['a', 'y'], outputs: ['y'] },
    { inputs: ['a', 1 as unknown as string], outputs: ['y'] },
  ])
    expect(() => MixtureDensityNetwork.create({ ...shape, columns })).toThrow('LACUNA_E_OPTION')
})

test('a split has every example once, and the share that was asked for is kept aside', () => {
  for (const [n, share, kept] of [
    [25, 0.1, 2],
    [9, 0.1, 0],
    [10, 0.5, 5],
  ] as const) {
    const { held, trained } = splitExamples(n, share, 3)
    expect(held.length).toBe(kept)
    expect([...held, ...trained].sort((a, b) => a - b)).toEqual(
      Array.from({ length: n }, (_, i) => i),
    )
  }
  expect(splitExamples(100, 0.5, 3).held).not.toEqual(splitExamples(100, 0.5, 4).held)
})

test('a verdict on exact equality is not misled by errors of 0', () => {
  const exact = (...errors: number[]) =>
    judge(
      'a',
      'b',
      errors.map(error => ({ error, tolerance: 0 })),
    )
  expect(exact(0, 0)).toMatchObject({ error: 0, tolerance: 0, ok: true })
  expect(exact(0, 1e-300)).toMatchObject({ error: 1e-300, ok: false })
  expect(exact(0, Number.NaN, 0)).toMatchObject({ error: Number.NaN, ok: false })
  expect(judge('a', 'b', [{ error: 0, tolerance: 1e-9 }])).toMatchObject({
    tolerance: 1e-9,
    ok: true,
  })
})
