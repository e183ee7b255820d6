import { statSync } from 'node:fs'
import { request } from 'node:http'
import { connect } from 'node:net'
import { fileURLToPath } from 'node:url'
import { readIdx } from 'lacuna'
import { expect, test } from 'vitest'
import { smallFiles, writeFolder } from './digits-folder.js'
import { lacuna, type Outcome, start, temporaryFolder } from './lacuna-command.js'

const files = smallFiles(30, 10)
const data = temporaryFolder()
writeFolder(data, files)
const model = fileURLToPath(import.meta.resolve('lacuna-models/window.safetensors'))

/** Runs the studio while `visit` asks it, and ends it as Ctrl-C does. */
async function whileServing(
  args: string[],
  visit: (url: string) => Promise<void>,
  env: NodeJS.ProcessEnv = {},
): Promise<Outcome> {
  const { child, outcome } = start(['studio', '--port', '0', '--json', ...args], env)
  const line = await new Promise<string>((resolve, reject) => {
    child.stdout!.once('data', chunk => resolve(String(chunk)))
    outcome.then(({ stderr }) => reject(new Error(stderr)))
  })
  try {
    await visit(JSON.parse(line).url)
  } finally {
    child.kill('SIGINT')
  }
  return outcome
}

/** What a path is answered with, sent as it stands: `fetch` would tidy it up. */
function ask(url: string, path: string, method = 'GET') {
  const { hostname, port } = new URL(url)
  return new Promise<{ status: number; headers: Record<string, unknown>; body: Buffer }>(
    (resolve, reject) => {
      request({ hostname, port, path, method }, response => {
        const pieces: Buffer[] = []
        response.on('data', piece => pieces.push(piece))
        response.on('end', () => {
          const { statusCode: status = 0, headers } = response
          resolve({ status, headers, body: Buffer.concat(pieces) })
        })
      })
        .on('error', reject)
        .end()
    },
  )
}

test('gives the page, isolated from other origins, and every file with its type', async () => {
  const { code, stdout } = await whileServing(['--data', 'strokes'], async url => {
    const page = await ask(url, '/')
    expect(page.status).toBe(200)
    expect(page.headers).toMatchObject({
      'content-type': 'text/html; charset=utf-8',
      'cross-origin-opener-policy': 'same-origin',
      'cross-origin-embedder-policy': 'require-corp',
      'cache-control': 'no-cache',
    })
    const script = /src="\.(\/assets\/[^"]+\.js)"/.exec(page.body.toString())![1]!
    const { headers } = await ask(url, script)
    expect(headers['content-type']).toBe('text/javascript; charset=utf-8')
    expect(headers['cache-control']).toMatch(/immutable/)
    const { status, headers: about, body } = await ask(url, '/models/window.safetensors', 'HEAD')
    expect([status, body.length]).toEqual([200, 0])
    expect(about).toMatchObject({
      'content-type': 'application/octet-stream',
      'content-length': String(statSync(model).size),
    })
    const served = JSON.parse((await ask(url, '/data/data.json')).body.toString())
    expect(served).toEqual({ name: 'strokes', option: 'strokes' })
  })
  expect(code).toBe(0)
  expect(JSON.parse(stdout)).toEqual({
    url: expect.stringMatching(/^http:\/\/127\.0\.0\.1:\d+\/$/),
    data: 'strokes',
  })
})

test('no path leads out of its folder, and nothing can be put there', async () => {
  await whileServing(['--data', 'strokes'], async url => {
    for (const path of [
      '/../package.json',
      '/..%2fpackage.json',
      '/%2e%2e/%2e%2e/package.json',
      '/assets/..%5c..%5cpackage.json',
      '//etc/passwd',
      '/models/../../package.json',
      '/%00',
      '/%',
      '/assets/',
      'http://elsewhere/../package.json',
    ])
      expect([path, (await ask(url, path)).status]).toEqual([path, 404])
    for (const method of ['POST', 'PUT', 'DELETE'])
      expect((await ask(url, '/', method)).status).toBe(405)
    // What is no request at all ends its own connection and no more.
    const { hostname, port } = new URL(url)
    await new Promise<void>(resolve => {
      connect(Number(port), hostname, function (this: ReturnType<typeof connect>) {
        this.end('nonsense\r\n\r\n')
      })
        .on('close', () => resolve())
        .resume()
    })
    expect((await ask(url, '/')).status).toBe(200)
  })
})

test('serves the data that are named or at hand as IDX files', async () => {
  for (const [args, env] of [
    [['--data', data], {}],
    [[], { LACUNA_DATA: data }],
  ] as const)
    await whileServing(
      [...args],
      async url => {
        const about = JSON.parse((await ask(url, '/data/data.json')).body.toString())
        expect(about).toEqual({ name: 'custom', option: data })
        for (const [name, bytes] of files) {
          const served = await readIdx((await ask(url, `/data/${name}`)).body)
          expect(served).toEqual(await readIdx(bytes))
        }
      },
      env,
    )
})

test('a port that is taken, and data that are not there, are said with what to do', async () => {
  await whileServing(['--data', 'strokes'], async url => {
    const { code, stdout, stderr } = await lacuna(['studio', '--port', new URL(url).port])
    expect([code, stdout]).toEqual([1, ''])
    expect(stderr).toMatch(/LACUNA_E_SERVE: port \d+ cannot be had: .*EADDRINUSE.*\n.*--port 0/)
  })
  const nowhere = await lacuna(['studio', '--data', `${data}/none`])
  expect(nowhere.code).toBe(1)
  expect(nowhere.stderr).toMatch(/LACUNA_E_DATA/)
})
