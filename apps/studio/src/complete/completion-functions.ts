import type { MaskKind, Score } from 'lacuna/completion'
import type { DataSource } from '../data/digits.js'

/** One question: a picture with a hole. */
export interface Question {
  /** 784 levels of gray. */
  readonly levels: Uint8Array
  /** 784 numbers, 1 in the hole. */
  readonly mask: Uint8Array
}

/** A picture with its hole filled. */
export interface Answer {
  /** 784 pixels in [−1, 1]. */
  readonly pixels: Float32Array
  /** The same as levels of gray: what is saved. */
  readonly levels: Uint8Array
  /** Its probability or energy, where a method gives several answers. */
  readonly score?: number
}

/** What a method answers. */
export interface Answers {
  readonly best: Answer
  /** Different answers, the likeliest first, and what their scores are. */
  readonly several?: { readonly score: Score; readonly answers: readonly Answer[] }
}

/** Whose energies are asked for. */
export type Critic = 'sheet' | 'window'

/** A gray-scale picture that was read, of any size. */
export interface ReadPicture {
  readonly width: number
  readonly height: number
  readonly levels: Uint8Array
  /** 1 where the picture is transparent. */
  readonly transparent?: Uint8Array
}

/** The functions of the worker that completes, and reads and writes pictures. */
export type CompletionFunctions = {
  /** A picture of the test digits, from its number on: as many as asked for, as far as there are. */
  digits(what: DataSource & { first: number; count: number }): {
    levels: Uint8Array[]
    labels: number[]
    total: number
  }
  /** A hole as methods are compared on. */
  drawHole(what: { kind: MaskKind; seed: number }): Uint8Array
  /** Fills the hole by a method, which is fetched or learns first if need be. */
  complete(what: DataSource & Question & { method: string; count: number; seed: number }): Answers
  /** The energies of whole pictures. */
  energies(what: {
    site: string
    critic: Critic
    mask: Uint8Array
    pictures: Float32Array[]
  }): number[]
  readPng(bytes: Uint8Array): ReadPicture
  writePng(what: { levels: Uint8Array; text?: Record<string, string> }): Uint8Array
}
