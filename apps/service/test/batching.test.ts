import fc from 'fast-check'
import { LacunaError, type Matrix, Random } from 'lacuna'
import { methodOfCheckpoint, type SeveralAnswers } from 'lacuna/completion'
import { describe, expect, test } from 'vitest'
import { MicroBatches } from '../dist/compute/micro-batches.js'
import type { Answer, Question, Written } from '../dist/compute/question.js'
import {
  ask,
  matrix,
  metric,
  models,
  patchedImages,
  randomImages,
  rowsOf,
  sent,
  serve,
} from './serving.js'

const { service } = await serve({ threads: 2, gather: 5 })
const pixels = methodOfCheckpoint(models.pixels.save()).checkpoint!.load(
  models.pixels.save(),
) as SeveralAnswers

/** How a PNG begins, up to its size. */
const PNG = '89504e470d0a1a0a0000000d49484452'

/** A request, and what the library answers to it, asked alone. */
type Case = { path: string; body: object; expected: object }

const images = (completed: Matrix, figures: (i: number) => object = () => ({})) =>
  rowsOf(completed).map((image, i) => ({ answers: [{ image, ...figures(i) }] }))

const cases: ((n: number, seed: number) => Case)[] = [
  (n, seed) => {
    const asked = randomImages(n, seed)
    const completed = models.sheet.complete(asked.z, asked.mask)
    const energies = models.sheet.energy(completed)
    const body = { model: 'sheet', images: sent(asked) }
    return {
      path: '/v1/complete',
      body,
      expected: { images: images(completed, i => ({ energy: energies[i] })) },
    }
  },
  (n, seed) => {
    const asked = patchedImages(n, seed)
    const completed = models.heads.complete(asked.z, asked.mask)
    const energies = models.heads.energy(completed, asked.mask)
    const body = { model: 'heads', images: sent(asked), seed }
    const expected = { seed, images: images(completed, i => ({ energy: energies[i] })) }
    return { path: '/v1/complete', body, expected }
  },
  (_, seed) => {
    const asked = randomImages(1, seed, { height: 6, width: 6 })
    const all = pixels.completions(asked.z, asked.mask, 1, new Random(seed))
    const expected = all.map(({ completed, scores }) => ({
      answers: [{ image: [...completed.row(0)], energy: scores[0] }],
    }))
    const body = { model: 'pixels', images: sent(asked), seed, answers: 1 }
    return { path: '/v1/complete', body, expected: { images: expected } }
  },
  (n, seed) => {
    const { z } = randomImages(n, seed)
    const body = { images: rowsOf(z).map(image => ({ image })) }
    return { path: '/v1/energy', body, expected: { energies: [...models.sheet.energy(z)] } }
  },
  (n, seed) => {
    const random = new Random(seed)
    const inputs = Array.from({ length: n }, () => [random.normal(), random.normal()])
    const outputs = inputs.map(() => [random.normal()])
    const densities = models.line.predict(matrix(inputs)).logDensity(matrix(outputs))
    const body = { model: 'line', inputs, outputs }
    return { path: '/v1/density', body, expected: { logDensities: [...densities] } }
  },
  (n, seed) => {
    const random = new Random(seed)
    const inputs = Array.from({ length: n }, () => [random.normal(), random.normal()])
    const mixture = models.line.predict(matrix(inputs))
    const p = seed % 2 ? 0.5 : 0.25
    const quantile = mixture.quantile(p)
    const predictions = inputs.map((_, i) => ({
      mean: [...mixture.mean().row(i)],
      variance: [...mixture.variance().row(i)],
      quantiles: [quantile[i]],
      modes: mixture.modes()[i]!.map(mode => ({ ...mode, location: [...mode.location] })),
    }))
    const body = { model: 'line', inputs, quantiles: [p] }
    return { path: '/v1/predict', body, expected: { predictions } }
  },
  (n, seed) => {
    const random = new Random(seed)
    const inputs = Array.from({ length: n }, () => [random.integer(0, 2), random.integer(0, 2)])
    const drawing = new Random(seed)
    const drawn = [1, 2].map(() => models.bits.sample(matrix(inputs), drawing, { sweeps: 5 }))
    const samples = inputs.map((_, i) => drawn.map(y => [...y.row(i)]))
    const body = { model: 'bits', inputs, samples: 2, sweeps: 5, seed }
    return { path: '/v1/sample', body, expected: { samples } }
  },
  // One that spoils the pass it is in: its neighbours are answered all the same.
  (_, seed) => {
    // The head of a PNG of the right size, and nothing behind it.
    const image = Buffer.from(`${PNG}0000000700000009080000000000000000`, 'hex').toString('base64')
    const mask = { row: 1, column: seed % 3, height: 2, width: 2 }
    const body = { model: 'sheet', images: [{ image, mask }] }
    return { path: '/v1/complete', body, expected: { code: 'LACUNA_E_PNG' } }
  },
]

