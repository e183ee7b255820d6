import type { ErrorCode, Patch } from 'lacuna'

/** A matrix as it travels between threads. */
export interface Cells {
  readonly rows: number
  readonly cols: number
  readonly data: Float64Array
}

/** An image, or where it has a hole: as a PNG, or a number a pixel. */
export type Picture = { readonly png: Uint8Array } | { readonly pixels: Float32Array }

/** An image and its hole. */
export interface Gap {
  readonly image: Picture
  /** Left out, it is what is transparent in the image. */
  readonly mask?: Picture | Patch
}

/** What is asked of a model, as it travels to the thread that answers. */
export type Question =
  | {
      readonly kind: 'complete'
      readonly gaps: readonly Gap[]
      readonly answers?: number
      readonly seed: number
      /** A picture instead of JSON, for one image and one answer. */
      readonly asPicture: boolean
    }
  | { readonly kind: 'energy'; readonly gaps: readonly Gap[] }
  | { readonly kind: 'density'; readonly inputs: Cells; readonly outputs: Cells }
  | {
      readonly kind: 'predict'
      readonly inputs: Cells
      readonly quantiles?: readonly number[]
      readonly given?: Cells
      readonly seed: number
    }
  | {
      readonly kind: 'sample'
      readonly inputs: Cells
      readonly given?: Cells
      readonly samples: number
      readonly sweeps?: number
      readonly seed: number
    }

/** What a question is of: `complete`, `energy` … */
export type QuestionKind = Question['kind']

/** How many images or rows a question has. */
export function examplesOf(question: Question): number {
  return 'gaps' in question ? question.gaps.length : question.inputs.rows
}

/**
 * Questions of one model with the same key are answered in one pass through the kernels; the answer to a
 * row does not depend on the other rows. What draws random numbers is answered alone, as its draws
 * follow one another from its own seed; so is what does not use the kernels.
 */
export function batchKey(question: Question): string | undefined {
  switch (question.kind) {
    case 'complete':
      return question.answers === undefined ? 'complete' : undefined
    case 'energy':
    case 'density':
      return question.kind
    case 'predict':
      return question.given ? undefined : `predict ${question.quantiles?.join() ?? ''}`
    case 'sample':
      return undefined
  }
}

/** An answer, written and ready to be sent. */
export interface Written {
  readonly type: 'application/json' | 'image/png'
  readonly body: Uint8Array
}

/** A coded error as it travels between threads. */
export interface Fault {
  readonly code: ErrorCode
  readonly message: string
  readonly hint: string
  /** For the log: where it arose, if that was not foreseen. */
  readonly stack?: string
}

/** What came of a question. */
export type Answer = Written | { readonly fault: Fault }
