import type { FastifyError, FastifyReply } from 'fastify'
import { type ErrorCode, LacunaError } from 'lacuna'
import type { ErrorAnswer } from '../answer-schemas.js'

/** The status of each code; what is not here is a failure of the service, 500. */
const statuses: Partial<Record<ErrorCode, number>> = {
  LACUNA_E_REQUEST: 400,
  LACUNA_E_TOKEN: 401,
  LACUNA_E_NOT_FOUND: 404,
  LACUNA_E_LIMIT: 413,
  LACUNA_E_SHAPE: 422,
  LACUNA_E_NOT_FINITE: 422,
  LACUNA_E_BITS: 422,
  LACUNA_E_RANGE: 422,
  LACUNA_E_OPTION: 422,
  LACUNA_E_TOO_LARGE: 422,
  LACUNA_E_PNG: 422,
  LACUNA_E_RATE: 429,
  LACUNA_E_ABORTED: 499, // for the log: nobody is there to read it
  LACUNA_E_BUSY: 503,
  LACUNA_E_TIMEOUT: 504,
}

/** Seconds after which a client that was turned away may ask again. */
const RETRY_AFTER = 1

/** A refusal whose status says more than its code. */
export class Refusal extends LacunaError {
  readonly status: number

  constructor(status: number, code: ErrorCode, message: string, hint: string) {
    super(code, message, hint)
    this.status = status
  }
}

/** Any error as one with a code: Fastify's own refusals, and what should not have happened. */
export function coded(error: FastifyError | Error): LacunaError {
  if (error instanceof LacunaError) return error
  const { code, statusCode = 500, validation } = error as FastifyError
  if (validation) return ofSchema(validation, (error as FastifyError).validationContext ?? 'body')
  if (statusCode === 413)
    return new LacunaError('LACUNA_E_LIMIT', 'the body is too long', 'Send less at a time.')
  if (statusCode === 415)
    return new Refusal(
      415,
      'LACUNA_E_REQUEST',
      'a body of this content type is not taken here',
      'Send application/json, or to /v1/complete image/png.',
    )
  if (statusCode >= 400 && statusCode < 500)
    return new Refusal(
      statusCode,
      'LACUNA_E_REQUEST',
      `the request is malformed (${code ?? error.name})`,
      '/docs says what a request looks like.',
    )
  return new LacunaError(
    'LACUNA_E_INTERNAL',
    'this should not have happened',
    'The log says more, under the request id. Please report it.',
    { cause: error },
  )
}

/**
 * What a schema has against a request. Of a value that may be one of several kinds each kind says why it is
 * not; what lies deepest is what was meant, and what is too large comes first.
 */
function ofSchema(found: NonNullable<FastifyError['validation']>, where: string): LacunaError {
  const large = found.find(({ keyword }) => keyword === 'maxItems' || keyword === 'maxLength')
  const depth = ({ instancePath }: { instancePath: string }) => instancePath.split('/').length
  const told = large ?? found.reduce((a, b) => (depth(b) >= depth(a) ? b : a))
  const { additionalProperty } = told.params as { additionalProperty?: string }
  const name =
    additionalProperty === undefined ? '' : ` such as '${additionalProperty.slice(0, 40)}'`
  const what = `${where}${told.instancePath} ${told.message}${name}`
  return large
    ? new LacunaError('LACUNA_E_LIMIT', what, 'Send less at a time; /docs says how much.')
    : new LacunaError('LACUNA_E_REQUEST', what, '/docs says what a request looks like.')
}

/** The status of a coded error. */
export function statusOf(error: LacunaError): number {
  return error instanceof Refusal ? error.status : (statuses[error.code] ?? 500)
}

/** Answers with a coded error. */
export function sendFault(reply: FastifyReply, error: LacunaError): FastifyReply {
  const status = statusOf(error)
  if (status === 503) reply.header('retry-after', RETRY_AFTER)
  if (status === 401) reply.header('www-authenticate', 'Bearer')
  return reply.code(status).type('application/json; charset=utf-8').send(written(error))
}

/** An error as it is sent. */
export function written({ code, message, hint }: LacunaError): ErrorAnswer {
  return { code, message: message.slice(code.length + 2), hint }
}
