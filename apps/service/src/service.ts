import { randomUUID } from 'node:crypto'
import { readFileSync } from 'node:fs'
import type { AddressInfo } from 'node:net'
import { availableParallelism } from 'node:os'
import rateLimit from '@fastify/rate-limit'
import swagger from '@fastify/swagger'
import type { TypeBoxTypeProvider } from '@fastify/type-provider-typebox'
import Fastify, { type FastifyBaseLogger, LogController } from 'fastify'
import { LacunaError } from 'lacuna'
import { type DestinationStream, type Logger, pino } from 'pino'
import type { ModelCard } from './answer-schemas.js'
import { ComputePool } from './compute/compute-pool.js'
import { MicroBatches } from './compute/micro-batches.js'
import { examplesOf } from './compute/question.js'
import { Admission } from './http/admission.js'
import type { App } from './http/app.js'
import { requireToken } from './http/bearer-token.js'
import { coded, Refusal, sendFault } from './http/faults.js'
import { guard } from './http/gate.js'
import { questionRoutes } from './http/question-routes.js'
import { refuseConnection, refuseOddities } from './http/refused-connections.js'
import { type State, stateRoutes } from './http/state-routes.js'
import { validatorCompiler } from './http/validation.js'
import { whileWanted } from './http/while-wanted.js'
import {
  defaultLimits,
  type Limits,
  MOST_CONNECTIONS,
  MOST_EXAMPLES,
  MOST_HELD_BYTES,
} from './limits.js'
import { Metrics } from './metrics.js'
import { type ModelFile, ModelRegistry, type Reloaded } from './models/model-registry.js'

/** How a service runs. */
export interface ServiceOptions {
  /** Its models, at least one; those named first are asked first. */
  readonly models: readonly ModelFile[]
  /** The address it listens on; default 127.0.0.1, which nobody else on the network reaches. */
  readonly host?: string
  /** Default 0, any that is free. */
  readonly port?: number
  /** Threads that compute; default one less than the machine has cores, at least 1. */
  readonly threads?: number
  /** Milliseconds that a question waits for others to be computed with; default 2. */
  readonly gather?: number
  /** What whoever asks has to send as bearer token; needed where others reach the host. */
  readonly token?: string
  readonly limits?: Partial<Limits>
  /** The least level that is logged; default info. */
  readonly logLevel?: string
  /** Where the log goes, a line of JSON each; default standard error. */
  readonly log?: DestinationStream
}

/** Hosts that only this computer reaches. */
const loopback = /^(127\.\d+\.\d+\.\d+|::1|localhost)$/

/**
 * An HTTP service that answers with trained models.
 *
 * @example
 * ```ts
 * const service = await Service.start({ models: [{ name: 'digits', path: 'checkpoint.safetensors' }] })
 * console.log(service.url)
 * process.on('SIGHUP', () => service.reload())
 * process.on('SIGTERM', () => service.close())
 * ```
 */
export class Service {
  /** The server, for tests that ask it without a socket. */
  readonly app: App
  readonly #registry: ModelRegistry
  readonly #pool: ComputePool
  readonly #metrics: Metrics
  readonly #log: Logger
  readonly #grace: number
  #state: State = 'loading'
  #closing: Promise<void> | undefined

