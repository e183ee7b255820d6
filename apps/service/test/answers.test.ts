import { encode } from 'fast-png'
import { Random, readGrayPng, writeGrayPng } from 'lacuna'
import {
  holeIn,
  incompletePicture,
  methodOfCheckpoint,
  pixelsOf,
  type SeveralAnswers,
} from 'lacuna/completion'
import { LacunaClient } from 'lacuna-service/client'
import { describe, expect, test } from 'vitest'
import { ask, matrix, models, patchedImages, randomImages, rowsOf, sent, serve } from './serving.js'

const { service } = await serve()
const client = new LacunaClient(service.url)
const base64 = (bytes: Uint8Array) => Buffer.from(bytes).toString('base64')

describe('completions', () => {
  test('are the library’s, bit for bit, with their energies', async () => {
    const { z, mask } = randomImages(5, 1)
    const completed = models.sheet.complete(z, mask)
    const energies = models.sheet.energy(completed)
    const answer = await client.complete({ model: 'sheet', images: sent({ z, mask }) })
    expect(answer).toEqual({
      model: 'sheet',
      checkpoint: expect.stringMatching(/^sha256:[0-9a-f]{64}$/),
      method: 'sheet',
      seed: 1,
      images: rowsOf(completed).map((image, i) => ({ answers: [{ image, energy: energies[i] }] })),
    })
  })

  test('several answers come with probabilities and energies', async () => {
    const { z, mask } = patchedImages(3, 2)
    const all = models.heads.completions(z, mask, 4)
    const { images } = await client.complete({
      method: 'heads',
      answers: 4,
      images: sent({ z, mask }),
    })
    for (const [i, { completed, scores }] of all.entries()) {
      expect(images[i]!.answers.map(({ image }) => image)).toEqual(rowsOf(completed))
      expect(images[i]!.answers.map(({ probability }) => probability)).toEqual([...scores])
      for (const [k, { energy }] of images[i]!.answers.entries()) {
        const hole = mask.slice(i, i + 1)
        expect(energy).toBe(models.heads.energy(completed.slice(k, k + 1), hole)[0])
      }
    }
  })

  test('what is drawn follows from the seed', async () => {
    const { z, mask } = randomImages(2, 3, { height: 6, width: 6 })
    const completer = methodOfCheckpoint(models.pixels.save()).checkpoint!.load(
      models.pixels.save(),
    )
    const seed = 2 ** 40
    const all = (completer as SeveralAnswers).completions(z, mask, 3, new Random(seed))
    const images = sent({ z, mask })
    const answer = await client.complete({ model: 'pixels', answers: 3, seed, images })
    const expected = all.map(({ completed, scores }) => ({
      answers: rowsOf(completed).map((image, k) => ({ image, energy: scores[k] })),
    }))
    expect(answer.images).toEqual(expected)
  })

  test('PNGs are answered with PNGs, whatever the mask is', async () => {
    const random = new Random(4)
    const levels = Uint16Array.from({ length: 63 }, () => random.integer(0, 65536))
    const bits = Array.from({ length: 63 }, (_, j) => (j > 20 && j < 25 ? 1 : 0))
    const holes = Uint8Array.from(bits, bit => 255 * bit)
    const [png, hole] = await Promise.all([levels, holes].map(l => writeGrayPng(l, 7, 9)))
    const { z, mask } = incompletePicture(await readGrayPng(png!), await readGrayPng(hole!))
    const completed = models.sheet.complete(z, mask)
    const masks = [base64(hole!), bits, { row: 3, column: 0, height: 1, width: 4 }]
    for (const mask of masks) {
      const { images } = await client.complete({ images: [{ image: base64(png!), mask }] })
      const answered = await readGrayPng(
        Buffer.from(images[0]!.answers[0]!.image as string, 'base64'),
      )
      const expected = levels.map((level, j) =>
        bits[j]
          ? Math.round(((Math.min(1, Math.max(-1, completed.data[j]!)) + 1) / 2) * 65535)
          : level,
      )
      expect(answered.levels).toEqual(expected)
    }
  })

  test('a PNG with a transparent hole as body, and one as answer', async () => {
    const data = new Uint8Array(2 * 63).map((_, j) => (j % 2 ? 255 : (5 * j) % 256))
    for (const j of [30, 31, 32]) data[2 * j + 1] = 0
    const png = encode({
      width: 7,
      height: 9,
      data,
      channels: 2,
      depth: 8,
    }) as Uint8Array<ArrayBuffer>
    const answer = await client.completePng(png, { model: 'sheet', seed: 9 })
    const { z, mask } = incompletePicture(await readGrayPng(png))
    const completed = models.sheet.complete(z, mask)
    const { levels } = await readGrayPng(answer)
    for (let j = 0; j < 63; j++)
      expect(levels[j]).toBe(
        [30, 31, 32].includes(j) ? Math.round(((completed.data[j]! + 1) / 2) * 255) : data[2 * j],
      )
    expect(Buffer.from(answer).toString('latin1')).toMatch(/Lacuna seed.9.*Lacuna energy.-?\d/s)
    // The same as JSON, with the energy.
    const { body } = await ask(service, '/v1/complete?model=sheet', undefined, {
      method: 'POST',
      body: png,
      headers: { 'content-type': 'image/png' },
    })
    expect(body.images[0].answers[0].energy).toBe(models.sheet.energy(completed)[0])
  })

  test('numbers are answered with a picture where one is wanted', async () => {
    const { z, mask } = randomImages(1, 5)
    const { body, headers } = await ask(
      service,
      '/v1/complete',
      { images: sent({ z, mask }) },
      { headers: { accept: 'image/png' } },
    )
    expect(headers.get('content-type')).toBe('image/png')
    const read = pixelsOf(await readGrayPng(body))
    const completed = models.sheet.complete(z, mask)
    for (const [j, v] of read.data.entries())
      expect(Math.abs(v - Math.min(1, Math.max(-1, completed.data[j]!)))).toBeLessThan(
        1 / 255 + 1e-6,
      )
  })
})

