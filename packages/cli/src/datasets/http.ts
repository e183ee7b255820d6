import { lookup as systemLookup } from 'node:dns'
import { Resolver } from 'node:dns/promises'
import { type IncomingMessage, request as requestPlain } from 'node:http'
import { request as requestSecure } from 'node:https'
import type { LookupFunction } from 'node:net'

export type RequestOptions = {
  readonly method: 'HEAD' | 'GET'
  /** Cuts the request off, whatever it is waiting for. */
  readonly signal: AbortSignal
  /** Milliseconds of silence, in connecting or later, after which the request fails. */
  readonly silence: number
}

/** Sends a request and resolves with the answer as soon as its head has arrived, whatever its status. */
export function request(url: string, options: RequestOptions): Promise<IncomingMessage> {
  const { method, signal, silence } = options
  const send = url.startsWith('https:') ? requestSecure : requestPlain
  return new Promise((resolve, reject) => {
    const sent = send(url, { method, signal, agent: false, lookup: lookup(signal) })
    let answer: IncomingMessage | undefined
    sent.setTimeout(silence, () => {
      const error = new Error(`silent for ${silence / 1000} s`)
      ;(answer ?? sent).destroy(error)
    })
    sent.on('response', response => {
      answer = response
      resolve(response)
    })
    sent.on('error', reject)
    sent.end()
  })
}

/** The whole body of an answer. Fails if it is cut short, falls silent or is longer than `limit` bytes. */
export async function body(
  response: IncomingMessage,
  limit: number,
  onProgress: (received: number) => void,
): Promise<Uint8Array> {
  const chunks: Uint8Array[] = []
  let received = 0
  try {
    for await (const chunk of response as AsyncIterable<Uint8Array>) {
      chunks.push(chunk)
      received += chunk.length
      if (received > limit) throw new Error(`sends more than ${limit} bytes`)
      onProgress(received)
    }
  } catch (error) {
    const brokenOff = (error as NodeJS.ErrnoException).code === 'ECONNRESET'
    throw brokenOff ? new Error(`breaks off after ${received} bytes`, { cause: error }) : error
  }
  return Buffer.concat(chunks)
}

/**
 * Looks names up in a way that can be cut off. The system's own lookup holds a thread until it has
 * an answer, and no process can end before its threads: with a name server that keeps silent it
 * would sit there for ten seconds after we gave up. So the name server is asked directly, and the
 * system, which also knows /etc/hosts, only when that brought a prompt no.
 */
function lookup(signal: AbortSignal): LookupFunction {
  return (host, options, callback) => {
    const resolver = new Resolver()
    const cancel = () => resolver.cancel()
    signal.addEventListener('abort', cancel)
    resolver
      .resolve4(host)
      .finally(() => signal.removeEventListener('abort', cancel))
      .then(
        ([address]) =>
          options.all
            ? callback(null, [{ address: address!, family: 4 }])
            : callback(null, address!, 4),
        (error: NodeJS.ErrnoException) => {
          if (signal.aborted || error.code === 'ETIMEOUT') callback(error, '')
          else systemLookup(host, options, callback)
        },
      )
  }
}
