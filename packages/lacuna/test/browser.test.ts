import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { fileURLToPath } from 'node:url'
import { chromium } from 'playwright-core'
import type { Rollup } from 'vite'
import { build } from 'vite'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { trainBriefly } from './browser/train-briefly.js'
import { executablePath, flags, title } from './chromium.js'
import { expectedTensors } from './expected-tensors.js'

describe.skipIf(!executablePath)(title, () => {
  const files = new Map<string, string | Uint8Array>()
  let server: Server
  let expected: Awaited<ReturnType<typeof trainBriefly>>

  beforeAll(async () => {
    // Bundled as a user of Vite would bundle it.
    const bundle = (await build({
      root: fileURLToPath(new URL('browser', import.meta.url)),
      logLevel: 'error',
      build: { write: false },
      worker: { format: 'es' },
    })) as Rollup.RollupOutput
    for (const file of bundle.output)
      files.set(`/${file.fileName}`, file.type === 'chunk' ? file.code : file.source)
    expected = await trainBriefly()
  })

  afterAll(() => {
    server?.close()
  })

  async function inPage(headers: Record<string, string>) {
    server = createServer((request, response) => {
      const path = request.url === '/' ? '/index.html' : request.url!
      const body = files.get(path)
      const type = path.endsWith('.js') ? 'text/javascript' : 'text/html'
      response.writeHead(body ? 200 : 404, { 'Content-Type': type, ...headers }).end(body)
    }).listen(0, '127.0.0.1')
    await new Promise(resolve => server.once('listening', resolve))
    const browser = await chromium.launch({
      executablePath: executablePath!,
      args: flags,
    })
    try {
      const page = await browser.newPage()
      const problems: string[] = []
      page.on('console', message => problems.push(message.text()))
      page.on('pageerror', error => problems.push(error.message))
      await page.goto(`http://127.0.0.1:${(server.address() as AddressInfo).port}/`)
      const found = await page.evaluate('trainBriefly()')
      const trained = await page.evaluate('trainedTensors({ threads: 3 })')
      const heard = problems.filter(text => !text.includes('favicon') && !text.includes('404'))
      return { found, trained, heard }
    } finally {
      await browser.close()
      server.close()
    }
  }

  test('trains, scores and reconstructs to the same bits as Node', async () => {
    const isolated = {
      'Cross-Origin-Opener-Policy': 'same-origin',
      'Cross-Origin-Embedder-Policy': 'require-corp',
    }
    const { found, trained, heard } = await inPage(isolated)
    expect(trained).toEqual(expectedTensors)
    expect(heard).toEqual([])
    expect(found).toEqual({ ...expected, isolated: true })
  })

  test('does so without cross-origin isolation too, with one thread and one notice', async () => {
    const { found, trained, heard } = await inPage({})
    expect(trained).toEqual(expectedTensors)
    expect(heard).toEqual([expect.stringMatching(/^Lacuna trains with one thread, .*Cross-Origin/)])
    expect(found).toEqual(expected)
  })
})
