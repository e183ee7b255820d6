import { createHash } from 'node:crypto'
import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as delay } from 'node:timers/promises'
import { gunzipSync, gzipSync } from 'node:zlib'
import { describe, expect, test } from 'vitest'
import { download } from '../dist/datasets/download.js'
import { mirrors } from '../dist/datasets/mnist-files.js'
import { smallFiles } from './digits-folder.js'
import { temporaryFolder } from './lacuna-command.js'
import { mirror, serving } from './mirror.js'

const plain = smallFiles(40, 10)
const files = [...plain].map(([name, bytes]) => ({
  name,
  bytes: bytes.length,
  md5: createHash('md5').update(bytes).digest('hex'),
  download: 0,
}))
const zipped = new Map([...plain].map(([name, bytes]) => [`${name}.gz`, gzipSync(bytes)]))
const first = `${files[0]!.name}.gz`

const signal = new AbortController().signal

function fetchInto(folder: string, from: string[], more = {}): Promise<void> {
  return download(files, folder, { mirrors: from, signal, silence: 400, ...more })
}

function expectAllIn(folder: string): void {
  expect(readdirSync(folder).sort()).toEqual([...zipped.keys()].sort())
  for (const [name, bytes] of plain)
    expect(gunzipSync(readFileSync(join(folder, `${name}.gz`))).equals(bytes)).toBe(true)
}