  private constructor(options: ServiceOptions, limits: Limits) {
    const threads = options.threads ?? Math.max(1, availableParallelism() - 1)
    this.#log = pino(
      { level: options.logLevel ?? 'info', base: null },
      options.log ?? pino.destination({ fd: 2, sync: true }),
    )
    this.#grace = limits.grace
    this.#pool = new ComputePool(threads)
    this.#registry = new ModelRegistry(options.models, this.#pool)
    this.#metrics = new Metrics({
      waiting: () => batches.waiting,
      busy: () => batches.busy,
      requests: () => admission.requests,
      models: () => this.models.length,
    })
    const batches = new MicroBatches(
      { threads, gather: options.gather ?? 2, queue: limits.queue, most: MOST_EXAMPLES },
      async (key, questions, abandoned) => {
        const { answers, seconds } = await this.#pool.ask(key, questions, abandoned)
        const examples = questions.reduce((sum, question) => sum + examplesOf(question), 0)
        this.#metrics.pass(questions[0]!.kind, examples, seconds)
        return answers
      },
    )
    const admission = new Admission({ requests: limits.concurrency, bytes: MOST_HELD_BYTES })
    this.app = server(limits, this.#log)
    this.app.server.maxConnections = MOST_CONNECTIONS
    refuseOddities(this.app.server)
    this.app.setValidatorCompiler(validatorCompiler)
    this.app.removeContentTypeParser('text/plain')
    this.app.register(swagger, openapi(options.token !== undefined))
    this.app.register(rateLimit, rates(limits.rate))
    this.app.after(() => {
      guard(this.app, {
        admission,
        requireRoom: () => batches.requireRoom(1),
        metrics: this.#metrics,
        timeout: limits.timeout,
        state: () => this.#state,
        requireToken: options.token === undefined ? undefined : requireToken(options.token),
      })
      stateRoutes(this.app, this.#registry, this.#metrics, () => this.#state)
      questionRoutes(this.app, this.#registry, (model, question, reply) =>
        this.#registry.whileAsked(model, () =>
          whileWanted(reply, limits.timeout, signal => batches.submit(model.key, question, signal)),
        ),
      )
    })
  }

  /**
   * A service that listens nowhere yet, and has its models.
   * @throws LACUNA_E_CHECKPOINT, LACUNA_E_SAFETENSORS or LACUNA_E_NOT_FINITE if a model cannot be loaded
   */
  static async create(options: ServiceOptions): Promise<Service> {
    const service = new Service(options, { ...defaultLimits, ...options.limits })
    return service.#begin(async () => void (await service.app.ready()))
  }

  /**
   * A service that listens, and answers when it has loaded its models.
   * @throws as `create`; LACUNA_E_SERVE if the port cannot be had; LACUNA_E_OPTION if the host is one that
   *   others reach and there is no token
   */
  static async start(options: ServiceOptions): Promise<Service> {
    const { host = '127.0.0.1', port = 0, token } = options
    if (token === undefined && !loopback.test(host))
      throw new LacunaError(
        'LACUNA_E_OPTION',
        `others reach ${host}, and no token is asked of them`,
        'Set LACUNA_TOKEN to what they are to send as bearer token, or listen on 127.0.0.1.',
      )
    const service = new Service(options, { ...defaultLimits, ...options.limits })
    return service.#begin(async () => {
      await service.app
        .listen({ host: host === 'localhost' ? '127.0.0.1' : host, port })
        .catch((error: Error) => {
          throw new LacunaError(
            'LACUNA_E_SERVE',
            `port ${port} of ${host} cannot be had: ${error.message}`,
            'Name another one with --port; --port 0 takes any that is free.',
            { cause: error },
          )
        })
    })
  }

  /** Where it listens: `http://127.0.0.1:8029/`. */
  get url(): string {
    const { address, family, port } = this.app.server.address() as AddressInfo
    return `http://${family === 'IPv6' ? `[${address}]` : address}:${port}/`
  }

  /** The models that answer at present. */
  get models(): readonly ModelCard[] {
    return this.#registry.cards
  }

  /**
   * Loads models whose files have changed. Questions that were accepted before are answered by the old
   * ones; a file that is broken changes nothing but the log.
   */
  async reload(): Promise<readonly Reloaded[]> {
    const outcomes = await this.#registry.reload()
    for (const { name, outcome, error } of outcomes) {
      this.#metrics.reload(outcome)
      if (error) this.#log.error({ model: name, code: error.code, reason: error.message }, outcome)
      else this.#log.info({ model: name }, outcome)
    }
    return outcomes
  }

  /**
   * Takes no more requests, answers those that it has accepted, for `grace` seconds at the most, and ends
   * its threads.
   */
  close(): Promise<void> {
    this.#closing ??= this.#close()
    return this.#closing
  }

  async #close(): Promise<void> {
    this.#state = 'draining'
    const bound = setTimeout(() => {
      this.#log.warn('not all that was accepted could be answered in time')
      this.app.server.closeAllConnections()
    }, this.#grace * 1000)
    await this.app.close()
    clearTimeout(bound)
    await this.#pool.close()
  }

  /** Opens the server, then loads the models; if either fails, nothing is left behind. */
  async #begin(open: () => Promise<void>): Promise<Service> {
    try {
      await open()
      await this.#registry.load()
    } catch (error) {
      await this.close()
      throw error
    }
    if (this.#state === 'loading') this.#state = 'ready'
    for (const { name, kind, checkpoint } of this.models)
      this.#log.info({ model: name, kind, checkpoint }, 'loaded')
    return this
  }
}

/** The server with its limits, without routes. */
function server(limits: Limits, log: FastifyBaseLogger): App {
  return Fastify({
    loggerInstance: log,
    // One line a request, of our own.
    logController: new LogController({ disableRequestLogging: true }),
    genReqId: request => ownId(request.headers['x-request-id']) ?? randomUUID(),
    bodyLimit: limits.body,
    requestTimeout: limits.patience * 1000,
    // Whoever sends or reads nothing for longer than an answer may take has gone.
    connectionTimeout: (limits.timeout + limits.patience) * 1000,
    keepAliveTimeout: 5000,
    http: {
      headersTimeout: limits.patience * 1000,
      connectionsCheckingInterval: 500,
      requireHostHeader: false, // it is not looked at, and Node would refuse without a code
    },
    return503OnClosing: false,
    clientErrorHandler: refuseConnection,
    frameworkErrors: (error, _, reply) => {
      sendFault(reply, coded(error))
    },
  }).withTypeProvider<TypeBoxTypeProvider>()
}

/** A request's own id, if it is one that can stand in a log. */
function ownId(header: string | string[] | undefined): string | undefined {
  return typeof header === 'string' && /^[\w.-]{1,64}$/.test(header) ? header : undefined
}

function rates(max: number) {
  return {
    max,
    timeWindow: 1000,
    global: false,
    errorResponseBuilder: () =>
      new Refusal(
        429,
        'LACUNA_E_RATE',
        `more than ${max} requests in a second`,
        'Ask again after the seconds that Retry-After says.',
      ),
  }
}

function openapi(hasToken: boolean) {
  const { version } = JSON.parse(
    readFileSync(new URL('../package.json', import.meta.url), 'utf8'),
  ) as { version: string }
  const bearer = { type: 'http', scheme: 'bearer' } as const
  return {
    openapi: {
      openapi: '3.1.0',
      info: {
        title: 'Lacuna',
        version,
        description:
          'Completes what is missing, and says how sure it is. The same request gives the same bits.',
      },
      ...(hasToken && { components: { securitySchemes: { bearer } }, security: [{ bearer: [] }] }),
    },
  }
}
