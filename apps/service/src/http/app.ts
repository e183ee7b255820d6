import type { IncomingMessage, ServerResponse } from 'node:http'
import type { TypeBoxTypeProvider } from '@fastify/type-provider-typebox'
import type { FastifyBaseLogger, FastifyInstance, RawServerDefault } from 'fastify'
import type { Place } from './admission.js'

/** The server, which takes the types of requests from their schemas. */
export type App = FastifyInstance<
  RawServerDefault,
  IncomingMessage,
  ServerResponse,
  FastifyBaseLogger,
  TypeBoxTypeProvider
>

/** What the log and the metrics say of a question. */
export interface Asked {
  readonly model: string
  readonly examples: number
}

declare module 'fastify' {
  interface FastifyRequest {
    /** What was asked, once the request was understood. */
    asked: Asked | null
    /** Its place among those that are answered at a time; those without a body need none. */
    place: Place | null
    /** The code of the error that it was answered with. */
    fault: string | null
  }
}
