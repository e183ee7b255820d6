import fc from 'fast-check'
import { errorCodes } from 'lacuna'
import { Service } from 'lacuna-service'
import { afterAll, expect, test } from 'vitest'
import { modelFiles, randomImages, sent, temporaryFolder } from './serving.js'

const service = await Service.create({
  models: modelFiles(temporaryFolder(), ['sheet', 'line', 'bits']),
  threads: 1,
  gather: 0,
  logLevel: 'silent',
  limits: { rate: 1e9, body: 300_000, timeout: 5 },
})
afterAll(() => service.close())

const paths = ['complete', 'energy', 'density', 'predict', 'sample'].map(name => `/v1/${name}`)
const [image] = sent(randomImages(1, 1))

/** Bodies that are answered, to be spoilt. */
const sound: object[] = [
  { images: [image], seed: 1 },
  { model: 'sheet', images: [{ ...image, mask: { row: 1, column: 1, height: 2, width: 2 } }] },
  { model: 'line', inputs: [[1, 2]], outputs: [[3]] },
  { model: 'bits', inputs: [[1, 0]], given: [[null, 1, 0]], seed: 3 },
  { model: 'bits', inputs: [[1, 0]], samples: 2, sweeps: 3 },
]

/** What a value may be exchanged for. */
const odd = fc.oneof(
  fc.constantFrom<unknown>(
    ...[
      null,
      true,
      '',
      -1,
      0,
      1.5,
      1e308,
      -1e39,
      2 ** 53,
      [],
      {},
      [[]],
      '../../etc/passwd',
      '\0',
      'é',
    ],
    ...['__proto__', 'constructor', 'toString', 'AAAA', 'iVBORw0KGgo=', [1, 2, 3], { row: 1e9 }],
  ),
  fc.anything(),
)

/** A body with one of its parts exchanged, left out or added. */
const spoilt = fc
  .record({
    body: fc.constantFrom(...sound),
    where: fc.double({ min: 0, max: 0.999, noNaN: true }),
    value: odd,
    how: fc.constantFrom('exchange', 'leave out', 'add'),
    key: fc.constantFrom('__proto__', 'constructor', 'prototype', 'model', 'x', 'seed', 'answers'),
  })
  .map(({ body, where, value, how, key }) => {
    const copy = structuredClone(body)
    const places: [Record<string, unknown>, string][] = []
    const look = (part: unknown) => {
      if (typeof part !== 'object' || part === null) return
      for (const [name, inner] of Object.entries(part)) {
        places.push([part as Record<string, unknown>, name])
        look(inner)
      }
    }
    look(copy)
    const [part, name] = places[Math.floor(where * places.length)]!
    if (how === 'exchange') part[name] = value
    else if (how === 'leave out') delete part[name]
    else Object.defineProperty(part, key, { value, enumerable: true, configurable: true })
    try {
      return JSON.stringify(copy) ?? ''
    } catch {
      return '{' // what JSON has not, such as a bigint
    }
  })

const bodies = fc.oneof(
  spoilt,
  fc.json(),
  fc.string(),
  fc.uint8Array({ maxLength: 200 }).map(bytes => Buffer.from(bytes)),
  fc.integer({ min: 1, max: 5000 }).map(depth => '['.repeat(depth)),
  fc.integer({ min: 1, max: 2000 }).map(depth => `${'{"a":'.repeat(depth)}1${'}'.repeat(depth)}`),
)

/** Asks, and sees that the answer is an answer or a refusal with a code. */
async function survives(request: {
  method: string
  url: string
  headers?: Record<string, string>
  body?: string | Buffer
}) {
  const { url, method, headers = {}, body } = request
  const response = await service.app.inject({
    ...{ url, method: method as 'GET', headers },
    ...(body !== undefined && { payload: body }),
  })
  const { statusCode } = response
  if (statusCode < 400) return statusCode
  expect([request, statusCode]).toEqual([request, expect.toSatisfy((s: number) => s < 500)])
  if (method === 'HEAD') return statusCode
  const fault = response.json()
  expect(Object.keys(fault)).toEqual(['code', 'message', 'hint'])
  expect(errorCodes).toHaveProperty(fault.code)
  return statusCode
}

