import type { Images } from '../data/images.js'
import type { Completer, Score } from './completer.js'
import type { Trial } from './trial.js'

/** What a method learns from. */
export interface Lesson {
  /** The images to learn from. */
  readonly images: Images
  /** A trial on other images, by which choices such as k are made. */
  readonly trial: Trial
  readonly seed: number
  readonly signal?: AbortSignal
}

/** What came of a training. */
export interface Trained {
  readonly completer: Completer
  /** The settings that were chosen, by their names: { k: 20 }. */
  readonly chosen?: Readonly<Record<string, number>>
}

/** How far a training is. */
export interface Progress {
  readonly done: number
  readonly of: number
  /** A figure to show beside it, such as `loss 0.1234`. */
  readonly detail?: string
}

/**
 * A way to fill gaps, from plain to strong: what the commands list, train and compare.
 */
export interface Method {
  /** What it is called on the command line and in files: `conditional-pca`. */
  readonly name: string
  /** What it is called in tables: `conditional PCA`. */
  readonly title: string
  /** What its several answers' scores are; left out by methods that give one answer. */
  readonly score?: Score
  /** Whether its completers tell the energy of whole images. */
  readonly energy?: true
  /** Whether it learns in seconds or in minutes. */
  readonly effort: 'seconds' | 'minutes'
  /** How many of the images it learns from; all if left out. */
  readonly images?: number
  /** The holes it can fill: any, or only the sheet's 6×6 patch. */
  readonly holes: 'any' | 'patch'
  /**
   * Makes its completer from images; for methods that learn nothing, at once. Those of seconds compute in
   * this thread, where no signal can fire meanwhile: to cancel them, leave the loop.
   * @throws LACUNA_E_ABORTED if the signal fires, of methods of minutes, and what its training throws
   */
  train(lesson: Lesson): AsyncGenerator<Progress, Trained, undefined>
  /** How its checkpoints are read, if it has such. */
  readonly checkpoint?: {
    /** What the metadata of its checkpoints call the model: `energy-inpainter`. */
    readonly model: string
    /** The `recipe` of its configuration, where several methods share a model. */
    readonly recipe?: string
    load(bytes: Uint8Array): Completer
    /** The fingerprint by which its training is known, if it is another than that of the pixels. */
    fingerprint?(images: Images): string
  }
}
