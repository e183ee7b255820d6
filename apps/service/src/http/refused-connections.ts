import { type Server, type ServerResponse, STATUS_CODES } from 'node:http'
import type { Duplex } from 'node:stream'
import { LacunaError } from 'lacuna'
import { written } from './faults.js'

/** Connections that are ended as soon as the answers before are sent. */
const ending = new WeakSet<Duplex>()

/**
 * Ends a connection on which no further request can be read, with a coded error; after the answers to those
 * that were read before.
 */
export function refuseConnection(error: Error & { code?: string }, socket: Duplex): void {
  if (ending.has(socket)) return
  ending.add(socket)
  const late = error.code === 'ERR_HTTP_REQUEST_TIMEOUT'
  const status = late ? 408 : error.code === 'HPE_HEADER_OVERFLOW' ? 431 : 400
  const fault = late
    ? new LacunaError('LACUNA_E_TIMEOUT', 'the request did not arrive in time', 'Send it faster.')
    : new LacunaError('LACUNA_E_REQUEST', 'this is no HTTP request', 'Send one.')
  const end = () => {
    const answering = underWay(socket)
    if (answering) answering.once('close', end)
    else endWith(socket, status, fault)
  }
  end()
}

/** Answers with a code what Node would refuse without one. */
export function refuseOddities(server: Server): void {
  server.on('checkExpectation', request => {
    const fault = new LacunaError(
      'LACUNA_E_REQUEST',
      'the request expects what is not done here',
      'Leave the header Expect out.',
    )
    endWith(request.socket, 417, fault)
  })
  server.on('connect', (_, socket) => {
    const fault = new LacunaError('LACUNA_E_NOT_FOUND', 'this is no proxy', 'Use POST or GET.')
    endWith(socket, 405, fault)
  })
}

/**
 * The answer that is being sent or computed, to a request that was read whole. (A request whose body is
 * still on its way is what the connection is ended for.)
 */
function underWay(socket: Duplex): ServerResponse | undefined {
  const { _httpMessage: answering } = socket as { _httpMessage?: ServerResponse | null }
  return answering?.req.complete && !answering.writableFinished ? answering : undefined
}

/** Sends an error and closes, whether the other side closes or not. */
function endWith(socket: Duplex, status: number, fault: LacunaError): void {
  if (!socket.writable) return void socket.destroy()
  const body = JSON.stringify(written(fault))
  const head = [
    `HTTP/1.1 ${status} ${STATUS_CODES[status]}`,
    'Content-Type: application/json; charset=utf-8',
    `Content-Length: ${Buffer.byteLength(body)}`,
    'Connection: close',
  ]
  socket.end(`${head.join('\r\n')}\r\n\r\n${body}`, () => socket.destroy())
}
