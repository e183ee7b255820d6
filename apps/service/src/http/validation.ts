import { Ajv } from 'ajv'
import type { FastifySchemaCompiler } from 'fastify'
import type { TSchema } from 'typebox'

// The first fault ends the check: a hostile body cannot make it list thousands.
const options = { allErrors: false, useDefaults: false, removeAdditional: false } as const
const body = new Ajv({ ...options, coerceTypes: false })
const text = new Ajv({ ...options, coerceTypes: true })

/** Checks requests against their schemas; only what came as text, in an address, is turned into numbers. */
export const validatorCompiler: FastifySchemaCompiler<TSchema> = ({ schema, httpPart }) =>
  (httpPart === 'querystring' ? text : body).compile(schema)
