import { LacunaError } from 'lacuna'
import { Type } from 'typebox'
import { ErrorAnswer, ModelsAnswer, StateAnswer } from '../answer-schemas.js'
import type { Metrics } from '../metrics.js'
import type { ModelRegistry } from '../models/model-registry.js'
import type { App } from './app.js'
import { docsPage } from './docs-page.js'
import { answered } from './question-routes.js'

/** Whether a service answers: it first loads its models, and at the end finishes what it has accepted. */
export type State = 'loading' | 'ready' | 'draining'

/** @throws LACUNA_E_BUSY unless the service is ready */
export function requireReady(state: State): void {
  if (state === 'ready') return
  throw new LacunaError(
    'LACUNA_E_BUSY',
    state === 'loading' ? 'the models are being loaded' : 'the service is shutting down',
    state === 'loading' ? 'Ask again in a moment.' : 'Ask another one.',
  )
}

/** What tells of the service itself. */
export function stateRoutes(
  app: App,
  registry: ModelRegistry,
  metrics: Metrics,
  state: () => State,
): void {
  app.get(
    '/v1/models',
    {
      schema: {
        summary: 'List the models',
        operationId: 'models',
        response: answered(ModelsAnswer),
      },
    },
    async () => ({ models: registry.cards }),
  )
  app.get(
    '/healthz',
    {
      schema: { summary: 'Whether the process is alive', response: { 200: StateAnswer } },
    },
    async () => ({ status: 'alive' }),
  )
  app.get(
    '/readyz',
    {
      schema: {
        summary: 'Whether it answers questions now',
        response: { 200: StateAnswer, 503: ErrorAnswer },
      },
    },
    async () => {
      requireReady(state())
      return { status: 'ready' }
    },
  )
  app.get(
    '/metrics',
    {
      schema: {
        summary: 'Figures for Prometheus',
        response: { 200: { content: { 'text/plain': { schema: Type.String() } } } },
      },
    },
    async (_, reply) =>
      reply.type(metrics.registry.contentType).send(await metrics.registry.metrics()),
  )
  app.get('/openapi.json', { schema: { hide: true } }, async () => app.swagger())
  let page: string | undefined
  app.get('/docs', { schema: { hide: true } }, async (_, reply) => {
    page ??= docsPage(app.swagger() as Parameters<typeof docsPage>[0])
    return reply
      .type('text/html; charset=utf-8')
      .header('content-security-policy', "default-src 'none'; style-src 'unsafe-inline'")
      .send(page)
  })
}
