import { request as httpRequest } from 'node:http'
import { connect } from 'node:net'
import { PassThrough } from 'node:stream'
import type { Service } from 'lacuna-service'
import { describe, expect, test } from 'vitest'
import { Admission } from '../dist/http/admission.js'
import { requireToken } from '../dist/http/bearer-token.js'
import { ask, metric, randomImages, sent, serve } from './serving.js'

/** A question that keeps the one thread busy for a long time. */
const long = { model: 'bits', inputs: Array(256).fill([1, 0]), samples: 1000, sweeps: 10_000 }
const short = { model: 'bits', inputs: [[1, 0]], samples: 1 }

/** What comes back on a connection on which just these bytes are sent. */
function raw(service: Service, text: string): Promise<string> {
  const { hostname, port } = new URL(service.url)
  return new Promise(resolve => {
    let answer = ''
    const socket = connect(Number(port), hostname)
    socket.on('data', piece => {
      answer += piece
    })
    socket.on('error', () => {})
    socket.on('close', () => resolve(answer))
    socket.write(text)
  })
}

describe('sizes', async () => {
  const { service } = await serve({ only: ['sheet'], limits: { body: 100_000 } })
  const images = sent(randomImages(1, 1))

  test('a body that is too long is refused by its length, before it is read', async () => {
    const head =
      'POST /v1/complete HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\nContent-Length: 100001\r\n\r\n'
    const answer = await raw(service, head)
    expect(answer).toMatch(/^HTTP\/1.1 413 .*LACUNA_E_LIMIT/s)
  })

  test('and one of unknown length as soon as it is longer', async () => {
    const head =
      'POST /v1/complete HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\nTransfer-Encoding: chunked\r\n\r\n'
    const answer = await raw(service, `${head}186a1\r\n${' '.repeat(100_001)}`)
    expect(answer).toMatch(/^HTTP\/1.1 413 .*LACUNA_E_LIMIT/s)
  })

  test('a batch has 256 images at the most', async () => {
    const row = { image: 'AAAA', mask: 'AAAA' }
    const { status, body } = await ask(service, '/v1/complete', { images: Array(257).fill(row) })
    expect([status, body.code]).toEqual([413, 'LACUNA_E_LIMIT'])
  })

  test('a PNG is refused by the size that it says it has, before it is inflated', async () => {
    for (const [width, height, status] of [
      [65_535, 65_535, 413],
      [8, 8, 422],
    ] as const) {
      const png = Buffer.alloc(60)
      png.set([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a, 0, 0, 0, 13, 73, 72, 68, 82])
      png.writeUInt32BE(width, 16)
      png.writeUInt32BE(height, 20)
      const asked = { images: [{ ...images[0], image: png.toString('base64') }] }
      const { body, ...outcome } = await ask(service, '/v1/complete', asked)
      expect([outcome.status, body.message]).toEqual([
        status,
        expect.stringContaining('the PNG says'),
      ])
    }
  })
})

test('an answer of too many numbers is refused before it is computed', async () => {
  const { service } = await serve({ only: ['pixels'] })
  const refused = await ask(service, '/v1/sample', {
    ...{ inputs: Array(256).fill([]), samples: 1000, sweeps: 0 },
  })
  expect([refused.status, refused.body.code]).toEqual([413, 'LACUNA_E_LIMIT'])
})

test('a full queue answers 503 at once, with Retry-After, and health answers all the same', async () => {
  const { service } = await serve({ only: ['bits'], limits: { queue: 1, timeout: 1 } })
  const busy = ask(service, '/v1/sample', long)
  while (!(await metric(service, 'lacuna_busy_threads'))) await new Promise(setImmediate)
  const waiting = ask(service, '/v1/sample', short)
  while (!(await metric(service, 'lacuna_waiting_examples'))) await new Promise(setImmediate)
  const { status, body, headers } = await ask(service, '/v1/sample', short)
  expect([status, body.code, headers.get('retry-after')]).toEqual([503, 'LACUNA_E_BUSY', '1'])
  expect((await ask(service, '/readyz')).status).toBe(200)
  // What computes for too long is ended, and what waited is answered by the thread that takes its place.
  const outcome = await busy
  expect([outcome.status, outcome.body.code]).toEqual([504, 'LACUNA_E_TIMEOUT'])
  expect([200, 504]).toContain((await waiting).status)
  const next = await ask(service, '/v1/sample', short)
  expect(next.status).toBe(200)
})

test('more requests than may be answered at a time are turned away', async () => {
  const { service } = await serve({ only: ['bits'], limits: { concurrency: 2, timeout: 1 } })
  const all = [long, long].map(question => ask(service, '/v1/sample', question))
  while ((await metric(service, 'lacuna_requests_in_flight')) < 2) await new Promise(setImmediate)
  const { status, body } = await ask(service, '/v1/sample', short)
  expect([status, body.code]).toEqual([503, 'LACUNA_E_BUSY'])
  expect((await Promise.all(all)).map(({ status }) => status)).toEqual([504, 504])
  while (await metric(service, 'lacuna_requests_in_flight')) await new Promise(setImmediate)
  expect((await ask(service, '/v1/sample', short)).status).toBe(200)
})

