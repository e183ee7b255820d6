/**
 * Every error that Lacuna raises on purpose, in one table: the code and what it means.
 * A code is part of the interface; its meaning never changes once released. `npm run docs:errors`
 * writes the table into docs/errors.md.
 */
export const errorCodes = {
  LACUNA_E_SHAPE: 'A matrix, image or mask does not have the shape the operation needs.',
  LACUNA_E_NOT_FINITE: 'A value is NaN or infinite where a finite number is needed.',
  LACUNA_E_BITS: 'A value is neither 0 nor 1 where a bit is needed.',
  LACUNA_E_RANGE: 'A value is outside the range on which the model is defined.',
  LACUNA_E_TOO_LARGE: 'The model is too large for an exact computation.',
  LACUNA_E_OPTION: 'An option is unknown, of the wrong kind or out of range.',
  LACUNA_E_NOT_CONVERGED: 'An iteration did not come to its end in the steps it is allowed.',
  LACUNA_E_MEMORY: 'The memory that the computation needs could not be had.',
  LACUNA_E_IDX: 'The bytes are not a well-formed IDX file.',
  LACUNA_E_PNG: 'The bytes are not a PNG picture that can be read.',
  LACUNA_E_SAFETENSORS: 'The bytes are not a well-formed safetensors file.',
  LACUNA_E_CHECKPOINT: 'The checkpoint is of another model or shape, or a tensor is missing.',
  LACUNA_E_RESUME: 'The saved training state belongs to another run.',
  LACUNA_E_DIVERGED: 'Training left the range of finite numbers.',
  LACUNA_E_ABORTED: 'The work was cancelled by the signal that was passed in.',
  LACUNA_E_WORKER: 'A worker thread died or could not be started.',
  LACUNA_E_DATA: 'A data folder is missing, incomplete or cannot be read.',
  LACUNA_E_TABLE:
    'A table cannot be read, lacks a column or rows, or holds a value that is no number.',
  LACUNA_E_DOWNLOAD: 'A download failed or its checksum is wrong.',
  LACUNA_E_WRITE: 'A file or folder could not be written.',
  LACUNA_E_SERVE: 'A page cannot be served: it is not built, or the port cannot be had.',
  LACUNA_E_REQUEST: 'A request to the service is malformed, or of a kind that it does not take.',
  LACUNA_E_NOT_FOUND: 'The service has no such address, or no such model.',
  LACUNA_E_TOKEN: 'A request to the service lacks the token that it asks for.',
  LACUNA_E_LIMIT: 'A request is larger than the service allows.',
  LACUNA_E_RATE: 'A client asks the service more often than it allows.',
  LACUNA_E_BUSY: 'The service has no room for another request, is starting or is shutting down.',
  LACUNA_E_TIMEOUT: 'A request was sent, or its answer computed, too slowly.',
  LACUNA_E_INTERNAL: 'The service failed where it should not.',
  LACUNA_E_LOCKED: 'Another process is at work in the folder of a run.',
  LACUNA_E_REPLAY: 'A run that was repeated left other bits.',
  LACUNA_E_INSPECT: 'A file is neither a checkpoint nor a picture, or cannot be read.',
} as const

export type ErrorCode = keyof typeof errorCodes

/**
 * An error with a code, a message that says what is wrong and where, and a hint that says how to
 * mend it. Programs switch on `code`; people read `message` and `hint`.
 *
 * @example
 * ```ts
 * try {
 *   await readIdx(bytes)
 * } catch (error) {
 *   if (error instanceof LacunaError && error.code === 'LACUNA_E_IDX') console.error(error.hint)
 * }
 * ```
 */
export class LacunaError extends Error {
  override readonly name = 'LacunaError'
  readonly code: ErrorCode
  readonly hint: string

  constructor(code: ErrorCode, message: string, hint: string, options?: { cause?: unknown }) {
    super(`${code}: ${message}`, options)
    this.code = code
    this.hint = hint
  }
}