test('whatever a request was computed with, its answer is the library’s, bit for bit', async () => {
  const request = fc.record({
    kind: fc.nat(cases.length - 1),
    n: fc.integer({ min: 1, max: 40 }),
    seed: fc.nat(1e6),
  })
  await fc.assert(
    fc.asyncProperty(fc.array(request, { minLength: 2, maxLength: 12 }), async requests => {
      const asked = requests.map(({ kind, n, seed }) => cases[kind]!(n, seed))
      const outcomes = await Promise.all(asked.map(({ path, body }) => ask(service, path, body)))
      for (const [i, { body }] of outcomes.entries())
        for (const [key, value] of Object.entries(asked[i]!.expected))
          expect(JSON.stringify(body[key])).toBe(JSON.stringify(value))
    }),
    { numRuns: 8 },
  )
})

test('what waits together is computed in one pass, and who is unfit spoils no other answer', async () => {
  const { service } = await serve({ threads: 1, only: ['sheet', 'bits'] })
  const busy = { model: 'bits', inputs: Array(256).fill([1, 0]), samples: 4, sweeps: 100 }
  const blocked = ask(service, '/v1/sample', busy)
  while (!(await metric(service, 'lacuna_busy_threads'))) await new Promise(setImmediate)
  // The first kind and the last, whose passes are the same.
  const sizes = [1, 30, 2, 99, 7]
  const asked = sizes.map((n, seed) => cases[0]!(n, seed))
  asked.splice(2, 0, cases.at(-1)!(1, 9))
  const outcomes = asked.map(({ path, body }) => ask(service, path, body))
  while ((await metric(service, 'lacuna_waiting_examples')) < 140) await new Promise(setImmediate)
  for (const [i, outcome] of outcomes.entries())
    expect((await outcome).body).toMatchObject(asked[i]!.expected)
  expect((await blocked).status).toBe(200)
  expect(await metric(service, 'lacuna_pass_examples_sum\\{question="complete"\\}')).toBe(140)
  expect(await metric(service, 'lacuna_pass_examples_count\\{question="complete"\\}')).toBe(1)
})

