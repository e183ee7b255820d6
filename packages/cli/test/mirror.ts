import { createServer, type RequestListener } from 'node:http'
import type { AddressInfo } from 'node:net'
import { afterEach } from 'vitest'

/** Serves on loopback until the end of the test. @returns the address of its folder */
export async function mirror(listener: RequestListener, host = '127.0.0.1'): Promise<string> {
  const server = createServer(listener)
  await new Promise<void>(listening => server.listen(0, host, listening))
  afterEach(() => {
    server.closeAllConnections()
    server.close()
  })
  return `http://${host}:${(server.address() as AddressInfo).port}/mnist/`
}

/** Answers with files by name, as a good mirror does; `change` may spoil one. */
export function serving(
  files: Map<string, Uint8Array>,
  change: (name: string, bytes: Uint8Array) => Uint8Array = (_, bytes) => bytes,
): RequestListener {
  return (request, response) => {
    const name = request.url!.replace('/mnist/', '')
    const bytes = files.get(name)
    if (bytes === undefined) {
      response.writeHead(404).end()
      return
    }
    const body = change(name, bytes)
    response.writeHead(200, { 'content-length': body.length })
    response.end(request.method === 'HEAD' ? undefined : body)
  }
}
