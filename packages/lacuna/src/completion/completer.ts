import type { Matrix } from '../compute/matrix.js'
import type { Random } from '../compute/random.js'

/**
 * What answers the question of a gap. Images are rows, pixels in [−1, 1]; a mask is 1 in the hole and
 * 0 elsewhere. The finite numbers in the holes of z play no part, and every observed pixel comes back
 * bit for bit.
 *
 * @example
 * ```ts
 * const completer: Completer = NearestNeighbours.of(images, 1)
 * const completed = completer.complete(incomplete, mask)
 * ```
 */
export interface Completer {
  /**
   * One completion of each image, the best guess.
   * @param z n×pixels incomplete images
   * @param mask n×pixels
   * @returns n×pixels
   * @throws LACUNA_E_SHAPE, LACUNA_E_NOT_FINITE or LACUNA_E_OPTION if z or the mask is unfit, or the
   *   hole is none that this completer was made for
   */
  complete(z: Matrix, mask: Matrix): Matrix

  /**
   * How well whole images fit, for completers with an energy: the lower, the better. Only differences
   * between energies mean something.
   * @param x n×pixels whole images
   * @param mask n×pixels, where they were completed
   */
  energy?(x: Matrix, mask: Matrix): Float64Array

  /** The checkpoint, for completers that have learnt what is worth keeping. */
  save?(): Uint8Array

  /** What the scores of several answers are; undefined where there is only one answer. */
  readonly score?: Score | undefined
}

/** What the number beside an answer is: its probability, or its energy, the lower the likelier. */
export type Score = 'probability' | 'energy'

/** Different answers to one image, the likeliest first. */
export interface Answers {
  /** One completed image a row: 1 to as many as were asked for. */
  readonly completed: Matrix
  /** The score of each. Probabilities are those of the answers given: they need not sum to 1. */
  readonly scores: Float64Array
}

/** A completer that can give several answers. */
export interface SeveralAnswers extends Completer {
  readonly score: Score
  /**
   * Different completions of each image.
   * @param n the most answers an image, a whole number from 1; a Boltzmann machine draws up to 50
   * @param random where those that are drawn come from
   * @returns the answers to each row of z
   * @throws as `complete`, and LACUNA_E_OPTION for another n
   */
  completions(z: Matrix, mask: Matrix, n: number, random: Random): Answers[]
}

/** Whether a completer can give several answers: the flag that commands and pages go by. */
export function givesSeveral(completer: Completer): completer is SeveralAnswers {
  return completer.score !== undefined
}
