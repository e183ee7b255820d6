import type { Context } from '../worker/calls.js'

/** A download that failed, in the form of the library's errors. */
class DownloadError extends Error {
  readonly hint = 'Check that the studio is still being served, then try again.'
}

/**
 * Fetches a file of the studio, telling how far it is.
 * @throws DownloadError if the server does not have it or breaks off
 */
export async function download(
  url: string,
  what: string,
  { progress, signal }: Context,
): Promise<Uint8Array> {
  const fetching = { what: `Fetching ${what}` }
  progress(fetching)
  try {
    const response = await fetch(url, { signal })
    if (!response.ok || !response.body) throw new Error(`the server answers ${response.status}`)
    const length = Number(response.headers.get('Content-Length'))
    const pieces: Uint8Array<ArrayBuffer>[] = []
    let received = 0
    const reader = response.body.getReader()
    for (;;) {
      const { done, value } = await reader.read()
      if (done) break
      pieces.push(value)
      received += value.length
      progress({ ...fetching, ...(length > 0 && { fraction: Math.min(1, received / length) }) })
    }
    return new Uint8Array(await new Blob(pieces).arrayBuffer())
  } catch (error) {
    throw new DownloadError(`${what} could not be fetched: ${(error as Error).message}`)
  }
}