test('spoilt bodies are answered or refused with a code', async () => {
  const types = fc.constantFrom(
    ...['application/json', 'application/json; charset=utf-8', 'image/png', 'text/plain', ''],
    ...['application/x-www-form-urlencoded', 'multipart/form-data; boundary=x', 'a/b;;', '\u00ff'],
  )
  const seen = new Set<number>()
  await fc.assert(
    fc.asyncProperty(
      fc.constantFrom(...paths),
      fc.oneof({ weight: 5, arbitrary: fc.constant('application/json') }, types),
      bodies,
      async (url, type, body) => {
        const headers = { ...(type !== '' && { 'content-type': type }) }
        seen.add(await survives({ method: 'POST', url, headers, body }))
      },
    ),
    { numRuns: 1200 },
  )
  expect([...seen]).toEqual(expect.arrayContaining([200, 400, 415, 422]))
})

test('odd addresses and methods are answered or refused with a code', async () => {
  const piece = fc.oneof(
    fc.constantFrom(
      'v1',
      'complete',
      'models',
      'docs',
      '..',
      '%2e%2e',
      '%00',
      '%',
      '%ff',
      '',
      '.',
      ';',
    ),
    fc.string({ maxLength: 8 }).map(encodeURIComponent),
    fc.constant('x'.repeat(2000)),
  )
  const query = fc.oneof(
    fc.constant(''),
    fc.constantFrom(
      '?seed=1',
      '?seed=x',
      '?seed=1&seed=2',
      '?__proto__=1',
      '?model=../x',
      '?answers=1e9',
      '?%',
    ),
  )
  const url = fc
    .tuple(fc.array(piece, { maxLength: 5 }), query)
    .map(([p, q]) => `/${p.join('/')}${q}`)
  const methods = fc.constantFrom(
    'GET',
    'HEAD',
    'POST',
    'PUT',
    'DELETE',
    'OPTIONS',
    'PATCH',
    'TRACE',
  )
  await fc.assert(
    fc.asyncProperty(methods, fc.oneof(url, fc.constantFrom(...paths)), async (method, url) => {
      const status = await survives({ method, url })
      expect(status === 200 ? url : '').not.toMatch(/\.\.|%2e/i)
    }),
    { numRuns: 800 },
  )
})

test('PNGs that are none, or other ones, are refused with a code', async () => {
  const query = fc.constantFrom('', '?seed=2', '?model=sheet', '?answers=2', '?method=sheet&seed=9')
  const header = Buffer.from('89504e470d0a1a0a0000000d4948445200000007000000090806000000', 'hex')
  const png = fc
    .uint8Array({ maxLength: 300 })
    .map(bytes => Buffer.concat([header, Buffer.from(bytes)]))
  await fc.assert(
    fc.asyncProperty(
      fc.oneof(
        png,
        fc.uint8Array({ minLength: 1 }).map(b => Buffer.from(b)),
      ),
      query,
      async (body, query) => {
        const headers = { 'content-type': 'image/png' }
        const url = `/v1/complete${query}`
        expect(await survives({ method: 'POST', url, headers, body })).toBeGreaterThan(399)
      },
    ),
    { numRuns: 200 },
  )
})

test('a body that is not there is missed', async () => {
  for (const type of ['image/png', 'application/json', undefined])
    for (const body of ['', undefined])
      for (const url of paths) {
        const headers = { ...(type && { 'content-type': type }) }
        const request = { method: 'POST', url, headers, ...(body !== undefined && { body }) }
        expect(await survives(request)).toBeGreaterThan(399)
      }
})

test('what was refused has changed nothing', async () => {
  expect(({} as { x?: unknown }).x).toBeUndefined()
  for (const [i, body] of sound.entries()) {
    const path = paths[[0, 0, 2, 3, 4][i]!]!
    expect(
      await survives({
        method: 'POST',
        url: path,
        headers: { 'content-type': 'application/json' },
        body: JSON.stringify(body),
      }),
    ).toBe(200)
  }
})
