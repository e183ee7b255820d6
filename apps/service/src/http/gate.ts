import type { Readable } from 'node:stream'
import type { FastifyReply, FastifyRequest } from 'fastify'
import { LacunaError } from 'lacuna'
import type { Metrics } from '../metrics.js'
import type { Admission } from './admission.js'
import type { App } from './app.js'
import { coded, Refusal, sendFault, statusOf } from './faults.js'
import { requireReady, type State } from './state-routes.js'

/** What stands at the gate of a service. */
export interface Gate {
  readonly admission: Admission
  /** Throws LACUNA_E_BUSY if not even one more example may wait. */
  readonly requireRoom: () => void
  readonly metrics: Metrics
  /** Seconds in which an answer is to be taken. */
  readonly timeout: number
  readonly state: () => State
  /** Throws LACUNA_E_TOKEN for headers without the token; left out, everybody may ask. */
  readonly requireToken: ((header: string | undefined) => void) | undefined
}

/** What whoever keeps the service alive may ask without a token, at any rate. */
const health = new Set(['/healthz', '/readyz'])

/**
 * What happens to every request: it is let in or turned away before a byte of its body is read, errors are
 * answered with their code, and at the end one line of the log says what was asked, of whom, and what came
 * of it, without anything of what was sent.
 */
export function guard(app: App, gate: Gate): void {
  app.decorateRequest('asked', null)
  app.decorateRequest('fault', null)
  app.decorateRequest('place', null)

  // Before the token is looked at, so that nobody can try out many.
  const limitRate = app.rateLimit()
  app.addHook('onRequest', async (request, reply) => {
    reply.header('x-request-id', request.id)
    reply.header('x-content-type-options', 'nosniff')
    whenOver(reply, () => {
      request.place?.leave()
      record(request, reply, gate.metrics)
    })
    if (health.has(request.routeOptions.url ?? '')) return
    await limitRate.call(app, request, reply)
    gate.requireToken?.(request.headers.authorization)
    if (request.method === 'GET' || request.method === 'HEAD') return
    requireReady(gate.state())
    if (!request.is404) gate.requireRoom()
    request.place = gate.admission.enter()
  })

  app.addHook('preParsing', (request, _, payload, done) => {
    done(null, request.place?.counted(payload as Readable) ?? payload)
  })

  app.addHook('onSend', async (_, reply) => {
    // What was accepted before the end ends its connection, too.
    if (gate.state() === 'draining') reply.header('connection', 'close')
    // An answer that nobody takes does not stay.
    const late = setTimeout(() => reply.raw.destroy(), gate.timeout * 1000)
    whenOver(reply, () => clearTimeout(late))
  })

  app.setErrorHandler((error, request, reply) => {
    const fault = coded(error as Error)
    request.fault = fault.code
    gate.metrics.fault(fault.code)
    if (statusOf(fault) === 500) request.log.error({ err: fault.cause ?? fault }, 'failed')
    return sendFault(reply, fault)
  })

  const methods = new Map<string, string[]>()
  app.addHook('onRoute', ({ url, method }) => {
    methods.set(url, [...(methods.get(url) ?? []), ...[method].flat()])
  })
  app.setNotFoundHandler((request, reply) => {
    const allowed = methods.get(request.url.split('?')[0]!)
    if (!allowed)
      throw new LacunaError(
        'LACUNA_E_NOT_FOUND',
        'there is nothing at this address',
        '/docs lists what there is.',
      )
    reply.header('allow', allowed.join(', '))
    throw new Refusal(
      405,
      'LACUNA_E_NOT_FOUND',
      'there is no such method at this address',
      `Use ${allowed.join(' or ')}.`,
    )
  })
}

/** Calls once when an answer has been sent, or cannot be any more. */
function whenOver(reply: FastifyReply, callback: () => void): void {
  let over = false
  const once = () => {
    if (over) return
    over = true
    callback()
  }
  reply.raw.once('finish', once).once('close', once)
}

/** Counts a request and writes its line. */
function record(request: FastifyRequest, reply: FastifyReply, metrics: Metrics): void {
  const { method, asked, fault } = request
  const route = request.routeOptions.url ?? 'none'
  const status = reply.raw.writableFinished ? reply.statusCode : 499 // nobody waited for it
  metrics.request(route, method, status, reply.elapsedTime / 1000)
  request.log.info(
    {
      method,
      route,
      status,
      milliseconds: Math.round(reply.elapsedTime * 100) / 100,
      ...asked,
      ...(fault !== null && { code: fault }),
    },
    'request',
  )
}
