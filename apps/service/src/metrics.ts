import { Counter, collectDefaultMetrics, Gauge, Histogram, Registry } from 'prom-client'
import type { QuestionKind } from './compute/question.js'

const SECONDS = [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30]
const EXAMPLES = [1, 2, 4, 8, 16, 32, 64, 128, 256]

/** What is looked up when the metrics are asked for. */
export interface Gauges {
  readonly waiting: () => number
  readonly busy: () => number
  readonly requests: () => number
  readonly models: () => number
}

/** What a service counts, for Prometheus; each service has a registry of its own. */
export class Metrics {
  readonly registry = new Registry()
  readonly #requests: Histogram<'route' | 'method' | 'status'>
  readonly #passes: Histogram<'question'>
  readonly #seconds: Histogram<'question'>
  readonly #faults: Counter<'code'>
  readonly #reloads: Counter<'outcome'>

  constructor(gauges: Gauges) {
    const registers = [this.registry]
    this.#requests = new Histogram({
      name: 'lacuna_request_seconds',
      help: 'Time from a request to its answer.',
      labelNames: ['route', 'method', 'status'],
      buckets: SECONDS,
      registers,
    })
    this.#passes = new Histogram({
      name: 'lacuna_pass_examples',
      help: 'Images or rows that were answered in one pass.',
      labelNames: ['question'],
      buckets: EXAMPLES,
      registers,
    })
    this.#seconds = new Histogram({
      name: 'lacuna_pass_seconds',
      help: 'Time that a pass took in its thread.',
      labelNames: ['question'],
      buckets: SECONDS,
      registers,
    })
    this.#faults = new Counter({
      name: 'lacuna_faults_total',
      help: 'Requests that were refused or failed, by the code of the error.',
      labelNames: ['code'],
      registers,
    })
    this.#reloads = new Counter({
      name: 'lacuna_reloads_total',
      help: 'Models that were to be loaded again: replaced, unchanged, or kept because of a broken file.',
      labelNames: ['outcome'],
      registers,
    })
    const about: Record<keyof Gauges, [name: string, help: string]> = {
      waiting: ['lacuna_waiting_examples', 'Images or rows that wait for a thread.'],
      busy: ['lacuna_busy_threads', 'Threads that compute.'],
      requests: ['lacuna_requests_in_flight', 'Requests that are read or answered.'],
      models: ['lacuna_models', 'Models that answer.'],
    }
    for (const [key, [name, help]] of Object.entries(about)) {
      const value = gauges[key as keyof Gauges]
      const collect = function (this: Gauge) {
        this.set(value())
      }
      new Gauge({ name, help, collect, registers })
    }
    collectDefaultMetrics({ register: this.registry })
  }

  /** Counts an answered request. */
  request(route: string, method: string, status: number, seconds: number): void {
    this.#requests.observe({ route, method, status }, seconds)
  }

  /** Counts a pass. */
  pass(question: QuestionKind, examples: number, seconds: number): void {
    this.#passes.observe({ question }, examples)
    this.#seconds.observe({ question }, seconds)
  }

  /** Counts an error. */
  fault(code: string): void {
    this.#faults.inc({ code })
  }

  /** Counts a model that was to be loaded again. */
  reload(outcome: string): void {
    this.#reloads.inc({ outcome })
  }
}