describe('download', () => {
  test('fetches every file and counts the bytes', async () => {
    const folder = join(temporaryFolder(), 'made', 'on demand')
    const counts: number[] = []
    await fetchInto(folder, [await mirror(serving(zipped))], {
      onProgress: (received: number) => counts.push(received),
    })
    expectAllIn(folder)
    const total = [...zipped.values()].reduce((sum, bytes) => sum + bytes.length, 0)
    expect(counts.at(-1)).toBe(total)
    expect(counts).toEqual([...counts].sort((a, b) => a - b))
  })

  test('lets a slow mirror take its time as long as bytes arrive', async () => {
    const folder = temporaryFolder()
    const slow = await mirror(async (request, response) => {
      const bytes = zipped.get(request.url!.replace('/mnist/', ''))!
      response.writeHead(200, { 'content-length': bytes.length })
      if (request.method === 'HEAD') return response.end()
      const piece = Math.ceil(bytes.length / 8)
      for (let i = 0; i < bytes.length; i += piece) {
        response.write(bytes.subarray(i, i + piece))
        await delay(100) // 0.8 s a file: longer than the silence allowed, and than the first answer
      }
      return response.end()
    })
    await fetchInto(folder, [slow], { answerWithin: 500 })
    expectAllIn(folder)
  })

  const spoilt: [string, (name: string, bytes: Uint8Array) => Uint8Array, RegExp][] = [
    ['other content', (_, bytes) => gzipSync(gunzipSync(bytes).reverse()), /has the MD5/],
    ['a file cut short', (_, bytes) => bytes.subarray(0, bytes.length / 2), /no gzip/],
    ['a page instead', () => Buffer.from('<html>Sign in to the network</html>'), /no gzip/],
    ['a bomb', () => gzipSync(new Uint8Array(10_000_000)), /no gzip/],
    ['endless bytes', (_, bytes) => new Uint8Array(4 * bytes.length + 4e6), /more than/],
  ]
  test.each(spoilt)('refuses a mirror with %s and uses the next', async (_, spoil, fault) => {
    const bad = await mirror(
      serving(zipped, (name, bytes) => (name === first ? spoil(name, bytes) : bytes)),
    )
    const empty = temporaryFolder()
    await expect(fetchInto(empty, [bad])).rejects.toThrow(
      expect.objectContaining({
        code: 'LACUNA_E_DOWNLOAD',
        message: expect.stringMatching(fault),
      }),
    )
    expect(readdirSync(empty)).toEqual([])

    const folder = temporaryFolder()
    await fetchInto(folder, [bad, await mirror(serving(zipped))])
    expectAllIn(folder)
  })

  test('goes on with the next mirror after a missing file, a broken connection and silence', async () => {
    const missing = new Map(zipped)
    missing.delete(first)
    const breaking = serving(zipped)
    const bad = [
      await mirror(serving(missing)),
      await mirror((request, response) => {
        if (request.method === 'HEAD') return breaking(request, response)
        response.writeHead(200, { 'content-length': 1000 })
        response.write('some bytes')
        return setTimeout(() => response.destroy(), 50)
      }),
      await mirror((request, response) => {
        if (request.method === 'HEAD') return breaking(request, response)
        response.writeHead(200, { 'content-length': 1000 })
        return response.write('and then nothing')
      }),
    ]
    const failure = fetchInto(temporaryFolder(), bad)
    await expect(failure).rejects.toThrow(/404 Not Found/)
    await expect(failure).rejects.toThrow(/breaks off after 10 bytes/)
    await expect(failure).rejects.toThrow(/silent for 0.4 s/)

    const folder = temporaryFolder()
    await fetchInto(folder, [...bad, await mirror(serving(zipped))])
    expectAllIn(folder)
  })

  test('keeps the whole files of a download that failed later', async () => {
    const last = `${files[3]!.name}.gz`
    const lacking = new Map(zipped)
    lacking.delete(last)
    const folder = temporaryFolder()
    await expect(fetchInto(folder, [await mirror(serving(lacking))])).rejects.toThrow(
      files[3]!.name,
    )
    expect(readdirSync(folder)).toHaveLength(3)
  })

  test('gives up when no mirror answers: refused, unknown or silent', async () => {
    const silent = await mirror(() => {}, '127.0.0.7')
    for (const from of [
      ['http://127.0.0.1:1/', 'http://127.0.0.1:2/'],
      ['http://no-such-host.invalid/'],
      [silent, silent],
    ]) {
      const folder = join(temporaryFolder(), 'cache')
      await expect(fetchInto(folder, from, { answerWithin: 300 })).rejects.toThrow(
        /LACUNA_E_DOWNLOAD: no mirror answers/,
      )
      expect(existsSync(folder)).toBe(false)
    }
  })

  test('is not held up by a silent mirror when another answers', async () => {
    const folder = temporaryFolder()
    const silent = await mirror(() => {}, '127.0.0.7')
    await fetchInto(folder, [silent, await mirror(serving(zipped))], { answerWithin: 5000 })
    expectAllIn(folder)
  })

  test('stops at once when told to', async () => {
    const stop = new AbortController()
    const stuck = await mirror((request, response) => {
      response.writeHead(200, { 'content-length': 1000 })
      if (request.method === 'HEAD') return response.end()
      response.write('x')
      return setTimeout(() => stop.abort(), 20)
    })
    const folder = temporaryFolder()
    const stopped = download(files, folder, { mirrors: [stuck], signal: stop.signal })
    await expect(stopped).rejects.toThrow(expect.objectContaining({ name: 'AbortError' }))
    expect(readdirSync(folder)).toEqual([])
  })

  test('says which folder it cannot write to', async () => {
    const from = [await mirror(serving(zipped))]
    await expect(fetchInto('/dev/null/cache', from)).rejects.toThrow(
      /LACUNA_E_WRITE: cannot write \/dev\/null\/cache/,
    )
  })
})

describe('mirrors', () => {
  test('can be named by a variable', () => {
    expect(mirrors({}).length).toBeGreaterThan(1)
    expect(mirrors({ LACUNA_MIRRORS: 'http://a/x, https://b/y/' })).toEqual([
      'http://a/x/',
      'https://b/y/',
    ])
    for (const bad of ['ftp://a/', 'nonsense', 'file:///etc/'])
      expect(() => mirrors({ LACUNA_MIRRORS: bad })).toThrow(/LACUNA_E_OPTION.*LACUNA_MIRRORS/)
  })
})
