import { Matrix } from '../compute/matrix.js'
import { requireWhole } from '../compute/options.js'
import type { Images } from '../data/images.js'
import { requireIncomplete } from '../inpainting/mask.js'
import { chooseByTrial } from './choice.js'
import type { Answers, SeveralAnswers } from './completer.js'
import { differentAnswers, rowsOf } from './different-answers.js'
import type { Method } from './method.js'
import { NearestSearch } from './nearest-search.js'

/** Neighbours that are looked at for each answer asked for, as many of them show nearly the same. */
const LOOKED = 10

/**
 * Fills holes with what other images have there: the training image whose observed pixels are
 * nearest (Cover & Hart 1967, "Nearest neighbor pattern classification"), or the mean of the k
 * nearest.
 *
 * @example
 * ```ts
 * const completed = NearestNeighbours.of(images, 10).complete(incomplete, mask)
 * ```
 */
export class NearestNeighbours implements SeveralAnswers {
  readonly score = 'energy'
  /** k. */
  readonly count: number
  readonly #images: Images
  readonly #search: NearestSearch

  private constructor(images: Images, count: number, search: NearestSearch) {
    requireWhole('the number of neighbours', count, 1, images.count)
    this.#images = images
    this.count = count
    this.#search = search
  }

  /**
   * @param images at least k
   * @param count k
   * @throws LACUNA_E_OPTION if k is not a whole number from 1 to the number of images
   */
  static of(images: Images, count: number): NearestNeighbours {
    return new NearestNeighbours(images, count, new NearestSearch(images))
  }

  /** The same for another k, over the same memory. */
  withCount(count: number): NearestNeighbours {
    return new NearestNeighbours(this.#images, count, this.#search)
  }

  /** The mean of the k nearest, in the holes. */
  complete(z: Matrix, mask: Matrix): Matrix {
    return this.completeByEach(z, mask, [this.count])[0]!
  }

  /**
   * Completions by several k from one search, to choose among them.
   * @param counts whole numbers from 1 to the number of images, ascending
   * @throws as `complete`; LACUNA_E_OPTION if a count is none of these
   */
  completeByEach(z: Matrix, mask: Matrix, counts: readonly number[]): Matrix[] {
    this.#require(z, mask)
    for (const [c, count] of counts.entries())
      requireWhole('the number of neighbours', count, counts[c - 1] ?? 1, this.#images.count)
    const completed = counts.map(() => new Matrix(z.rows, z.cols, z.data.slice()))
    const sums = new Float64Array(z.cols)
    for (const [i, nearest] of this.#search.nearest(z, mask, counts.at(-1)!).entries()) {
      sums.fill(0)
      let added = 0
      for (const [c, count] of counts.entries()) {
        for (; added < count; added++) {
          const p = this.#pixels(nearest[added]!)
          for (let j = 0; j < z.cols; j++) sums[j]! += p[j]!
        }
        fillRow(completed[c]!.row(i), mask.row(i), j => sums[j]! / count)
      }
    }
    return completed
  }

  /**
   * What the nearest images have in the hole, one after the other, leaving out what hardly differs from
   * one before. An answer's energy is the mean squared difference of the observed pixels (0 if none is
   * observed), pixels in [−1, 1].
   */
  completions(z: Matrix, mask: Matrix, n: number): Answers[] {
    requireWhole('the number of answers', n)
    this.#require(z, mask)
    const looked = Math.min(this.#images.count, LOOKED * n)
    return this.#search.nearest(z, mask, looked).map((nearest, i) => {
      const [image, hole] = [z.row(i), mask.row(i)]
      const all = new Matrix(looked, z.cols)
      for (const [k, at] of nearest.entries()) {
        const p = this.#pixels(at)
        all.row(k).set(image)
        fillRow(all.row(k), hole, j => p[j]!)
      }
      const shown = differentAnswers(all, hole, n)
      const scores = Float64Array.from(shown, k => distance(image, hole, this.#pixels(nearest[k]!)))
      return { completed: rowsOf(all, shown), scores }
    })
  }

  /** The bytes of a training image. */
  #pixels(i: number): Uint8Array {
    return this.#images.slice(i, i + 1).pixels
  }

  #require(z: Matrix, mask: Matrix): void {
    const { height, width } = this.#images
    requireIncomplete(z, mask, height * width)
  }
}

/** Sets the missing pixels to levels from 0 to 255. */
function fillRow(image: Float32Array, hole: Float32Array, level: (j: number) => number): void {
  for (let j = 0; j < image.length; j++) if (hole[j]) image[j] = level(j) / 127.5 - 1
}

/** The mean of (z − x)² over the observed pixels. */
function distance(z: Float32Array, hole: Float32Array, p: Uint8Array): number {
  let [sum, observed] = [0, 0]
  for (let j = 0; j < z.length; j++) {
    if (hole[j]) continue
    const difference = z[j]! - (p[j]! / 127.5 - 1)
    sum += difference * difference
    observed++
  }
  return observed === 0 ? 0 : sum / observed
}

/** What the one nearest image has there. */
export const nearest: Method = {
  name: 'nearest',
  title: 'nearest neighbour',
  score: 'energy',
  effort: 'seconds',
  holes: 'any',
  async *train({ images }) {
    yield { done: 0, of: 1 }
    return { completer: NearestNeighbours.of(images, 1) }
  },
}

/** The mean of the k nearest, k chosen. */
export const nearestMean: Method = {
  name: 'nearest-mean',
  title: 'mean of the nearest',
  score: 'energy',
  effort: 'seconds',
  holes: 'any',
  async *train({ images, trial }) {
    yield { done: 0, of: 1 }
    const neighbours = NearestNeighbours.of(images, 1)
    const counts = [1, 2, 3, 5, 7, 10, 15, 20, 30, 50].filter(k => k <= images.count)
    const completed = neighbours.completeByEach(trial.incomplete, trial.mask, counts)
    const k = chooseByTrial(counts, trial, k => completed[counts.indexOf(k)]!)
    return { completer: neighbours.withCount(k), chosen: { k } }
  },
}