test('bodies have room together, by what has arrived of them', async () => {
  const admission = new Admission({ requests: 3, bytes: 100 })
  const read = async (size: number) => {
    const place = admission.enter()
    const body = new PassThrough()
    body.end(Buffer.alloc(size))
    let length = 0
    for await (const piece of place.counted(body)) length += piece.length
    return { place, length }
  }
  const large = await read(1000) // one alone always has room
  expect(large.length).toBe(1000)
  expect(() => admission.enter()).toThrow('LACUNA_E_BUSY')
  large.place.leave()
  const [first] = await Promise.all([read(40), read(40)])
  await expect(read(21)).rejects.toThrow('LACUNA_E_BUSY') // and keeps its place
  expect(() => admission.enter()).toThrow('LACUNA_E_BUSY')
  first!.place.leave()
  const last = await read(30)
  expect(last.length).toBe(30)
  expect(() => last.place.reserve(31)).toThrow('LACUNA_E_BUSY')
  last.place.reserve(30)
  expect(admission.requests).toBe(3)
})

test('who announces a lot and sends nothing takes no room from others', async () => {
  const { service } = await serve({ only: ['bits'], limits: { patience: 2 } })
  const { hostname, port } = new URL(service.url)
  const head = 'POST /v1/sample HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\n'
  const idle = Array.from({ length: 20 }, (_, i) => {
    const socket = connect(Number(port), hostname) // it never reads what it is answered
    socket.on('error', () => {})
    const rest =
      i % 2 ? 'Transfer-Encoding: chunked\r\n\r\n1\r\n{' : 'Content-Length: 8388608\r\n\r\n{'
    socket.write(head + rest)
    return socket
  })
  while ((await metric(service, 'lacuna_requests_in_flight')) < 20) await new Promise(setImmediate)
  expect((await ask(service, '/v1/sample', short)).status).toBe(200)
  // Nor do they keep their places, though they never close.
  while (await metric(service, 'lacuna_requests_in_flight')) await new Promise(setImmediate)
  for (const socket of idle) socket.destroy()
})

test('one address may ask so often in a second, and no more', async () => {
  const { service } = await serve({ only: ['bits'], limits: { rate: 5 } })
  const outcomes = await Promise.all(Array.from({ length: 40 }, () => ask(service, '/v1/models')))
  const refused = outcomes.filter(({ status }) => status === 429)
  expect(refused.length).toBeGreaterThan(0)
  expect(outcomes.some(({ status }) => status === 200)).toBe(true)
  expect(refused[0]!.body.code).toBe('LACUNA_E_RATE')
  expect(Number(refused[0]!.headers.get('retry-after'))).toBeGreaterThan(0)
  const health = await Promise.all(Array.from({ length: 20 }, () => ask(service, '/healthz')))
  expect(health.every(({ status }) => status === 200)).toBe(true)
})

test('an answer that nobody takes does not stay', async () => {
  const { service } = await serve({ only: ['bits'], limits: { timeout: 2 } })
  const { hostname, port } = new URL(service.url)
  const body = JSON.stringify({ inputs: Array(256).fill([1, 0]), samples: 1000, sweeps: 0 })
  const socket = connect(Number(port), hostname)
    .on('error', () => {})
    .pause()
  socket.write(
    `POST /v1/sample HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\nContent-Length: ${body.length}\r\n\r\n${body}`,
  )
  while (!(await metric(service, 'lacuna_requests_in_flight'))) await new Promise(setImmediate)
  while (await metric(service, 'lacuna_requests_in_flight')) await new Promise(setImmediate)
  socket.destroy()
})