test('energies are the library’s, of numbers and of PNGs', async () => {
  const { z } = randomImages(4, 6)
  const { energies } = await client.energy({ images: rowsOf(z).map(image => ({ image })) })
  expect(energies).toEqual([...models.sheet.energy(z)])
  const whole = patchedImages(3, 7)
  const windows = await client.energy({ model: 'heads', images: sent(whole) })
  expect(windows.energies).toEqual([...models.heads.energy(whole.z, whole.mask)])
  const levels = Uint8Array.from({ length: 63 }, (_, j) => 4 * j)
  const png = await writeGrayPng(levels, 7, 9)
  const { energies: ofPng } = await client.energy({ images: [{ image: base64(png) }] })
  expect(ofPng).toEqual([...models.sheet.energy(pixelsOf({ levels }))])
  expect(holeIn({ levels: Uint8Array.of(127, 128) }).data).toEqual(Float32Array.of(0, 1))
})

describe('tables', () => {
  const inputs = [
    [0.5, -1],
    [3, 1e3],
    [-0, 1e-300],
  ]
  test('densities', async () => {
    const outputs = [[0.25], [-7], [1e200]]
    const { logDensities } = await client.density({ model: 'line', inputs, outputs })
    const expected = models.line.predict(matrix(inputs)).logDensity(matrix(outputs))
    expect(expected[2]).toBe(-Infinity)
    expect(logDensities).toEqual([...expected.slice(0, 2), null])
  })

  test('predictions of a mixture over one output, and over two', async () => {
    const mixture = models.line.predict(matrix(inputs))
    const { predictions } = await client.predict({ model: 'line', inputs, quantiles: [0.1, 0.5] })
    const [low, median] = [0.1, 0.5].map(p => mixture.quantile(p))
    expect(predictions).toEqual(
      inputs.map((_, i) => ({
        mean: [...mixture.mean().row(i)],
        variance: [...mixture.variance().row(i)],
        quantiles: [low![i], median![i]],
        modes: mixture.modes()[i]!.map(mode => ({ ...mode, location: [...mode.location] })),
      })),
    )
    const two = models.plane.predict(matrix([[2]]))
    const plane = await client.predict({ model: 'plane', inputs: [[2]] })
    expect(plane.predictions[0]).toMatchObject({ mean: [...two.mean().row(0)] })
    const several = await ask(service, '/v1/predict', {
      ...{ model: 'plane', inputs: [[2]], quantiles: [0.5] },
    })
    expect([several.status, several.body.code]).toEqual([422, 'LACUNA_E_SHAPE'])
  })

  test('predictions and samples of a Boltzmann machine, with outputs given', async () => {
    const inputs = [
      [0, 1],
      [1, 1],
    ]
    const given = [
      [null, 1, null],
      [0, null, null],
    ] as (0 | 1 | null)[][]
    const known = matrix(given.map(row => row.map(value => value ?? Number.NaN)))
    const expected = models.bits.predict(matrix(inputs), { random: new Random(5), given: known })
    const { predictions } = await client.predict({ model: 'bits', inputs, given, seed: 5 })
    expect(predictions).toEqual(
      inputs.map((_, i) => ({
        marginals: [...expected.marginals.row(i)],
        exact: true,
        best: [...expected.best.row(i)],
        proven: true,
        logProbability: expected.logProbability[i],
      })),
    )
    const random = new Random(8)
    const options = { given: known, sweeps: 3 }
    const drawn = [1, 2, 3].map(() => models.bits.sample(matrix(inputs), random, options))
    const { samples } = await client.sample({
      ...{ model: 'bits', inputs, given, samples: 3, sweeps: 3, seed: 8 },
    })
    expect(samples).toEqual(inputs.map((_, i) => drawn.map(y => [...y.row(i)])))
  })

  test('probabilities of classes', async () => {
    const inputs = [
      [0, 1, 0.5, 0.25],
      [1, 1, 1, 1],
    ]
    const { predictions } = await client.predict({ model: 'classes', inputs })
    const p = models.classes.predict(matrix(inputs))
    expect(predictions).toEqual(inputs.map((_, i) => ({ probabilities: [...p.row(i)] })))
  })
})

