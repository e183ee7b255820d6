import { type ErrorCode, errorCodes, LacunaError } from 'lacuna'
import type {
  CompleteAnswer,
  DensityAnswer,
  EnergyAnswer,
  ErrorAnswer,
  ModelsAnswer,
  PredictAnswer,
  SampleAnswer,
} from './answer-schemas.js'
import type {
  CompleteQuery,
  CompleteRequest,
  DensityRequest,
  EnergyRequest,
  PredictRequest,
  SampleRequest,
} from './schemas.js'

export type {
  CompleteAnswer,
  CompleteQuery,
  CompleteRequest,
  DensityAnswer,
  DensityRequest,
  EnergyAnswer,
  EnergyRequest,
  ModelsAnswer,
  PredictAnswer,
  PredictRequest,
  SampleAnswer,
  SampleRequest,
}

/** How a client asks. */
export interface ClientOptions {
  readonly token?: string
  /** Ends requests that are under way. */
  readonly signal?: AbortSignal
}

/**
 * A client of a service, for Node and for pages of the same origin. Its types are those of the schemas that the service checks
 * requests by. Every refusal is a LacunaError with the service's code and hint; its `cause` has the status
 * and, where the service asks to wait, `retryAfter` in seconds.
 *
 * @example
 * ```ts
 * const client = new LacunaClient('http://127.0.0.1:8029')
 * const { images } = await client.complete({ images: [{ image, mask }], seed: 1 })
 * ```
 */
export class LacunaClient {
  readonly #url: URL
  readonly #options: ClientOptions

  constructor(url: string | URL, options: ClientOptions = {}) {
    this.#url = new URL(url)
    if (!this.#url.pathname.endsWith('/')) this.#url.pathname += '/'
    this.#options = options
  }

  /** Fills the holes of images. */
  complete(request: CompleteRequest): Promise<CompleteAnswer> {
    return this.#post('v1/complete', request)
  }

  /** Fills the transparent hole of a PNG; the answer is a PNG, too. */
  async completePng(png: Uint8Array<ArrayBuffer>, query: CompleteQuery = {}): Promise<Uint8Array> {
    const url = new URL('v1/complete', this.#url)
    for (const [name, value] of Object.entries(query))
      if (value !== undefined) url.searchParams.set(name, String(value))
    const headers = { 'content-type': 'image/png', accept: 'image/png' }
    const response = await this.#fetch(url, { method: 'POST', headers, body: png })
    return new Uint8Array(await response.arrayBuffer())
  }

  /** How well whole images fit. */
  energy(request: EnergyRequest): Promise<EnergyAnswer> {
    return this.#post('v1/energy', request)
  }

  /** How likely outputs are. */
  density(request: DensityRequest): Promise<DensityAnswer> {
    return this.#post('v1/density', request)
  }

  /** What outputs are likely. */
  predict(request: PredictRequest): Promise<PredictAnswer> {
    return this.#post('v1/predict', request)
  }

  /** Draws outputs. */
  sample(request: SampleRequest): Promise<SampleAnswer> {
    return this.#post('v1/sample', request)
  }

  /** What models there are. */
  async models(): Promise<ModelsAnswer> {
    const response = await this.#fetch(new URL('v1/models', this.#url), {})
    return (await response.json()) as ModelsAnswer
  }

  async #post<Answer>(path: string, request: object): Promise<Answer> {
    const response = await this.#fetch(new URL(path, this.#url), {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify(request),
    })
    return (await response.json()) as Answer
  }

  async #fetch(url: URL, init: RequestInit): Promise<Response> {
    const { token, signal } = this.#options
    const headers = {
      ...(init.headers as Record<string, string>),
      ...(token !== undefined && { authorization: `Bearer ${token}` }),
    }
    const response = await fetch(url, { ...init, headers, ...(signal && { signal }) })
    if (response.ok) return response
    throw await refusalOf(response)
  }
}

async function refusalOf(response: Response): Promise<LacunaError> {
  const { status } = response
  const answer = (await response.json().catch(() => ({}))) as Partial<ErrorAnswer>
  const isOurs = typeof answer.code === 'string' && Object.hasOwn(errorCodes, answer.code)
  const after = Number(response.headers.get('retry-after') ?? Number.NaN)
  return new LacunaError(
    isOurs ? (answer.code as ErrorCode) : 'LACUNA_E_INTERNAL',
    isOurs ? (answer.message ?? '') : `the answer has the status ${status}`,
    answer.hint ?? 'Look at the log of the service.',
    { cause: { status, ...(Number.isFinite(after) && { retryAfter: after }) } },
  )
}