describe('slowness', async () => {
  const { service, log } = await serve({ only: ['bits'], limits: { patience: 1, timeout: 2 } })

  test.each([
    ['headers', 'POST /v1/sample HTTP/1.1\r\nHost: x\r\n'],
    [
      'a body',
      'POST /v1/sample HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\nContent-Length: 50\r\n\r\n{',
    ],
  ])('%s that do not arrive are not waited for', async (_, beginning) => {
    expect(await raw(service, beginning)).toMatch(/^HTTP\/1.1 408 .*LACUNA_E_TIMEOUT/s)
    while (await metric(service, 'lacuna_requests_in_flight')) await new Promise(setImmediate)
  })

  test('what is no HTTP is answered with a code, and its connection ended', async () => {
    expect(await raw(service, 'nonsense\r\n\r\n')).toMatch(/^HTTP\/1.1 400 .*LACUNA_E_REQUEST/s)
    const headers = `GET / HTTP/1.1\r\nHost: x\r\nX: ${'x'.repeat(20_000)}\r\n\r\n`
    expect(await raw(service, headers)).toMatch(/^HTTP\/1.1 431 .*LACUNA_E_REQUEST/s)
    const odd = 'GET /healthz HTTP/1.1\r\nHost: x\r\nExpect: nonsense\r\n\r\n'
    expect(await raw(service, odd)).toMatch(/^HTTP\/1.1 417 .*LACUNA_E_REQUEST/s)
    const proxy = 'CONNECT x:1 HTTP/1.1\r\nHost: x:1\r\n\r\n'
    expect(await raw(service, proxy)).toMatch(/^HTTP\/1.1 405 .*LACUNA_E_NOT_FOUND/s)
  })

  test('what follows an accepted request on its connection does not take its answer away', async () => {
    const body = JSON.stringify(short)
    const sound = `POST /v1/sample HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\nContent-Length: ${body.length}\r\n\r\n${body}`
    expect(await raw(service, `${sound}${sound}nonsense\r\n\r\n`)).toMatch(
      /^HTTP\/1.1 200 OK.*"samples".*HTTP\/1.1 200 OK.*"samples".*HTTP\/1.1 400 .*LACUNA_E_REQUEST/s,
    )
  })

  test('who leaves before the answer takes no place any more', async () => {
    const body = JSON.stringify(long)
    const request = httpRequest(new URL('/v1/sample', service.url), {
      method: 'POST',
      headers: { 'content-type': 'application/json', 'content-length': Buffer.byteLength(body) },
    })
    request.on('error', () => {})
    request.end(body)
    while (!(await metric(service, 'lacuna_requests_in_flight'))) await new Promise(setImmediate)
    request.destroy()
    while (await metric(service, 'lacuna_requests_in_flight')) await new Promise(setImmediate)
    expect((await ask(service, '/readyz')).status).toBe(200)
    const lines = log.map(line => JSON.parse(line))
    expect(lines.find(({ status }) => status === 499)).toMatchObject({ route: '/v1/sample' })
    expect(lines.filter(({ level }) => level > 30)).toEqual([])
  })
})

describe('the token', async () => {
  const token = 'a-token'
  const { service, log } = await serve({ only: ['sheet'], token })
  const images = sent(randomImages(1, 1))

  test('is asked of everybody, but for the health of the service', async () => {
    for (const path of ['/v1/models', '/metrics', '/openapi.json', '/docs', '/nothing']) {
      const { status, body, headers } = await ask(service, path)
      expect([path, status, body.code]).toEqual([path, 401, 'LACUNA_E_TOKEN'])
      expect(headers.get('www-authenticate')).toBe('Bearer')
    }
    expect((await ask(service, '/v1/complete', { images })).status).toBe(401)
    expect((await ask(service, '/healthz')).status).toBe(200)
    expect((await ask(service, '/readyz')).status).toBe(200)
    const headers = { authorization: `Bearer ${token}` }
    expect((await ask(service, '/v1/complete', { images }, { headers })).status).toBe(200)
    for (const authorization of ['Bearer another', 'Bearer', `Basic ${token}`, token, `${token} `])
      expect(
        (await ask(service, '/v1/models', undefined, { headers: { authorization } })).status,
      ).toBe(401)
  })

  test('does not stand in the log, nor does anything that was sent', async () => {
    const headers = { authorization: `Bearer ${token}`, 'x-request-id': 'mine-1' }
    const image = [...images[0]!.image]
    image[3] = 0.123456789
    const asked = { images: [{ ...images[0], image }] }
    const { status } = await ask(service, '/v1/complete?x=secret', asked, { headers })
    expect(status).toBe(400)
    const outcome = await ask(service, '/v1/complete', asked, { headers })
    expect(outcome.headers.get('x-request-id')).toBe('mine-1')
    const bad = { images: [{ ...images[0], image: 'c2VjcmV0c2VjcmV0c2VjcmV0c2VjcmV0c2VjcmV0' }] }
    await ask(service, '/v1/complete', bad, { headers })
    await ask(service, '/v1/complete/secret', undefined, { headers })
    await new Promise(setImmediate)
    const text = log.join('')
    expect(text).not.toMatch(/a-token|0\.12345|secret|c2VjcmV0/)
    const line = log
      .map(line => JSON.parse(line))
      .find(({ reqId, status }) => reqId && status === 200)
    expect(
      log.map(line => JSON.parse(line)).filter(({ reqId }) => reqId === 'mine-1'),
    ).toContainEqual(
      expect.objectContaining({
        ...{ method: 'POST', route: '/v1/complete', status: 200, model: 'sheet', examples: 1 },
      }),
    )
    expect(line.milliseconds).toBeGreaterThan(0)
  })

  test('is compared whole', () => {
    const check = requireToken('abc')
    expect(() => check('bearer abc')).not.toThrow()
    for (const header of [
      undefined,
      '',
      'Bearer ',
      'Bearer ab',
      'Bearer abcd',
      'Bearer ABC',
      'abc',
    ])
      expect(() => check(header)).toThrow('LACUNA_E_TOKEN')
  })

  test('is needed where others reach the host', async () => {
    await expect(serve({ only: ['sheet'], host: '0.0.0.0' })).rejects.toMatchObject({
      code: 'LACUNA_E_OPTION',
    })
    const open = await serve({ only: ['sheet'], host: '0.0.0.0', token })
    expect(open.service.url).toMatch(/^http:\/\/0\.0\.0\.0:\d+\/$/)
  })
})
