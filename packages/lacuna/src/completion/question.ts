import type { Images } from '../data/images.js'

/** Images by which a method that is trained for one question makes its choices. */
const CHOSEN_BY = 500

/**
 * How training images are divided for a method that is trained to answer single questions: all but
 * the last sixth to learn from, as on the yardstick, and the first few of that sixth for a trial with
 * the question's own hole, by which choices such as k are made.
 *
 * @param images at least two
 *
 * @example
 * ```ts
 * const { learnt, chosenBy } = divideForQuestion(images)
 * // holes: the question's mask, a row for each image of chosenBy
 * const training = methodNamed('pca-60').train({ images: learnt, trial: trialWith(chosenBy, holes), seed })
 * ```
 */
export function divideForQuestion(images: Images): { learnt: Images; chosenBy: Images } {
  const { count } = images
  const held = Math.ceil(count / 6)
  return {
    learnt: images.slice(0, count - held),
    chosenBy: images.slice(count - held, Math.min(count, count - held + CHOSEN_BY)),
  }
}