test('models say what they are and what they answer', async () => {
  const { models: cards } = await client.models()
  expect(cards.map(({ name, questions }) => [name, questions])).toEqual([
    ['sheet', ['complete', 'energy']],
    ['heads', ['complete', 'energy']],
    ['pixels', ['complete', 'predict', 'sample']],
    ['line', ['density', 'predict']],
    ['plane', ['density', 'predict']],
    ['bits', ['predict', 'sample']],
    ['classes', ['predict']],
  ])
  expect(cards[5]).toMatchObject({ inputs: 2, outputs: 3, columns: { inputs: ['a', 'b'] } })
})

test('the first model that answers is asked, or the one that is named', async () => {
  expect((await client.predict({ inputs: [[]] })).model).toBe('pixels')
  expect((await client.density({ inputs: [[1, 2]], outputs: [[1]] })).model).toBe('line')
})

test('whoever asks wrongly is told what is wrong, and how to mend it', async () => {
  const { z, mask } = randomImages(1, 8)
  const [whole] = sent({ z, mask }) as [{ image: number[]; mask: number[] }]
  const images = [whole]
  for (const [path, body, status, code] of [
    ['/v1/complete', { images, model: 'none' }, 404, 'LACUNA_E_NOT_FOUND'],
    ['/v1/complete', { images, model: '../sheet' }, 400, 'LACUNA_E_REQUEST'],
    ['/v1/complete', { images, method: 'window' }, 404, 'LACUNA_E_NOT_FOUND'],
    ['/v1/complete', { images, model: 'line' }, 422, 'LACUNA_E_OPTION'],
    ['/v1/complete', { images, answers: 2 }, 422, 'LACUNA_E_OPTION'],
    ['/v1/complete', { images, answers: 0 }, 400, 'LACUNA_E_REQUEST'],
    ['/v1/complete', { images, seed: 1.5 }, 400, 'LACUNA_E_REQUEST'],
    ['/v1/complete', { images, seed: '1' }, 400, 'LACUNA_E_REQUEST'],
    ['/v1/complete', { images, sead: 1 }, 400, 'LACUNA_E_REQUEST'],
    ['/v1/complete', { images: [] }, 400, 'LACUNA_E_REQUEST'],
    ['/v1/complete', { images: [{ image: whole.image }] }, 422, 'LACUNA_E_OPTION'],
    ['/v1/complete', { images: [{ ...whole, image: [1] }] }, 422, 'LACUNA_E_SHAPE'],
    ['/v1/complete', { images: [{ ...whole, mask: [0.5] }] }, 400, 'LACUNA_E_REQUEST'],
    ['/v1/complete', { images: [{ ...whole, image: 'AAAA' }] }, 422, 'LACUNA_E_PNG'],
    ['/v1/complete', { images: [{ ...whole, image: 'A'.repeat(80) }] }, 422, 'LACUNA_E_PNG'],
    [
      '/v1/complete',
      { images: [{ ...whole, mask: { row: 8, column: 0, height: 2, width: 1 } }] },
      ...([422, 'LACUNA_E_SHAPE'] as const),
    ],
    [
      '/v1/complete',
      { images: [{ ...whole, image: [1.5, ...whole.image.slice(1)] }] },
      ...([400, 'LACUNA_E_REQUEST'] as const),
    ],
    ['/v1/energy', { images, model: 'pixels' }, 422, 'LACUNA_E_OPTION'],
    ['/v1/density', { inputs: [[1]], outputs: [[1]] }, 422, 'LACUNA_E_SHAPE'],
    ['/v1/density', { inputs: [[1, 2]], outputs: [[1], [2]] }, 422, 'LACUNA_E_SHAPE'],
    ['/v1/density', { inputs: [[1, null]], outputs: [[1]] }, 400, 'LACUNA_E_REQUEST'],
    [
      '/v1/density',
      { model: 'bits', inputs: [[1, 1]], outputs: [[1, 1, 1]] },
      422,
      'LACUNA_E_OPTION',
    ],
    ['/v1/predict', { model: 'bits', inputs: [[0.5, 1]] }, 422, 'LACUNA_E_BITS'],
    ['/v1/predict', { model: 'line', inputs: [[1, 1]], given: [[1]] }, 422, 'LACUNA_E_OPTION'],
    ['/v1/predict', { model: 'bits', inputs: [[1, 1]], quantiles: [0.5] }, 422, 'LACUNA_E_OPTION'],
    ['/v1/predict', { model: 'classes', inputs: [[1, 1, 2, 1]] }, 422, 'LACUNA_E_RANGE'],
    ['/v1/sample', { model: 'line', inputs: [[1, 1]], samples: 1 }, 422, 'LACUNA_E_OPTION'],
    ['/v1/nothing', {}, 404, 'LACUNA_E_NOT_FOUND'],
    ['/v1/models', {}, 405, 'LACUNA_E_NOT_FOUND'],
  ] as const) {
    const outcome = await ask(service, path, body)
    expect([body, outcome.status, outcome.body.code]).toEqual([body, status, code])
    expect(outcome.body.message.length * outcome.body.hint.length).toBeGreaterThan(0)
  }
  expect(
    await ask(service, '/v1/complete', { images }, { headers: { accept: 'image/png' } }),
  ).toMatchObject({
    status: 200,
  })
  const faults = [
    { images, sead: 1 },
    { images: [{ ...whole, image: [0, 'x'] }] },
    { images: [true] },
  ]
  const messages = faults.map(async body => (await ask(service, '/v1/complete', body)).body.message)
  expect(await Promise.all(messages)).toEqual([
    "body must NOT have additional properties such as 'sead'",
    'body/images/0/image/1 must be number',
    'body/images/0 must be object',
  ])
  const two = { images: [whole, whole] }
  for (const accept of ['image/png;q=0', 'image/png;q=0.5, application/json', 'text/html, */*']) {
    const { headers } = await ask(service, '/v1/complete', { images }, { headers: { accept } })
    expect([accept, headers.get('content-type')]).toEqual([accept, 'application/json'])
  }
  const png = await ask(service, '/v1/complete', two, { headers: { accept: 'image/png' } })
  expect([png.status, png.body.code]).toEqual([406, 'LACUNA_E_REQUEST'])
  await expect(client.complete({ images: [whole], model: 'none' })).rejects.toMatchObject({
    code: 'LACUNA_E_NOT_FOUND',
    message: "LACUNA_E_NOT_FOUND: there is no model called 'none'",
    cause: { status: 404 },
  })
})
