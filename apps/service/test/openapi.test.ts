import { Validator } from '@seriousme/openapi-schema-validator'
import type { CompleteRequest as ClientRequest } from 'lacuna-service/client'
import type { Static } from 'typebox'
import { expect, expectTypeOf, test } from 'vitest'
import {
  CompleteRequest,
  DensityRequest,
  EnergyRequest,
  PredictRequest,
  SampleRequest,
} from '../dist/schemas.js'
import { ask, serve } from './serving.js'

const { service } = await serve({ only: ['sheet'], token: 'secret' })
const headers = { authorization: 'Bearer secret' }
const { body } = await ask(service, '/openapi.json', undefined, { headers })
const document: {
  openapi: string
  security: object[]
  paths: Record<string, Record<string, Operation>>
} = body

interface Operation {
  requestBody?: { content: Record<string, { schema: object }> }
  responses: object
}

test('the OpenAPI document is one', async () => {
  const { valid, errors } = await new Validator().validate(structuredClone(document))
  expect(errors).toBeUndefined()
  expect(valid).toBe(true)
  expect(document.openapi).toBe('3.1.0')
  expect(document.security).toEqual([{ bearer: [] }])
})

test('it describes every request by the schema that the service checks it by', () => {
  const described = Object.fromEntries(
    Object.entries(document.paths)
      .filter(([, { post }]) => post)
      .map(([path, { post }]) => [path, post!.requestBody!.content['application/json']!.schema]),
  )
  // In the document a constant is an enumeration of one.
  const plain = (schema: object) =>
    JSON.parse(JSON.stringify(schema), (_, value) => {
      if (typeof value?.const !== 'number') return value
      const { const: only, ...rest } = value
      return { ...rest, enum: [only] }
    })
  expect(described).toEqual({
    '/v1/complete': plain(CompleteRequest),
    '/v1/energy': plain(EnergyRequest),
    '/v1/density': plain(DensityRequest),
    '/v1/predict': plain(PredictRequest),
    '/v1/sample': plain(SampleRequest),
  })
  expectTypeOf<Static<typeof CompleteRequest>>().toEqualTypeOf<ClientRequest>()
})

test('every path answers as the document says, with a code where it refuses', async () => {
  for (const [path, methods] of Object.entries(document.paths))
    for (const method of Object.keys(methods)) {
      const init = { method: method.toUpperCase(), headers }
      const { status, body } = await ask(service, path, undefined, init)
      const { responses } = methods[method]!
      expect([path, Object.keys(responses)]).toEqual([
        path,
        expect.arrayContaining([status < 400 ? '200' : `${String(status)[0]}XX`]),
      ])
      if (status >= 400) expect(body.code).toMatch(/^LACUNA_E_/)
    }
})

test('the page to read names every path, and takes nothing from elsewhere', async () => {
  const { status, body, headers: sent } = await ask(service, '/docs', undefined, { headers })
  const page = new TextDecoder().decode(body)
  expect(status).toBe(200)
  expect(sent.get('content-security-policy')).toContain("default-src 'none'")
  for (const path of Object.keys(document.paths)) expect(page).toContain(path)
  expect(page).not.toMatch(/<script|src=|href="(?!openapi\.json)|url\(/)
})