describe('micro-batches', () => {
  const density = (rows: number): Question => ({
    kind: 'density',
    inputs: { rows, cols: 1, data: new Float64Array(rows) },
    outputs: { rows, cols: 1, data: new Float64Array(rows) },
  })
  const sample: Question = {
    ...{ kind: 'sample', samples: 1, seed: 1 },
    inputs: { rows: 1, cols: 1, data: new Float64Array(1) },
  }
  const written: Written = { type: 'application/json', body: new Uint8Array(0) }
  const never = () => new AbortController().signal

  /** Batches of which every pass ends when it is told to. */
  function batches(options: Partial<ConstructorParameters<typeof MicroBatches>[0]> = {}) {
    const passes: { key: string; sizes: number[]; end(answers?: Answer[]): void }[] = []
    const made = new MicroBatches(
      { threads: 1, gather: 0, queue: 100, most: 10, ...options },
      (key, questions) =>
        new Promise(resolve => {
          const sizes = questions.map(question => ('inputs' in question ? question.inputs.rows : 0))
          const end = (answers: Answer[] = questions.map(() => written)) => resolve(answers)
          passes.push({ key, sizes, end })
        }),
    )
    return { made, passes }
  }

  test('what goes together waits for a thread and then goes together, the first first', async () => {
    const { made, passes } = batches()
    const all = [
      made.submit('a', density(1), never()),
      ...[2, 3, 6, 1].map(rows => made.submit('a', density(rows), never())),
      made.submit('b', density(4), never()),
      made.submit('a', sample, never()),
      made.submit('a', sample, never()),
      made.submit('a', density(20), never()),
    ]
    expect([made.waiting, made.busy]).toEqual([38, 1])
    for (let i = 0; i < 7; i++) {
      passes[i]!.end()
      await new Promise(setImmediate)
    }
    await Promise.all(all)
    expect(passes.map(({ key, sizes }) => `${key} ${sizes}`)).toEqual([
      'a 1',
      'a 2,3,1', // 6 has no room beside them
      'a 6',
      'b 4',
      'a 1', // what draws goes alone
      'a 1',
      'a 20', // more than a pass takes, but one question
    ])
    expect([made.waiting, made.busy]).toEqual([0, 0])
  })

  test('the first waits for others, unless the pass is full before', async () => {
    const { made, passes } = batches({ gather: 20, threads: 2 })
    void made.submit('a', density(4), never())
    expect(passes).toEqual([])
    void made.submit('a', density(6), never())
    expect(passes.map(({ sizes }) => sizes)).toEqual([[4, 6]])
    void made.submit('a', density(1), never())
    void made.submit('a', sample, never())
    expect(passes.length).toBe(1)
    await new Promise(resolve => setTimeout(resolve, 60))
    expect(passes.map(({ sizes }) => sizes)).toEqual([[4, 6], [1]])
  })

  test('a queue that is full refuses at once, and has room again when something has gone', async () => {
    const { made, passes } = batches({ queue: 5 })
    void made.submit('a', density(9), never()) // computes
    void made.submit('a', density(5), never())
    await expect(made.submit('a', density(1), never())).rejects.toMatchObject({
      code: 'LACUNA_E_BUSY',
    })
    passes[0]!.end()
    await new Promise(setImmediate)
    void made.submit('a', density(5), never())
    expect(made.waiting).toBe(5)
  })

  test('what nobody waits for any more is not computed', async () => {
    const { made, passes } = batches()
    const gone = new AbortController()
    void made.submit('a', density(1), never())
    const left = made.submit('a', density(2), gone.signal)
    void made.submit('a', density(3), never())
    gone.abort(new Error('gone'))
    await expect(left).rejects.toThrow('gone')
    expect(made.waiting).toBe(3)
    passes[0]!.end()
    await new Promise(setImmediate)
    expect(passes.map(({ sizes }) => sizes)).toEqual([[1], [3]])
    await expect(made.submit('a', density(1), gone.signal)).rejects.toThrow('gone')
    expect(made.waiting).toBe(0)
  })

  test('a pass that fails fails its questions, and one question its own answer', async () => {
    const made = new MicroBatches({ threads: 1, gather: 0, queue: 9, most: 9 }, async key => {
      if (key === 'dead') throw new LacunaError('LACUNA_E_WORKER', 'dead', 'Again.')
      return [{ fault: { code: 'LACUNA_E_SHAPE', message: 'odd', hint: 'Even.' } }]
    })
    await expect(made.submit('dead', sample, never())).rejects.toMatchObject({
      code: 'LACUNA_E_WORKER',
    })
    await expect(made.submit('a', sample, never())).rejects.toMatchObject({
      ...{ code: 'LACUNA_E_SHAPE', message: 'LACUNA_E_SHAPE: odd', hint: 'Even.' },
    })
  })
})
