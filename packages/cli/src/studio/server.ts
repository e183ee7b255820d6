import { createReadStream } from 'node:fs'
import { stat } from 'node:fs/promises'
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http'
import { extname } from 'node:path'
import { pipeline } from 'node:stream/promises'
import { LacunaError } from 'lacuna'
import type { Site } from './site.js'

/** The computer itself: nobody else on the network reaches it. */
const HOST = '127.0.0.1'

const types: Readonly<Record<string, string>> = {
  '.html': 'text/html; charset=utf-8',
  '.js': 'text/javascript; charset=utf-8',
  '.css': 'text/css; charset=utf-8',
  '.json': 'application/json; charset=utf-8',
  '.svg': 'image/svg+xml',
  '.woff2': 'font/woff2',
}

/** The first two isolate the page from other origins, so that its threads may share memory. */
const always = {
  'Cross-Origin-Opener-Policy': 'same-origin',
  'Cross-Origin-Embedder-Policy': 'require-corp',
  'Cross-Origin-Resource-Policy': 'same-origin',
  'X-Content-Type-Options': 'nosniff',
  'Referrer-Policy': 'no-referrer',
}

/** A server that listens, and where. */
export interface Listening {
  readonly url: string
  /** Ends it, with all connections. */
  close(): Promise<void>
}

/**
 * Serves a site to the browsers of this computer.
 * @param port 0 for any that is free
 * @throws LACUNA_E_SERVE if the port cannot be had
 */
export async function serveSite(site: Site, port: number): Promise<Listening> {
  const server = createServer((request, response) => {
    answer(site, request, response).catch(() => response.destroy())
  })
  await listen(server, port)
  const { port: given } = server.address() as { port: number }
  return {
    url: `http://${HOST}:${given}/`,
    close: () =>
      new Promise(resolve => {
        server.close(() => resolve())
        server.closeAllConnections()
      }),
  }
}

async function listen(server: Server, port: number): Promise<void> {
  try {
    await new Promise<void>((resolve, reject) => {
      server.once('error', reject)
      server.listen(port, HOST, () => {
        server.off('error', reject)
        resolve()
      })
    })
  } catch (error) {
    throw new LacunaError(
      'LACUNA_E_SERVE',
      `port ${port} cannot be had: ${(error as Error).message}`,
      'Name another one with --port; --port 0 takes any that is free.',
      { cause: error },
    )
  }
}

async function answer(
  site: Site,
  request: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  const path = pathOf(request.url ?? '/')
  const found = path === undefined ? undefined : await site(path)
  const refuse = (status: number, why: string, headers = {}) => {
    response.writeHead(status, { ...always, ...headers, 'Content-Type': 'text/plain' }).end(why)
  }
  if (request.method !== 'GET' && request.method !== 'HEAD')
    return refuse(405, 'This server only gives.\n', { Allow: 'GET, HEAD' })
  if (found === undefined) return refuse(404, 'There is no such file.\n')
  const length = 'file' in found ? (await stat(found.file)).size : found.bytes.length
  const name = path === '/' ? '/index.html' : path!
  response.writeHead(200, {
    ...always,
    'Content-Type': types[extname(name)] ?? 'application/octet-stream',
    'Content-Length': length,
    // The names of what lies in /assets change with the content.
    'Cache-Control': name.startsWith('/assets/') ? 'max-age=31536000, immutable' : 'no-cache',
  })
  if (request.method === 'HEAD') response.end()
  else if ('bytes' in found) response.end(found.bytes)
  else await pipeline(createReadStream(found.file), response)
}

/** The path of an address; undefined if it cannot be read. */
function pathOf(url: string): string | undefined {
  try {
    return decodeURIComponent(new URL(url, 'http://studio').pathname)
  } catch {
    return undefined
  }
}
