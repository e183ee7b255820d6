import { LacunaError } from 'lacuna'
import type { Written } from './question.js'

/** Who answers: the model's name and its checkpoint's hash. */
export interface By {
  readonly model: string
  readonly checkpoint: string
}

const encoder = new TextEncoder()

/** An answer in JSON. Infinite numbers, which JSON has not, become null. */
export function json<A>(answer: A): Written {
  return { type: 'application/json', body: encoder.encode(JSON.stringify(answer)) }
}

/** What belongs to each of several questions, of values for all their examples. */
export function divided<T>(values: readonly T[], counts: readonly number[]): T[][] {
  let end = 0
  return counts.map(count => {
    end += count
    return values.slice(end - count, end)
  })
}

/** The error for a question that a model does not answer. */
export function refuse(what: string): LacunaError {
  return new LacunaError('LACUNA_E_OPTION', what, 'GET /v1/models says what each model answers.')
}
